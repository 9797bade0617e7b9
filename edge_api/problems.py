"""One shape for every error: ``code``, ``message`` (the slug), ``details``, ``hint``, ``correlation_id``.

PostgREST answers the same: a function raises SQLSTATE ``PT4xx`` with the slug as message.
"""

import errno
import json
import re
from typing import Any

import psycopg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from psycopg_pool import PoolTimeout
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from edge_api import busy
from edge_api.correlation import error_body

_log = structlog.get_logger()
_STATUS_BY_SQLSTATE = {"23505": 409, "23503": 409, "42501": 403, "23514": 400}
DISK_FULL = "53100"
_SLUG = re.compile(r"[a-z_]+")


class ProblemError(Exception):
    """A request that cannot be served as asked."""

    def __init__(
        self, status: int, slug: str, hint: str, details: Any = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(slug)
        self.status = status
        self.slug = slug
        self.hint = hint
        self.details = details
        self.headers = headers or {}

    def response(self) -> JSONResponse:
        """The answer a client sees."""
        details = None if self.details is None else json.dumps(self.details)
        body = error_body(f"PT{self.status}", self.slug, details=details, hint=self.hint)
        return JSONResponse(body, status_code=self.status, headers=self.headers)


def from_database(error: psycopg.Error) -> ProblemError:
    """The problem a database error stands for; what no client can mend is an ``internal_error``."""
    state, diagnosis = error.sqlstate or "", error.diag
    if state == "PGRST":
        return _from_postgrest(diagnosis)
    if state.startswith("PT") and _SLUG.fullmatch(diagnosis.message_primary or ""):
        details = json.loads(diagnosis.message_detail or "null")
        return ProblemError(int(state[2:]), str(diagnosis.message_primary), diagnosis.message_hint or "", details)
    if state in _STATUS_BY_SQLSTATE:
        slug = {409: "conflict", 403: "permission_denied", 400: "invalid_value"}[_STATUS_BY_SQLSTATE[state]]
        details = {"constraint": diagnosis.constraint_name} if diagnosis.constraint_name else None
        return ProblemError(_STATUS_BY_SQLSTATE[state], slug, "Check the values sent.", details)
    if state.startswith("22") or _is_unsendable(error):
        return ProblemError(400, "invalid_value", "Check the values sent.")
    if state in busy.CODES or state[:2] in {"08", "40", "53", "57", ""}:
        return _later(state)
    return ProblemError(500, "internal_error", "Tell support the correlation id.")


def _later(state: str) -> ProblemError:
    if state in busy.CODES:
        return ProblemError(503, "busy", busy.HINT, {"code": state}, busy.HEADERS)
    return storage_full() if state == DISK_FULL else unavailable()


def _from_postgrest(diagnosis: psycopg.errors.Diagnostic) -> ProblemError:
    """An error that carries headers: message and detail are JSON, as PostgREST takes them."""
    body, answer = json.loads(diagnosis.message_primary or "{}"), json.loads(diagnosis.message_detail or "{}")
    said, details = body["message"], json.loads(body.get("details") or "null")
    return ProblemError(answer["status"], said, body["hint"], details, answer.get("headers"))


def _is_unsendable(error: psycopg.Error) -> bool:
    """Whether a value was refused before it was sent: the driver knows that no text holds a NUL."""
    return error.sqlstate is None and isinstance(error, psycopg.DataError)


def unavailable() -> ProblemError:
    """The database cannot be reached now."""
    return ProblemError(503, "database_unavailable", "Try again in a few seconds.", headers={"Retry-After": "5"})


def storage_full() -> ProblemError:
    """There is no room to keep anything; reading goes on."""
    hint = "The platform's disk is full; nothing was done. Its operator must make room; then send it again."
    return ProblemError(503, "storage_full", hint, headers={"Retry-After": "60"})


def install(app: FastAPI) -> None:
    """Give an edge app its error answers."""

    @app.exception_handler(ProblemError)
    async def on_problem(_: Request, error: ProblemError) -> JSONResponse:
        return error.response()

    @app.exception_handler(RequestValidationError)
    async def on_validation(_: Request, error: RequestValidationError) -> JSONResponse:
        return _invalid(error, 1)

    @app.exception_handler(ValidationError)
    async def on_signed_body(_: Request, error: ValidationError) -> JSONResponse:
        return _invalid(error, 0)

    @app.exception_handler(HTTPException)
    async def on_http(_: Request, error: HTTPException) -> JSONResponse:
        slug = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "invalid_request")
        return ProblemError(error.status_code, slug, "Check path and method.").response()

    @app.exception_handler(psycopg.Error)
    async def on_database(_: Request, error: psycopg.Error) -> JSONResponse:
        problem = from_database(error)
        if problem.status >= 500:
            _log.error("database_error", sqlstate=error.sqlstate, message=error.diag.message_primary)
        return problem.response()

    @app.exception_handler(PoolTimeout)
    async def on_pool_timeout(_: Request, __: PoolTimeout) -> JSONResponse:
        return unavailable().response()

    app.add_exception_handler(OSError, _on_fault)
    app.add_exception_handler(Exception, _on_fault)


async def _on_fault(_: Request, error: Exception) -> JSONResponse:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        _log.error("storage_full")
        return storage_full().response()
    _log.error("unhandled_error", error=type(error).__name__, exc_info=error)
    return ProblemError(500, "internal_error", "Tell support the correlation id.").response()


def _invalid(error: RequestValidationError | ValidationError, first: int) -> JSONResponse:
    """Every field that cannot be; ``first`` is where its name begins."""
    faults = [{"field": ".".join(map(str, e["loc"][first:])), "problem": e["msg"]} for e in error.errors()]
    return ProblemError(422, "invalid_request", "Correct the fields named in details.", faults).response()
