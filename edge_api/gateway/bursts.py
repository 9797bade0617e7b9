"""Bursts of one caller are limited at the gateway, failed calls included: a bucket for each caller, in memory.

A caller is a token that has had an answer; any other request is its address's, so that made-up tokens are no way
around. Whoever shares the address of a flood goes on with a token that is known.
"""

import hashlib
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from edge_api.gateway.token_routing import RefusedError

MOST_CALLERS = 20_000


@dataclass
class _Bucket:
    level: float
    measured_at: float


class Bursts:
    """``per_second`` calls in the long run, ``burst`` at once."""

    def __init__(
        self, per_second: float, burst: float, *, clock: Callable[[], float] = time.monotonic, size: int = MOST_CALLERS
    ) -> None:
        self._rate = per_second
        self._burst = burst
        self._clock = clock
        self._size = size
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, authorization: str | None, address: str) -> None:
        """Count a request; refuses with 429 and Retry-After the one that is too many."""
        known = _token_key(authorization)
        key = known if known in self._buckets else f"address {address}"
        bucket, now = self._buckets.get(key) or _Bucket(0.0, self._clock()), self._clock()
        bucket.level = max(0.0, bucket.level - (now - bucket.measured_at) * self._rate)
        bucket.measured_at = now
        self._keep(key, bucket)
        if bucket.level + 1 > self._burst:
            seconds = max(1, math.ceil((bucket.level + 1 - self._burst) / self._rate))
            raise RefusedError(429, _BODY, {"Retry-After": str(seconds)})
        bucket.level += 1

    def know(self, authorization: str | None) -> None:
        """A token had an answer that only a valid one gets: from now on it is a caller of its own."""
        key = _token_key(authorization)
        if key and key not in self._buckets:
            self._keep(key, _Bucket(0.0, self._clock()))

    def _keep(self, key: str, bucket: _Bucket) -> None:
        self._buckets[key] = bucket
        self._buckets.move_to_end(key)
        while len(self._buckets) > self._size:
            self._buckets.popitem(last=False)


_BODY = {
    "code": "PT429",
    "message": "too_many_requests",
    "details": '{"reason": "burst"}',
    "hint": "Call less often. Try again after Retry-After seconds.",
}


def _token_key(authorization: str | None) -> str:
    return "token " + hashlib.sha256(authorization.encode()).hexdigest() if authorization else ""
