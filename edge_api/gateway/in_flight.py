"""Calls of one caller: so many at once, so that none holds all connections.

Those above wait in the order in which they came, and not for long. The gateway counts twice. As in flight a call counts
from when its request is whole until its answer begins: neither a slow upload nor a long download holds a connection to
the database. Among its caller's connections, which are more, it counts from when it goes on to its answer's last byte.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from edge_api.gateway.token_routing import RefusedError

RETRY_SECONDS = 1


@dataclass
class _Places:
    """A caller's places, and how many calls have or want one."""

    free: asyncio.Semaphore
    calls: int = 0


class Place:
    """A call's place among its caller's; the one of a caller without a limit is always there."""

    def __init__(self, free: asyncio.Semaphore | None, wait_seconds: float) -> None:
        self._free = free
        self._wait_seconds = wait_seconds
        self._is_taken = False

    async def take(self) -> None:
        """Wait for the place; refuses with 429 and Retry-After where none becomes free."""
        if self._free is None:
            return
        if self._free.locked():
            await self._wait_for(self._free)
        else:
            await self._free.acquire()
        self._is_taken = True

    async def _wait_for(self, free: asyncio.Semaphore) -> None:
        try:
            async with asyncio.timeout(self._wait_seconds):
                await free.acquire()
        except TimeoutError:
            raise RefusedError(429, _BODY, {"Retry-After": str(RETRY_SECONDS)}) from None

    def leave(self) -> None:
        """Give it back, where it was taken."""
        if self._free is not None and self._is_taken:
            self._is_taken = False
            self._free.release()


class InFlight:
    """``at_once`` places for each caller. Who has no call on its way takes no memory."""

    def __init__(self, at_once: int, wait_seconds: float) -> None:
        self._at_once = at_once
        self._wait_seconds = wait_seconds
        self._callers: dict[str, _Places] = {}

    @contextmanager
    def place(self, caller: str | None) -> Iterator[Place]:
        """A place, not yet taken, which is free again after the block; None is a caller without a limit."""
        if caller is None:
            yield Place(None, self._wait_seconds)
            return
        places = self._callers.setdefault(caller, _Places(asyncio.Semaphore(self._at_once)))
        place = Place(places.free, self._wait_seconds)
        places.calls += 1
        try:
            yield place
        finally:
            place.leave()
            places.calls -= 1
            if not places.calls:
                del self._callers[caller]


_BODY = {
    "code": "PT429",
    "message": "too_many_requests",
    "details": '{"reason": "at_once"}',
    "hint": "Make fewer calls at the same time. Try again after Retry-After seconds.",
}
