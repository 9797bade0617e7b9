"""The issuer as an ASGI application."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from ananta.settings import Settings
from ananta.standins.issuer import admin, admin_users, authorize, mailpages, protocol, set_password
from ananta.standins.issuer.context import open_issuer
from ananta.standins.issuer.defaults import ensure_built_in_realms
from ananta.standins.issuer.errors import AdminError, OAuthError, PageError
from ananta.standins.issuer.middleware import RequestContext, error_body
from ananta.standins.issuer.pages import page
from ananta.standins.issuer.requests import RedirectedError


def create_app(settings: Settings, clock: Callable[[], float] = time.time) -> FastAPI:
    """The application over the settings' state folder, with the built-in realms in place."""
    issuer = open_issuer(settings, clock)
    ensure_built_in_realms(issuer, settings.public_url)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        issuer.store.close()

    app = FastAPI(
        title="Ananta development issuer",
        openapi_url=None,
        lifespan=lifespan,
        middleware=[Middleware(RequestContext)],
        redirect_slashes=False,
    )
    app.state.issuer = issuer
    for module in (protocol, authorize, set_password, admin, admin_users, mailpages):
        app.include_router(module.router)
    app.add_api_route("/health", _health, methods=["GET"])
    _add_error_handlers(app)
    return app


def _health() -> dict[str, str]:
    return {"status": "ok"}


def _add_error_handlers(app: FastAPI) -> None:
    app.exception_handler(AdminError)(_on_admin_error)
    app.exception_handler(OAuthError)(_on_oauth_error)
    app.exception_handler(PageError)(_on_page_error)
    app.exception_handler(RedirectedError)(_on_redirected_error)
    app.exception_handler(RequestValidationError)(_on_invalid_body)
    app.exception_handler(HTTPException)(_on_http_error)


def _error(request: Request, status: int, code: str, message: str, hint: str | None = None) -> JSONResponse:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    content = error_body(code, message, request.state.correlation_id, hint)
    return JSONResponse(content, status_code=status, headers=headers)


async def _on_admin_error(request: Request, error: AdminError) -> Response:
    return _error(request, error.status, error.code, error.message, error.hint)


async def _on_oauth_error(_: Request, error: OAuthError) -> Response:
    headers = {"Cache-Control": "no-store", "Pragma": "no-cache"}
    if error.status == 401:
        headers["WWW-Authenticate"] = f'Bearer error="{error.error}", error_description="{error.description}"'
    content = {"error": error.error, "error_description": error.description}
    return JSONResponse(content, status_code=error.status, headers=headers)


async def _on_page_error(_: Request, error: PageError) -> Response:
    return page("message.html", status=error.status, title=error.title, message=error.message, link=None)


async def _on_redirected_error(_: Request, error: RedirectedError) -> Response:
    return RedirectResponse(error.location, status_code=302, headers={"Cache-Control": "no-store"})


async def _on_invalid_body(request: Request, error: RequestValidationError) -> Response:
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"])
    return _error(request, 400, "invalid_request", f"{field}: {first['msg']}")


async def _on_http_error(request: Request, error: HTTPException) -> Response:
    return _error(request, error.status_code, "http_error", str(error.detail))
