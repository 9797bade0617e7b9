"""One id that follows a request through every hop, its logs and its errors; and one log line a request."""

import json
import re
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ananta import metrics, traces

HEADER = "X-Correlation-Id"
ROUTE = "ananta.route"
_HEADER_NAME = HEADER.lower().encode("ascii")
_TRACE_NAME = traces.HEADER.encode("ascii")
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
    """An error of ours in PostgREST's shape, with the id that finds it in the logs. It is counted."""
    note_refusal(message)
    return {"code": code, "message": message, "details": details, "hint": hint, "correlation_id": correlation_id()}


def note_refusal(slug: Any) -> None:
    """Count a refusal of ours, and say it in the request's log line."""
    metrics.refused(slug)
    structlog.contextvars.bind_contextvars(error=slug)


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
    """Binds the id and returns it; the request's one log line, its measure, its span; a fault of ours is a 500."""

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

        async def serve() -> None:
            try:
                await self._app(scope, receive, send_with_id)
            except Exception:
                log.exception("request_failed", method=scope["method"], path=scope["path"])
                if not status:
                    body = error_body("PT500", "internal_error", hint="Tell support the correlation id.")
                    await send_error(send_with_id, 500, body)

        began = time.perf_counter()
        with (
            structlog.contextvars.bound_contextvars(correlation_id=identity),
            metrics.REQUESTS_IN_PROGRESS.track_inprogress(),
        ):
            try:
                await (_traced(scope, identity, serve, lambda: status) if traces.is_on() else serve())
            finally:
                _end(scope, status, time.perf_counter() - began)
                _current.reset(token)


async def _traced(scope: Scope, identity: str, serve: Callable[[], Awaitable[None]], status: Callable[[], int]) -> None:
    """Serve under a span that continues the caller's trace."""
    parent = _header(scope, _TRACE_NAME) or ""
    given = {"http__request__method": scope["method"], "ananta__correlation_id": identity}
    with traces.span(scope["method"], "SERVER", parent=parent, **given) as span:
        structlog.contextvars.bind_contextvars(trace_id=traces.trace_id())
        await serve()
        if span is not None:
            span.update_name(f"{scope['method']} {_route(scope)}")
            known: dict[str, Any] = structlog.contextvars.get_contextvars()
            found: dict[str, Any] = {name: known[name] for name in ("tenant_id", "organization_id") if name in known}
            span.set_attributes(found)
            span.set_attributes({"http.route": _route(scope), "http.response.status_code": status()})


def _route(scope: Scope) -> str:
    """The template of the path, without values: as the gateway's table or the edge's router has it."""
    return str(scope.get(ROUTE) or getattr(scope.get("route"), "path", "none"))


def _end(scope: Scope, status: int, seconds: float) -> None:
    if scope["path"] not in _UNLOGGED_PATHS:
        metrics.REQUEST_SECONDS.labels(_route(scope), status).observe(seconds)
        log.info("request", method=scope["method"], path=scope["path"], status=status, ms=round(seconds * 1000, 1))


def _header(scope: Scope, name: bytes) -> str | None:
    for found, value in scope["headers"]:
        if found == name:
            return str(value.decode("latin-1"))
    return None


def _with_id(headers: Any, identity: str) -> list[tuple[bytes, bytes]]:
    kept = [(name, value) for name, value in headers if name.lower() != _HEADER_NAME]
    return [*kept, (_HEADER_NAME, identity.encode("ascii"))]
