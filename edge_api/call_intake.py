"""The gateway's batches of API calls, and the header by which it knows whose call an edge has answered."""

import uuid
from typing import Annotated

from fastapi import FastAPI, Request
from psycopg.types.json import Jsonb
from pydantic import AwareDatetime, BaseModel, Field, NonNegativeInt, SecretStr
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge_api.database import Database
from edge_api.gateway.metering import HEADER, LARGEST_BATCH, PATH
from edge_api.webhooks import SignedRequests

CALLER = "calling_organization"


class Calls(BaseModel):
    """Calls of one organization: successful ones, and failed ones."""

    organizationId: uuid.UUID  # noqa: N815 - the name on the wire
    calls: NonNegativeInt
    failed: NonNegativeInt = 0


class CallBatch(BaseModel):
    """Body of a batch."""

    startedAt: AwareDatetime  # noqa: N815
    calls: Annotated[list[Calls], Field(max_length=LARGEST_BATCH)]


def add_call_intake(app: FastAPI, database: Database, secret: SecretStr | None) -> None:
    """The route; without the secret there is none, and nothing is metered."""
    if secret is None:
        return
    signed = SignedRequests(secret)

    @app.post(PATH, include_in_schema=False)
    async def api_calls(request: Request) -> dict[str, str]:
        """Record a batch of the gateway. Signed; a repeated one changes nothing."""
        batch_id, content = await signed.read(request)
        batch = CallBatch.model_validate(content)
        calls = Jsonb([found.model_dump(mode="json") for found in batch.calls])
        await database.value("select private.record_api_calls(%s, %s, %s)", (batch_id, batch.startedAt, calls))
        return {"status": "recorded"}


class CallerHeader:
    """Names the organization whose token was accepted, in the answer's header for the gateway."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def send_with_caller(message: Message) -> None:
            organization = scope.get("state", {}).get(CALLER)
            # A claim is what the token says until the database has accepted it, which an answer without error tells.
            if message["type"] == "http.response.start" and organization and message["status"] < 400:
                message["headers"] = [*message.get("headers", ()), (HEADER.encode(), organization.encode())]
            await send(message)

        await self._app(scope, receive, send_with_caller)
