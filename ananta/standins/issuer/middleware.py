"""Around every request: correlation id, one log line, and no fault without both."""

import re
import time
import uuid

import structlog
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()

_HEADER = b"x-correlation-id"
_FAULT = "The development issuer failed; its log has the correlation id."
_FORM = re.compile(r"[A-Za-z0-9-]{8,64}")


def error_body(code: str, message: str, correlation_id: str, hint: str | None = None) -> dict[str, str | None]:
    """The platform's error shape."""
    return {"code": code, "message": message, "details": None, "hint": hint, "correlation_id": correlation_id}


def _correlation_id(scope: Scope) -> str:
    given = dict(scope["headers"]).get(_HEADER, b"").decode("latin-1")
    return given if _FORM.fullmatch(given) else str(uuid.uuid4())


class RequestContext:
    """Takes or makes the correlation id, returns it, and logs the request by path (a query may hold a secret)."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        correlation_id = _correlation_id(scope)
        scope.setdefault("state", {})["correlation_id"] = correlation_id
        structlog.contextvars.bind_contextvars(correlation_id=correlation_id)
        started, status, is_started = time.perf_counter(), 500, False

        async def send_with_id(message: Message) -> None:
            nonlocal status, is_started
            if message["type"] == "http.response.start":
                status, is_started = message["status"], True
                headers = MutableHeaders(scope=message)
                headers["X-Correlation-Id"] = correlation_id
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            log.exception("fault", path=scope["path"])
            if is_started:
                raise
            await JSONResponse(error_body("internal_error", _FAULT, correlation_id), 500)(scope, receive, send_with_id)
        finally:
            self._log(scope, status, started)
            structlog.contextvars.unbind_contextvars("correlation_id")

    @staticmethod
    def _log(scope: Scope, status: int, started: float) -> None:
        if scope["path"] != "/health":
            elapsed = round((time.perf_counter() - started) * 1000, 1)
            log.info("request", method=scope["method"], path=scope["path"], status=status, ms=elapsed)
