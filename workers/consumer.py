"""The one consumer loop: wake on insert-notify or by poll, take a batch, work, end each message with its effect."""

import asyncio
import random
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import httpx
import psycopg
import structlog
from psycopg_pool import PoolTimeout
from structlog.contextvars import bound_contextvars

from workers.database import WorkerDatabase, correlation_id, is_retryable
from workers.messages import Finish, Handler, Later, Message, Retryable

log = structlog.get_logger()
POLL_SECONDS = 2.0
THROTTLE_SECONDS = 0.15  # a little more than the time for which pgmq swallows further notifications (watch_queue)
LONGEST_BACK_OFF_SECONDS = 60.0
TRANSIENT = (Retryable, httpx.TransportError, PoolTimeout, TimeoutError, ConnectionError)


@dataclass
class Consumer:
    """Consumes one queue. After ``max_attempts`` reads a message is a dead letter; ``on_buried`` tells its subject."""

    database: WorkerDatabase
    queue: str
    handler: Handler
    concurrency: int = 4
    max_attempts: int = 10
    visibility_seconds: int = 20
    handler_seconds: float = 300.0
    on_buried: Callable[[Message, str], Finish] = lambda _, __: Finish()
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until ``stop``; what was begun is finished."""
        running: set[asyncio.Task[None]] = set()
        while not stop.is_set():
            free = self.concurrency - len(running)
            messages = await self._read(free) if free else []
            running |= {asyncio.create_task(self._work(message)) for message in messages}
            if not messages:
                await self._sleep(stop, running, is_full=not free)
            running = {task for task in running if not task.done()}
        if running:
            await asyncio.wait(running)

    @property
    def _poll_seconds(self) -> float:
        """Often enough that a message whose worker died is not kept waiting much longer than it was hidden."""
        return min(POLL_SECONDS, self.visibility_seconds / 4)

    async def _read(self, quantity: int) -> list[Message]:
        self.wake.clear()
        try:
            return await self.database.read(self.queue, self.visibility_seconds, quantity)
        except (psycopg.Error, PoolTimeout) as error:
            log.warning("queue_unreadable", queue=self.queue, error=type(error).__name__)
            await asyncio.sleep(0.2 + random.random())  # noqa: S311 - jitter
            return []

    async def _sleep(self, stop: asyncio.Event, running: Iterable[asyncio.Task[None]], *, is_full: bool) -> None:
        waits = [asyncio.create_task(stop.wait())]
        if not is_full:  # a wake-up that nothing can follow would make this loop spin
            waits.append(asyncio.create_task(self.wake.wait()))
        await asyncio.wait([*waits, *running], timeout=self._poll_seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in waits:
            task.cancel()

    async def _work(self, message: Message) -> None:
        correlation_id.set(message.correlation_id)
        heartbeat = asyncio.create_task(self._keep(message))
        with bound_contextvars(queue=self.queue, message_id=message.message_id, correlation_id=message.correlation_id):
            started = asyncio.get_running_loop().time()
            try:
                outcome = await self._handle(message)
            except Exception as error:
                outcome = f"unsettled: {type(error).__name__}"
            finally:
                heartbeat.cancel()
            seconds = asyncio.get_running_loop().time() - started
            log.info(
                "message",
                type=message.type if message.is_well_formed else None,
                attempt=message.attempt,
                outcome=outcome,
                ms=round(seconds * 1000),
            )

    async def _handle(self, message: Message) -> str:
        if not message.is_well_formed:
            return await self._bury(message, "not a message: it needs event_id, type and id, each a text")
        if message.attempt > self.max_attempts:
            return await self._bury(message, "tries used up: the worker died, or the work never ended")
        try:
            async with asyncio.timeout(self.handler_seconds):
                answer = await self.handler(message)
            if isinstance(answer, Later):
                await self._hide(message, answer.seconds)
                return "later"
            await self.database.finish(message, answer)
        except Exception as error:
            return await self._fail(message, error)
        return "finished"

    async def _fail(self, message: Message, error: Exception) -> str:
        transient = isinstance(error, TRANSIENT) or (isinstance(error, psycopg.Error) and is_retryable(error))
        if not transient and not isinstance(error, psycopg.Error | httpx.HTTPError | ValueError | KeyError):
            log.error("handler_failed", error=type(error).__name__, trace=traceback.format_exc(limit=-4))
        if not transient or message.attempt >= self.max_attempts:
            return await self._bury(message, describe(error))
        back_off = min(2.0 ** (message.attempt - 1), LONGEST_BACK_OFF_SECONDS) * (0.75 + random.random() / 2)  # noqa: S311
        await self._hide(message, back_off)
        return f"again in {back_off:.0f} s"

    async def _hide(self, message: Message, seconds: float) -> None:
        """Out of sight for whole seconds, at least one; nobody notifies of its return, so this does."""
        await self.database.extend(message, seconds)
        asyncio.get_running_loop().call_later(max(1, round(seconds)) + 0.02, self.wake.set)

    async def _bury(self, message: Message, cause: str) -> str:
        """Give the message up; where its subject cannot be told, because the message names none, without telling."""
        try:
            told = self.on_buried(message, cause) if message.is_well_formed else Finish()
            await self.database.bury(message, cause, told)
        except (psycopg.Error, ValueError, KeyError) as error:
            if isinstance(error, psycopg.Error) and is_retryable(error):
                raise
            await self.database.bury(message, f"{cause}; its subject could not be told: {describe(error)}", Finish())
        return "buried"

    async def _keep(self, message: Message) -> None:
        while True:
            await asyncio.sleep(self.visibility_seconds / 3)
            try:
                await self.database.extend(message, self.visibility_seconds)
            except (psycopg.Error, PoolTimeout):
                log.warning("heartbeat_missed", queue=self.queue, message_id=message.message_id)


def describe(error: Exception) -> str:
    """An error for an operator, without values: a database error by code and message, others by name and text."""
    if isinstance(error, psycopg.Error):
        return f"{error.sqlstate}: {error.diag.message_primary or type(error).__name__}"
    if isinstance(error, Retryable):
        return str(error)[:1000]
    return f"{type(error).__name__}: {error}".rstrip(": ")[:1000]


async def listen(database: WorkerDatabase, consumers: Iterable[Consumer], stop: asyncio.Event) -> None:
    """Wake the consumers of one database on insert-notify; reconnects for ever, the poll covers the gaps."""
    channels = {f"pgmq.q_{consumer.queue}.INSERT": consumer for consumer in consumers}
    while not stop.is_set():
        try:
            async with await psycopg.AsyncConnection.connect(database.url, autocommit=True) as connection:
                for channel, consumer in channels.items():
                    await connection.execute("select private.watch_queue(%s)", (consumer.queue,))
                    await connection.execute(f'listen "{channel}"'.encode())
                async for notification in connection.notifies():
                    wake = channels[notification.channel].wake
                    wake.set()
                    asyncio.get_running_loop().call_later(THROTTLE_SECONDS, wake.set)
        except (psycopg.Error, OSError):
            await asyncio.sleep(0.2 + random.random())  # noqa: S311 - jitter
