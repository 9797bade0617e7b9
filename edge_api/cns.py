"""CNS (:27021): normalise and match one part or a batch now, by the same SQL as the import."""

from typing import Annotated, Any

from fastapi import FastAPI, Request
from psycopg.types.json import Jsonb
from pydantic import BaseModel, Field

from ananta.settings import Plane, Settings
from edge_api.application import make_app
from edge_api.database import Database
from edge_api.tokens import PlatformTokens

Text = Annotated[str, Field(max_length=500)]


class Part(BaseModel):
    """A part as somebody wrote it."""

    mpn: Text | None = None
    manufacturer: Text | None = None
    supplier: Text | None = None
    supplier_sku: Text | None = None


class Parts(BaseModel):
    """A batch of parts."""

    parts: Annotated[list[Part], Field(max_length=1000)]


def create_app(settings: Settings) -> FastAPI:
    """The component normalization service."""
    database = Database(settings.app_edge_database_url)
    app = make_app("Ananta component normalization", database)
    tokens = PlatformTokens(Plane.APP, settings)

    @app.post("/api/cns/normalize")
    async def normalize(body: Parts, request: Request) -> dict[str, Any]:
        """What each part is: catalogue part, method and confidence, in the order sent."""
        parts = Jsonb([part.model_dump() for part in body.parts])
        claims = tokens.caller(request)
        return {
            "parts": await database.value("select public.normalize_parts(%s)", (parts,), claims=claims, as_caller=True)
        }

    return app
