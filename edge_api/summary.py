"""Middleware API (:27520): aggregate reads, each one SQL function run as the caller."""

from typing import Any

from fastapi import FastAPI, Request

from ananta.settings import Plane, Settings
from edge_api.application import make_app
from edge_api.database import Database
from edge_api.tokens import PlatformTokens


def create_app(settings: Settings) -> FastAPI:
    """The aggregate reads of the app plane."""
    database = Database(settings.app_edge_database_url)
    app = make_app("Ananta summary", database)
    tokens = PlatformTokens(Plane.APP, settings)

    @app.get("/api/summary/dashboard")
    async def dashboard(request: Request) -> Any:
        """What a start page shows."""
        return await database.value("select public.dashboard_summary()", claims=tokens.caller(request), as_caller=True)

    return app
