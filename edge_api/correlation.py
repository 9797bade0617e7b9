"""One id that follows a request through every hop, its logs and its errors; and one log line a request."""

import json
import re
import time
import uuid
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "X-Correlation-Id"
_HEADER_NAME = HEADER.lower().encode("ascii")
_ACCEPTED = re.compile(r"[A-Za-z0-9-]{8,64}")
_UNLOGGED_PATHS = frozenset({"/health", "/ready"})

_current: ContextVar[str] = ContextVar("correlation_id", default="")
log = structlog.get_logger()


def correlation_id() -> str:
    """The id of the request being served, empty outside of one."""
    return _current.get()


def accept(candidate: str | None) -> str:
    """A caller's id where it is well formed, else a new one."""
    return candidate if candidate and _ACCEPTED.fullmatch(candidate) else str(uuid.uuid4())


def error_body(code: str, message: str, *, details: Any = None, hint: str | None = None) -> dict[str, Any]:
    """An error in PostgREST's shape, with the id that finds it in the logs."""
    return {"code": code, "message": message, "details": details, "hint": hint, "correlation_id": correlation_id()}


async def send_error(
    send: Send, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> None:
    """Answer with an error, from plain ASGI."""
    content = json.dumps(body, default=str).encode()
    sent = {"content-type": "application/json", "content-length": str(len(content)), **(headers or {})}
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in sent.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": content})


class CorrelationMiddleware:
    """Binds the id, returns it, writes the request's one log line, and turns a fault of ours into a 500 with the id."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        identity = accept(_header(scope, _HEADER_NAME))
        token = _current.set(identity)
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _with_id(message.get("headers", ()), identity)
            await send(message)

        began = time.perf_counter()
        with structlog.contextvars.bound_contextvars(correlation_id=identity):
            try:
                await self._app(scope, receive, send_with_id)
            except Exception:
                log.exception("request_failed", method=scope["method"], path=scope["path"])
                if not status:
                    body = error_body("PT500", "internal_error", hint="Tell support the correlation id.")
                    await send_error(send_with_id, 500, body)
            finally:
                _log_request(scope, status, began)
                _current.reset(token)


def _log_request(scope: Scope, status: int, began: float) -> None:
    if scope["path"] not in _UNLOGGED_PATHS:
        elapsed = round((time.perf_counter() - began) * 1000, 1)
        log.info("request", method=scope["method"], path=scope["path"], status=status, ms=elapsed)


def _header(scope: Scope, name: bytes) -> str | None:
    for found, value in scope["headers"]:
        if found == name:
            return str(value.decode("latin-1"))
    return None


def _with_id(headers: Any, identity: str) -> list[tuple[bytes, bytes]]:
    kept = [(name, value) for name, value in headers if name.lower() != _HEADER_NAME]
    return [*kept, (_HEADER_NAME, identity.encode("ascii"))]
