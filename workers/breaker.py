"""Circuit breakers: an outside system that is down is asked now and then by one call, and waited for by all others."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from workers.messages import Unavailable
from workers.workflows.types import StepRefused

log = structlog.get_logger()
FAILURES_TO_OPEN = 3
LONGEST_PAUSE = 10.0  # times the first: a system that is back is found within that
IDENTITY, MAIL, APP_PLANE, CONTROL_PLANE = "identity provider", "mail", "app plane", "control plane"


@dataclass
class Breaker:
    """One outside system. Open after three failures in a row, whoever made them; half open for one call at a time."""

    kind: str
    address: str = ""
    first_pause_seconds: float = 1.0
    failure_count: int = 0
    cause: str = ""
    is_trying: bool = False
    _pause_seconds: float = 0.0
    _retry_at: float = 0.0

    @property
    def system(self) -> str:
        """Its name for operators."""
        return f"{self.kind} {self.address}".rstrip()

    @property
    def is_open(self) -> bool:
        """Whether the system is taken for down."""
        return self.failure_count >= FAILURES_TO_OPEN

    @property
    def seconds_left(self) -> float:
        """Until it may be tried again."""
        return max(0.0, self._retry_at - asyncio.get_running_loop().time()) if self.is_open else 0.0

    @asynccontextmanager
    async def calling(self) -> AsyncIterator[None]:
        """Around one call, which raises Unavailable where the system is to blame. Open, it raises that by itself."""
        if self.is_open and (self.is_trying or self.seconds_left):
            error = Unavailable(self.cause)
            error.was_called = False
            raise self._about(error)
        is_trial = self.is_trying = self.is_open
        try:
            yield
        except Unavailable as error:
            self._fail(error)
            raise self._about(error) from error.__cause__
        except StepRefused:
            self._succeed()
            raise
        else:
            self._succeed()
        finally:
            if is_trial:
                self.is_trying = False

    def _about(self, error: Unavailable) -> Unavailable:
        error.system, error.failure_count = self.system, self.failure_count
        error.retry_seconds = max(self.seconds_left, self.first_pause_seconds / 2) if self.is_open else None
        return error

    def _fail(self, error: Unavailable) -> None:
        was_open = self.is_open
        self.failure_count, self.cause = self.failure_count + 1, str(error)[:500]
        if not self.is_open:
            return
        longest = self.first_pause_seconds * LONGEST_PAUSE
        self._pause_seconds = min(self._pause_seconds * 2, longest) if was_open else self.first_pause_seconds
        pause = self._pause_seconds * (0.75 + random.random() / 4)  # noqa: S311 - jitter
        self._retry_at = asyncio.get_running_loop().time() + pause
        say = log.info if was_open else log.warning
        say("breaker_open", system=self.system, cause=self.cause, failures=self.failure_count, pause=round(pause, 1))

    def _succeed(self) -> None:
        if self.is_open:
            log.warning("breaker_closed", system=self.system, failures=self.failure_count)
        self.failure_count = 0


class Breakers:
    """Those of one process, each made when its system is first called."""

    def __init__(self, first_pause_seconds: float = 1.0) -> None:
        self._first_pause_seconds = first_pause_seconds
        self._known: dict[tuple[str, str], Breaker] = {}

    def of(self, kind: str, address: str = "") -> Breaker:
        """The breaker of a system, of which there may be several of a kind."""
        return self._known.setdefault((kind, address), Breaker(kind, address, self._first_pause_seconds))

    def is_open(self, system: str) -> bool:
        """Whether the system of that name is taken for down."""
        return any(breaker.is_open for breaker in self._known.values() if breaker.system == system)

    def holding_up(self, kinds: Iterable[str]) -> Breaker | None:
        """Where all known systems of a kind are down, the one that may be tried first; nothing else can go on."""
        for kind in kinds:
            found = [breaker for breaker in self._known.values() if breaker.kind == kind]
            if found and all(breaker.is_open for breaker in found):
                return min(found, key=lambda breaker: breaker.seconds_left)
        return None
