"""What the app plane reports of its tenants' use: signed events into the control plane."""

import uuid
from typing import Literal

from fastapi import FastAPI, Request
from psycopg.types.json import Jsonb
from pydantic import AwareDatetime, BaseModel, NonNegativeInt, SecretStr

from edge_api.database import Database
from edge_api.webhooks import SignedRequests


class UsageAlert(BaseModel):
    """Body of the events ``usage.threshold_reached`` and ``usage.threshold_left``."""

    event: Literal["usage.threshold_reached", "usage.threshold_left"]
    tenantId: uuid.UUID  # noqa: N815 - the name on the wire
    metric: Literal["users", "components", "storage_bytes"]
    current: NonNegativeInt
    limit: NonNegativeInt | None
    percentage: NonNegativeInt
    occurredAt: AwareDatetime  # noqa: N815


def add_usage_reports(app: FastAPI, database: Database, secret: SecretStr | None) -> None:
    """The routes."""
    signed = SignedRequests(secret)

    @app.post("/webhooks/usage-alert")
    @app.post("/webhook/usage-alert", include_in_schema=False)
    async def usage_alert(request: Request) -> dict[str, str]:
        """A tenant's use crossed a threshold of its limit, or left it. Signed; a repeated event changes nothing."""
        event_id, content = await signed.read(request)
        body = UsageAlert.model_validate(content).model_dump(mode="json")
        is_new = await database.value("select private.record_usage_alert(%s, %s)", (event_id, Jsonb(body)))
        return {"status": "processed" if is_new else "duplicate"}
