"""The gateway's meter: API calls of each organization, added up and handed on in batches.

Whose successful call it was says a header of the answer, which the database or the edge sets and the gateway strips;
of a failed one it is the token, whose signature the gateway has verified. Failed calls count for the rate alone. A
batch is sent under the same id until it is accepted, so that it is counted once; calls of a gateway that is killed
before it sends are lost, and nobody is charged for them.
"""

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import structlog
from standardwebhooks.webhooks import Webhook

from ananta.settings import Settings

HEADER = "x-ananta-internal-organization"
PATH = "/internal/api-calls"
LARGEST_BATCH = 500
# Refused: nobody's or no longer a member's (401), told to wait (429); and what is our failure.
_UNCOUNTED = frozenset({401, 429, 502, 503, 504})
_REFUSED = frozenset({400, 413, 422})

log = structlog.get_logger()


@dataclass
class Tally:
    """Calls of one organization."""

    calls: int = 0
    failed: int = 0


@dataclass(frozen=True)
class Batch:
    """Calls by organization, under an id that makes a repeated one known."""

    id: uuid.UUID
    started_at: datetime
    tallies: dict[str, Tally]


class Meter:
    """Counts, and sends what it counted."""

    def __init__(self, settings: Settings, client: httpx.AsyncClient) -> None:
        secret = settings.gateway_webhook_secret
        self._webhook = Webhook(secret.get_secret_value()) if secret else None
        self._address = settings.app_edge_url + PATH
        self._seconds = settings.meter_flush_seconds
        self._client = client
        self._tallies: dict[str, Tally] = {}
        self._started_at = datetime.now(tz=UTC)
        self._unsent: Batch | None = None

    def count(self, response: httpx.Response, caller: str | None = None) -> None:
        """One answer: a call of whom it names, or a failed one of ``caller``, the organization of the token."""
        if not response.is_error and (named := response.headers.get(HEADER)):
            self._tally(named).calls += 1
        elif response.is_error and caller and response.status_code not in _UNCOUNTED:
            self._tally(caller).failed += 1

    def _tally(self, organization: str) -> Tally:
        if not self._tallies:
            self._started_at = datetime.now(tz=UTC)
        return self._tallies.setdefault(organization, Tally())

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send as long as the gateway runs, and once more at its end."""
        if self._webhook is None:
            log.warning("calls_not_metered", reason="ANANTA_GATEWAY_WEBHOOK_SECRET is not set")
            yield
            return
        task = asyncio.create_task(self._send_for_ever())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            while await self.flush():
                pass

    async def _send_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._seconds)
            while await self.flush():
                pass

    async def flush(self) -> bool:
        """Send a batch; whether one was accepted."""
        batch = self._unsent = self._unsent or self._next()
        if batch is None or self._webhook is None:
            return False
        calls = [{"organizationId": organization, **vars(tally)} for organization, tally in batch.tallies.items()]
        content, now = json.dumps({"startedAt": batch.started_at.isoformat(), "calls": calls}), datetime.now(tz=UTC)
        headers = {
            "content-type": "application/json",
            "webhook-id": str(batch.id),
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._webhook.sign(str(batch.id), now, content),
        }
        try:
            response = await self._client.post(self._address, content=content, headers=headers)
            if response.status_code in _REFUSED:  # for good: the next ones must not wait behind it
                log.error("calls_refused", status=response.status_code, lost=str(batch.tallies))
            else:
                response.raise_for_status()
        except httpx.HTTPError as error:
            waiting = sum(tally.calls for tally in batch.tallies.values())
            log.warning("calls_not_sent", reason=type(error).__name__, waiting=waiting)
            return False
        self._unsent = None
        return True

    def _next(self) -> Batch | None:
        chosen = dict(list(self._tallies.items())[:LARGEST_BATCH])
        if not chosen:
            return None
        for organization in chosen:
            del self._tallies[organization]
        return Batch(uuid.uuid4(), self._started_at, chosen)
