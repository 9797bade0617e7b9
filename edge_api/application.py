"""What every edge app has: correlation, error answers, health, and a database for as long as it runs."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
from fastapi import FastAPI

from edge_api import problems
from edge_api.call_intake import CallerHeader
from edge_api.correlation import CorrelationMiddleware
from edge_api.database import Database


def make_app(
    title: str,
    database: Database,
    *,
    on_start: "list[tuple[str, tuple[object, ...]]] | None" = None,
    http: httpx.AsyncBaseTransport | None = None,
) -> FastAPI:
    """An edge app over one database. ``on_start``: queries that register this instance; ``http``: its way to others."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(database.running())
            if http is not None:
                await stack.enter_async_context(http)
            for query, parameters in on_start or []:
                await database.value(query, parameters)
            yield

    app = FastAPI(title=title, lifespan=lifespan, docs_url=None, redoc_url=None)
    app.add_middleware(CallerHeader)
    app.add_middleware(CorrelationMiddleware)
    problems.install(app)

    @app.get("/health", include_in_schema=False)
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/ready", include_in_schema=False)
    async def ready() -> dict[str, str]:
        await database.value("select 1")
        return {"status": "ready"}

    return app
