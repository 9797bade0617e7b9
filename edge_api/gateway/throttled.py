"""Organizations that the database has told to wait: their calls end at the gateway, and cost those behind it nothing.

For a second at a time, so that a larger plan is felt at once. The answer waits a moment: who repeats as fast as he is
answered would keep the gateway busy with refusals.
"""

import asyncio
import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from edge_api.gateway.token_routing import RefusedError

LONGEST_SECONDS = 1.0
DELAY_SECONDS = 0.5


@dataclass(frozen=True)
class _Wait:
    """What was said, until when it is repeated, and when the organization may call again."""

    body: dict[str, Any]
    said_until: float
    ends_at: float


class Throttled:
    """Keeps what callers were told; one that may call again is forgotten at its next call."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, delay_seconds: float = DELAY_SECONDS) -> None:
        self._clock = clock
        self._delay_seconds = delay_seconds
        self._waits: dict[str, _Wait] = {}

    async def check(self, caller: str) -> None:
        """Refuses with 429 and Retry-After who was told to wait."""
        wait, now = self._waits.get(caller), self._clock()
        if wait is None:
            return
        if now >= wait.said_until:
            del self._waits[caller]
            return
        await asyncio.sleep(self._delay_seconds)
        seconds = max(1, math.ceil(wait.ends_at - now))
        details = json.loads(wait.body["details"]) | {"retry_after": seconds}
        raise RefusedError(429, wait.body | {"details": json.dumps(details)}, {"Retry-After": str(seconds)})

    async def note(self, caller: str, response: httpx.Response) -> None:
        """Remember an answer of private.refuse_throttled; other refusals are of one call alone."""
        if response.status_code != 429:
            return
        try:
            body = json.loads(await response.aread())
            seconds = json.loads(body["details"])["retry_after"]
        except (ValueError, KeyError, TypeError):
            return
        if body.get("message") == "too_many_requests" and isinstance(seconds, int):
            now = self._clock()
            self._waits[caller] = _Wait(body, now + min(seconds, LONGEST_SECONDS), now + seconds)
