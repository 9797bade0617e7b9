"""A worker's way into one plane's database."""

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import ContextVar
from typing import Any

import psycopg
from pydantic import SecretStr

from ananta import traces
from ananta.connections import Connection, ConnectionPool, Row
from ananta.settings import Plane
from workers.endings import Endings
from workers.messages import Finish, Message, Unavailable

QUEUE_SECONDS = 15.0  # for a statement on a queue, before the connection is given up
EFFECT_SECONDS = 130.0  # for an effect: a little more than the login's statement_timeout
END = "select private.end_messages(%s, %s, %s::int[], %s::uuid[])::text as event_id"
TAKE = """
    select msg_id, read_count, attempt, death_count, owner, is_processed, is_too_large, message::text
    from private.take_messages(%s, %s, %s, %s, %s, %s)
"""
correlation_id: ContextVar[str] = ContextVar("worker_correlation_id", default="")


class WorkerDatabase:
    """A pool under the worker's own login, and the queue functions it may execute."""

    def __init__(self, url: SecretStr | None, name: str) -> None:
        if url is None:
            raise SystemExit(f"ANANTA_{name}_WORKER_DATABASE_URL is not set.")
        self.url = url.get_secret_value()
        self.plane = Plane(name.lower())
        self._endings: dict[str, Endings] = defaultdict(lambda: Endings(self._end_together))
        self._pool = ConnectionPool(
            self.url,
            application_name="worker",
            max_size=8,
            wait_seconds=3,  # a waiter is not served by a server that comes back: only asking again makes a connection
            reconnect_seconds=0,
        )

    def running(self) -> AbstractAsyncContextManager[None]:
        """Open for the life of the worker."""
        return self._pool.running()

    @asynccontextmanager
    async def transaction(self, seconds: float = EFFECT_SECONDS) -> AsyncIterator[Connection]:
        """One transaction that carries the correlation id of the message at hand."""
        async with self._pool.connection(seconds) as connection:
            await connection.execute(
                "select private.name_session(%s, %s)", (correlation_id.get(), traces.traceparent())
            )
            yield connection

    async def row(self, query: str, parameters: tuple[Any, ...] = (), *, seconds: float = EFFECT_SECONDS) -> Row | None:
        """The first row of a query, in its own transaction."""
        with traces.span("transaction", "CLIENT", db__system__name="postgresql", db__query__text=query):
            async with self.transaction(seconds) as connection:
                return await (await connection.execute(query.encode(), parameters)).fetchone()

    async def value(self, query: str, parameters: tuple[Any, ...] = (), *, seconds: float = EFFECT_SECONDS) -> Any:
        """The single value of a one-row query, in its own transaction."""
        row = await self.row(query, parameters, seconds=seconds)
        return next(iter(row.values())) if row else None

    async def take(
        self,
        queue: str,
        visibility_seconds: int,
        quantity: int,
        *,
        after: str = "",
        busy: Sequence[str] = (),
        share: int,
    ) -> list[Message]:
        """Take messages; committed before any work, so that an attempt counts even when it kills its process."""
        parameters = (queue, visibility_seconds, quantity, after, list(busy), share)
        async with self.transaction(QUEUE_SECONDS) as connection:
            rows = await (await connection.execute(TAKE, parameters)).fetchall()
        return [
            Message(
                queue,
                row["msg_id"],
                row["attempt"],
                _decoded(row["message"]),
                death_count=row["death_count"],
                owner=row["owner"],
                is_processed=row["is_processed"],
                is_too_large=row["is_too_large"],
                read_count=row["read_count"],
            )
            for row in rows
        ]

    async def finish(self, message: Message, finish: Finish) -> bool:
        """The end of the message, its event in the ledger, and the effect, in one transaction.

        False, and no effect, where the event was processed before, or the message is somebody else's by now.
        """
        text = finish.query or END
        with traces.span("transaction", "CLIENT", db__system__name="postgresql", db__query__text=text):
            if finish.query is None:
                return await self._endings[message.queue].add(message)
            async with self.transaction() as connection:
                is_new = bool(await _end(connection, [message]))
                if is_new:
                    await connection.execute(finish.query.encode(), finish.parameters)
                return is_new

    async def _end_together(self, messages: Sequence[Message]) -> set[str]:
        async with self.transaction(QUEUE_SECONDS) as connection:
            return await _end(connection, messages)

    async def extend(self, queue: str, messages: Sequence[Message], seconds: int) -> None:
        """Hide messages for ``seconds`` from now: they are being worked on."""
        query = "select private.extend_messages(%s, %s, %s::int[], %s)"
        await self.value(query, (queue, *_held(messages), seconds), seconds=QUEUE_SECONDS)

    async def release(self, queue: str, messages: Sequence[Message], seconds: float, *, is_counted: bool) -> None:
        """Give messages back, to be read again after ``seconds``; not counted, the attempt was none."""
        query = "select private.release_messages(%s, %s, %s::int[], %s, %s)"
        await self.value(query, (queue, *_held(messages), seconds, is_counted), seconds=QUEUE_SECONDS)

    async def bury(self, message: Message, error: str, finish: Finish) -> None:
        """Give a message up; ``finish`` tells, in the same transaction, whoever waits for it."""
        query = "select private.bury_message(%s, %s, %s, %s) as is_buried"
        async with self.transaction() as connection:
            parameters = (message.queue, message.message_id, message.read_count, error)
            buried = await (await connection.execute(query, parameters)).fetchone()
            if buried and buried["is_buried"] and finish.query is not None:
                await connection.execute(finish.query.encode(), finish.parameters)

    async def open_breaker(self, queue: str, error: Unavailable) -> None:
        """Show operators what a queue waits for."""
        query = "select private.open_breaker(%s, %s, %s, %s, %s)"
        await self.value(
            query, (queue, error.system, str(error), error.failure_count, error.retry_seconds), seconds=QUEUE_SECONDS
        )

    async def close_breakers(self, queue: str, systems: Sequence[str] | None) -> None:
        """It waits for these no more, or for none."""
        names = None if systems is None else list(systems)
        await self.value("select private.close_breakers(%s, %s)", (queue, names), seconds=QUEUE_SECONDS)


async def _end(connection: Connection, messages: Sequence[Message]) -> set[str]:
    """The events that are new, of messages of one queue."""
    parameters = (messages[0].queue, *_held(messages), [message.event_id for message in messages])
    return {row["event_id"] async for row in await connection.execute(END, parameters)}


def _held(messages: Sequence[Message]) -> tuple[list[int], list[int]]:
    return [message.message_id for message in messages], [message.read_count for message in messages]


def _decoded(text: str | None) -> Any:
    """A message's body; none where PostgreSQL takes for JSON what Python does not (huge numbers, deep nesting)."""
    try:
        return None if text is None else json.loads(text)
    except (ValueError, RecursionError):
        return None


def is_retryable(error: psycopg.Error) -> bool:
    """Whether the same statement may succeed later: connection, conflict, resources, operator, system, time."""
    if error.sqlstate is None:  # the driver's own: a lost connection, or a value it cannot send
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return error.sqlstate[:2] in {"08", "40", "53", "55", "57", "58"} or error.sqlstate in {"25P03", "25P04"}
