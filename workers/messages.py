"""What a queue carries, and what a handler answers."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

_EVENT_ID = re.compile(r"[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")
NO_MESSAGE = "not a message: it needs event_id, type and id, each a text, the first a UUID"
TOO_LARGE = "too large: a message names a row and carries no data"


@dataclass(frozen=True)
class Message:
    """One message as it was read.

    ``attempt`` counts from 1; ``read_count`` also what was no attempt: it proves that nobody read it since;
    ``death_count`` are readings that nobody ended; ``owner`` is the tenant it is of; ``is_processed`` says that the
    event had its effect before; ``is_too_large`` that its body was not read.
    """

    queue: str
    message_id: int
    attempt: int
    body: Any
    death_count: int = 0
    owner: str = ""
    is_processed: bool = False
    is_too_large: bool = False
    read_count: int = 0

    @property
    def is_well_formed(self) -> bool:
        """Whether it says which event it is, what happened and to what; a handler sees no other."""
        return (
            isinstance(self.body, dict)
            and all(isinstance(self.body.get(name), str) for name in ("event_id", "type", "id"))
            and _EVENT_ID.fullmatch(self.body["event_id"]) is not None
        )

    @property
    def type(self) -> str:
        """What happened, such as ``bom.uploaded``."""
        return str(self.body["type"])

    @property
    def subject_id(self) -> str:
        """The id of the row it is about."""
        return str(self.body["id"])

    @property
    def event_id(self) -> str:
        """The event; the same when it is sent again, so outside calls make their idempotency keys from it."""
        return str(self.body["event_id"])

    @property
    def correlation_id(self) -> str:
        """The request that caused it."""
        return str(self.body.get("correlation_id") or "") if isinstance(self.body, dict) else ""

    @property
    def traceparent(self) -> str:
        """The trace it belongs to, empty where its cause is not traced."""
        return str(self.body.get("traceparent") or "") if isinstance(self.body, dict) else ""

    @property
    def known_as(self) -> dict[str, str]:
        """Its ids, for logs and traces."""
        named = ("event_id", "tenant_id", "organization_id", "correlation_id")
        found = {name: self.body.get(name) for name in named} if isinstance(self.body, dict) else {}
        return {name: value[:100] for name, value in found.items() if isinstance(value, str)}


@dataclass(frozen=True)
class Finish:
    """The work is done: run this one query in the transaction that ends the message."""

    query: str | None = None
    parameters: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Later:
    """Not done: show the message again after ``seconds``."""

    seconds: float


class Retryable(Exception):  # noqa: N818 - a state of the outside, not a mistake
    """The outside was not there; the same work is worth trying again."""


class Unavailable(Retryable):
    """An outside system cannot be reached or fails.

    ``retry_seconds`` is set where it is known to be down: until it is tried next. ``was_called``: it was tried now.
    """

    retry_seconds: float | None = None
    failure_count = 1
    was_called = True
    system = ""


Handler = Callable[[Message], Awaitable[Finish | Later]]
