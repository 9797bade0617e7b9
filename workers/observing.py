"""What is seen of a message from outside: its log fields, its span, its measures."""

from collections.abc import Iterator
from contextlib import contextmanager

from structlog.contextvars import bind_contextvars, bound_contextvars

from ananta import metrics, traces
from ananta.settings import Plane
from workers.messages import Message


@contextmanager
def observed(plane: Plane, message: Message) -> Iterator[None]:
    """While a message is worked on: logs carry its ids, and its span goes on with the trace of its cause."""
    known = {"queue": message.queue, "message_id": message.message_id} | message.known_as
    name = f"{message.queue} {message.type}" if message.is_well_formed else message.queue
    working = metrics.MESSAGES_IN_PROGRESS.labels(plane, message.queue)
    span = traces.span(name, "CONSUMER", parent=message.traceparent, plane=plane, attempt=message.attempt, **known)
    with working.track_inprogress(), bound_contextvars(**known), span:
        if traces.is_on():
            bind_contextvars(trace_id=traces.trace_id())
        yield


def count(plane: Plane, message: Message, outcome: str, seconds: float) -> None:
    """One reading of a message, by the first word of how it ended."""
    metrics.MESSAGES.labels(plane, message.queue, outcome.partition(":")[0]).inc()
    metrics.HANDLER_SECONDS.labels(plane, message.queue).observe(seconds)
