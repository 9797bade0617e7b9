"""Signed calls to the other plane (Standard Webhooks)."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

import httpx
from psycopg.types.json import Jsonb
from pydantic import SecretStr
from standardwebhooks.webhooks import Webhook

from ananta import traces
from ananta.settings import Plane
from workers.breaker import APP_PLANE, CONTROL_PLANE, Breakers
from workers.database import WorkerDatabase, correlation_id
from workers.messages import Finish, Message, Unavailable
from workers.workflows.types import StepRefused

_NAMESPACE = uuid.UUID("6f1b2f9e-5a0c-4f3e-9a44-3d1c1f6b8a10")
_TIMEOUT = httpx.Timeout(20.0, connect=5.0)


class PlaneClient:
    """Calls a plane's edge from the other; the event id is made of a key, so a repeated call is the same event."""

    def __init__(
        self, plane: Plane, http: httpx.AsyncClient, secret: SecretStr | None, breakers: Breakers | None = None
    ) -> None:
        if secret is None:
            raise SystemExit("ANANTA_WEBHOOK_SECRET is not set.")
        self._name = f"the {plane} plane"
        self._http = http
        self._breakers = breakers or Breakers()
        self._kind = {Plane.APP: APP_PLANE, Plane.CONTROL: CONTROL_PLANE}[plane]
        self._webhook = Webhook(secret.get_secret_value())

    async def call(self, base_url: str, path: str, body: dict[str, Any], *, event_key: str) -> dict[str, Any]:
        """POST a signed body. Raises Unavailable when the plane is not there, StepRefused when it refuses."""
        event_id, now = str(uuid.uuid5(_NAMESPACE, event_key)), datetime.now(tz=UTC)
        content = json.dumps(body)
        headers = {
            "content-type": "application/json",
            "webhook-id": event_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._webhook.sign(event_id, now, content),
            "x-correlation-id": correlation_id.get(),
            **traces.headers(),
        }
        async with self._breakers.of(self._kind, base_url).calling():
            return await self._post(base_url, path, content, headers)

    async def _post(self, base_url: str, path: str, content: str, headers: dict[str, str]) -> dict[str, Any]:
        try:
            response = await self._http.post(base_url + path, content=content, headers=headers, timeout=_TIMEOUT)
        except httpx.TransportError as error:
            raise Unavailable(f"{self._name} cannot be reached ({type(error).__name__})") from error
        if response.status_code >= 500 or response.status_code in {408, 429}:
            raise Unavailable(f"{self._name} answered {response.status_code}")
        if response.status_code >= 400:
            problem = response.json() if "json" in response.headers.get("content-type", "") else {}
            cause = f"{self._name} refused {path}: {problem.get('message', response.status_code)}"
            raise StepRefused(cause, str(problem.get("hint") or f"Look into the log of {self._name}."))
        answer: dict[str, Any] = response.json()
        return answer


# Event to the function that says its body and address, and the path it goes to.
_EVENTS = {
    "tenant.provisioned": ("select private.tenant_provisioned_event(%s)", "/webhooks/tenant-provisioned"),
    "tenant.settings_changed": ("select private.tenant_settings_event(%s)", "/webhooks/tenant-settings"),
}


class PlaneEvents:
    """Queue ``webhooks`` of the control plane: events the app plane is told."""

    def __init__(self, database: WorkerDatabase, plane: PlaneClient) -> None:
        self._database = database
        self._plane = plane

    async def handle(self, message: Message) -> Finish:
        """Deliver an event with what is true now; nothing is said when the tenant is not active."""
        if message.type == "subscription.changed":
            return await self._subscription_changed(message)
        query, path = _EVENTS[message.type]
        event = await self._database.value(query, (message.subject_id,))
        if event is not None:
            await self._plane.call(event["url"], path, event["body"], event_key=f"event/{message.event_id}")
        return Finish()

    async def _subscription_changed(self, message: Message) -> Finish:
        """Tell of the plan as it is now; the answer says how the use stands to it."""
        query = "select private.subscription_changed_event(%s, %s)"
        event = await self._database.value(query, (message.subject_id, message.body.get("previous_plan")))
        if event is None:
            return Finish()
        answer = await self._plane.call(
            event["url"], "/webhooks/subscription-changed", event["body"], event_key=f"event/{message.event_id}"
        )
        return Finish("select private.store_usage(%s, %s)", (message.subject_id, Jsonb(answer["usage"])))


class UsageEvents:
    """Queue ``webhooks`` of the app plane: what the control plane is told of use and limits."""

    def __init__(self, database: WorkerDatabase, plane: PlaneClient, control_url: str) -> None:
        self._database = database
        self._plane = plane
        self._control_url = control_url

    async def handle(self, message: Message) -> Finish:
        """Deliver usage.threshold_reached and usage.threshold_left."""
        tenant_id = await self._database.value("select private.tenant_of(%s)", (message.subject_id,))
        if tenant_id is not None:
            facts = {name: message.body[name] for name in ("metric", "current", "limit", "percentage")}
            occurred_at = message.body["occurred_at"]
            body = {"event": message.type, "tenantId": str(tenant_id), "occurredAt": occurred_at} | facts
            await self._plane.call(
                self._control_url, "/webhooks/usage-alert", body, event_key=f"usage/{message.event_id}"
            )
        return Finish()
