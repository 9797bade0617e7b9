"""The one consumer loop: wake on insert-notify or by poll, take a batch, work, end each message with its effect."""

import asyncio
import contextlib
import random
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg
import structlog
from psycopg_pool import PoolTimeout

from ananta.connections import CHECK_SECONDS, CONNECT_SECONDS, hanging_up
from ananta.logs import scrub
from workers.breaker import Breakers
from workers.database import QUEUE_SECONDS, WorkerDatabase, correlation_id, is_retryable
from workers.messages import NO_MESSAGE, TOO_LARGE, Finish, Handler, Later, Message, Retryable, Unavailable
from workers.observing import count, observed

log = structlog.get_logger()
POLL_SECONDS = 2.0
THROTTLE_SECONDS = 0.15  # a little more than the time for which pgmq swallows further notifications (watch_queue)
LONGEST_BACK_OFF_SECONDS = 60.0
LISTEN_SECONDS = 20.0  # without a look at whether the connection still is one
SUSPICIOUS_DEATHS = 2  # one may be anybody's: the worker was killed
TRANSIENT = (Retryable, httpx.TransportError, PoolTimeout, OSError)
AWAY = (psycopg.Error, PoolTimeout)


@dataclass
class Solitude:
    """Shared by a process's consumers: a message that may have killed its worker is worked on with no other beside it,
    so that the others do not die of it, and are not given up in its place."""

    held: int = 0
    is_claimed: bool = False
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait(self) -> None:
        """Until only the message that claimed it is held."""
        while self.held > 1:
            self.let_go.clear()
            await self.let_go.wait()


@dataclass
class Consumer:
    """Consumes one queue. After ``max_attempts`` reads a message is a dead letter; ``on_buried`` tells its subject.

    ``needs``: kinds of outside systems without which nothing in it can be done; while they are down nothing is read.
    """

    database: WorkerDatabase
    queue: str
    handler: Handler
    concurrency: int = 4
    max_attempts: int = 10
    visibility_seconds: int = 20
    handler_seconds: float = 300.0
    stop_seconds: float = 10.0
    on_buried: Callable[[Message, str], Finish] = lambda _, __: Finish()
    needs: tuple[str, ...] = ()
    breakers: Breakers = field(default_factory=Breakers)
    solitude: Solitude = field(default_factory=Solitude)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    has_read: asyncio.Event = field(default_factory=asyncio.Event)
    _held: dict[asyncio.Task[None], Message] = field(default_factory=dict)
    _last_owner: str = ""
    _shown_systems: set[str] = field(default_factory=set)

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until ``stop``; what was begun is finished, or given back after ``stop_seconds``."""
        heartbeat = asyncio.create_task(self._keep())
        with contextlib.suppress(*AWAY):
            await self.database.close_breakers(self.queue, None)
        while not stop.is_set():
            quantity = self._quantity()
            messages = await self._read(quantity) if quantity else []
            await self._begin(messages)
            if not messages:
                await self._sleep(stop, can_read=bool(quantity))
            await self._show_closed()
        await self._end()
        heartbeat.cancel()

    def _quantity(self) -> int:
        """How many messages to ask for: as many as there is room for; one where an outside system is tried again."""
        if self.solitude.is_claimed:
            return 0
        if breaker := self.breakers.holding_up(self.needs):
            return 0 if self._held or breaker.is_trying or breaker.seconds_left else 1
        return self.concurrency - len(self._held)

    async def _read(self, quantity: int) -> list[Message]:
        """The next messages, tenant by tenant. One tenant has at most all places but one."""
        self.wake.clear()
        try:
            messages = await self.database.take(
                self.queue,
                self.visibility_seconds,
                quantity,
                after=self._last_owner,
                busy=[message.owner for message in self._held.values()],
                share=max(1, self.concurrency - 1),
            )
        except AWAY as error:
            log.warning("queue_unreadable", queue=self.queue, error=type(error).__name__)
            await asyncio.sleep(0.2 + random.random())  # noqa: S311 - jitter
            return []
        self.has_read.set()
        if messages:
            self._last_owner = _last_turn([message.owner for message in messages], self._last_owner)
        return messages

    async def _begin(self, messages: list[Message]) -> None:
        """Begin work on each, but only one of those that may have killed a worker; the others of them wait."""
        put_off, was_claimed = [], self.solitude.is_claimed
        for message in messages:
            is_alone = message.death_count >= SUSPICIOUS_DEATHS
            if was_claimed or (is_alone and self.solitude.is_claimed):
                put_off.append(message)
                continue
            self.solitude.is_claimed |= is_alone
            self.solitude.held += 1
            task = asyncio.create_task(self._work_alone(message) if is_alone else self._work(message))
            self._held[task] = message
            task.add_done_callback(self._let_go)
        if put_off:
            await self._release(put_off, 1.0)

    def _let_go(self, task: asyncio.Task[None]) -> None:
        self.solitude.held -= 1
        self.solitude.let_go.set()
        self.wake.set()  # a read under way may have found nothing only because this one was at work
        del self._held[task]

    async def _sleep(self, stop: asyncio.Event, *, can_read: bool) -> None:
        waits = [asyncio.create_task(stop.wait())]
        if can_read:  # a wake-up that nothing can follow would make this loop spin
            waits.append(asyncio.create_task(self.wake.wait()))
        pause = self._poll_seconds
        if breaker := self.breakers.holding_up(self.needs):
            waits_for_it = breaker.is_trying or breaker.seconds_left  # else whatever comes next is tried, and wakes
            pause = min(pause, max(breaker.seconds_left, 0.1)) if waits_for_it else pause
        await asyncio.wait([*waits, *self._held], timeout=pause, return_when=asyncio.FIRST_COMPLETED)
        for task in waits:
            task.cancel()

    @property
    def _poll_seconds(self) -> float:
        """Often enough that a message whose worker died is not kept waiting much longer than it was hidden."""
        return 0.1 if self.solitude.is_claimed else min(POLL_SECONDS, self.visibility_seconds / 4)

    async def _end(self) -> None:
        """Let what was begun end in time; give the rest back to others, as if it had not been begun."""
        if self._held:
            await asyncio.wait([*self._held], timeout=self.stop_seconds)
        if left := dict(self._held):
            for task in left:
                task.cancel()
            await asyncio.wait([*left], timeout=2)
            await self._release([*left.values()], 0.0)
            log.warning("messages_released", queue=self.queue, count=len(left))

    async def _work_alone(self, message: Message) -> None:
        try:
            await self.solitude.wait()
            log.warning("message_alone", queue=self.queue, message_id=message.message_id, deaths=message.death_count)
            await self._work(message)
        finally:
            self.solitude.is_claimed = False

    async def _work(self, message: Message) -> None:
        correlation_id.set(message.correlation_id)
        with observed(self.database.plane, message):
            started = asyncio.get_running_loop().time()
            try:
                outcome = await self._handle(message)
            except Exception as error:
                outcome = f"unsettled: {type(error).__name__}"
            seconds = asyncio.get_running_loop().time() - started
            count(self.database.plane, message, outcome, seconds)
            log.info(
                "message",
                type=message.type if message.is_well_formed else None,
                attempt=message.attempt,
                outcome=outcome,
                ms=round(seconds * 1000),
            )

    async def _handle(self, message: Message) -> str:
        if not message.is_well_formed:
            return await self._bury(message, TOO_LARGE if message.is_too_large else NO_MESSAGE)
        if message.attempt > self.max_attempts:
            return await self._bury(message, "tries used up: the worker died, or the work never ended")
        if message.is_processed:
            await self.database.finish(message, Finish())
            return "known"
        try:
            async with asyncio.timeout(self.handler_seconds):
                answer = await self.handler(message)
            if isinstance(answer, Later):
                await self._hide(message, answer.seconds)
                return "later"
            return "finished" if await self.database.finish(message, answer) else "known"
        except Exception as error:
            return await self._fail(message, error)

    async def _fail(self, message: Message, error: Exception) -> str:
        if isinstance(error, Unavailable) and error.retry_seconds is not None:
            return await self._wait_for(message, error, error.retry_seconds)
        transient = isinstance(error, TRANSIENT) or (isinstance(error, psycopg.Error) and is_retryable(error))
        if not transient and not isinstance(error, psycopg.Error | httpx.HTTPError | ValueError | KeyError):
            log.error("handler_failed", error=type(error).__name__, trace=traceback.format_exc(limit=-4))
        if not transient or message.attempt >= self.max_attempts:
            return await self._bury(message, describe(error))
        back_off = min(2.0 ** (message.attempt - 1), LONGEST_BACK_OFF_SECONDS) * (0.75 + random.random() / 2)  # noqa: S311
        await self._hide(message, back_off)
        return f"again: in {back_off:.0f} s"

    async def _wait_for(self, message: Message, error: Unavailable, seconds: float) -> str:
        """Its outside system is down: that is no fault of the message, and no attempt."""
        seconds *= 1 + random.random() / 4  # noqa: S311 - jitter
        await self._release([message], seconds)
        with contextlib.suppress(*AWAY):
            self._shown_systems.add(error.system)
            await self.database.open_breaker(self.queue, error)
        return f"waits for {error.system}"

    async def _show_closed(self) -> None:
        closed = [system for system in self._shown_systems if not self.breakers.is_open(system)]
        if closed:
            with contextlib.suppress(*AWAY):
                await self.database.close_breakers(self.queue, closed)
                self._shown_systems.difference_update(closed)

    async def _release(self, messages: list[Message], seconds: float) -> None:
        try:
            await self.database.release(self.queue, messages, seconds, is_counted=False)
        except AWAY as error:
            log.warning("messages_not_released", queue=self.queue, error=type(error).__name__)
        self._wake_after(seconds)

    async def _hide(self, message: Message, seconds: float) -> None:
        """Out of sight for whole seconds, at least one; nobody notifies of its return, so this does."""
        seconds = max(1, round(seconds))
        await self.database.release(self.queue, [message], seconds, is_counted=True)
        self._wake_after(seconds)

    def _wake_after(self, seconds: float) -> None:
        asyncio.get_running_loop().call_later(seconds + 0.02, self.wake.set)

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

    async def _keep(self) -> None:
        """The heartbeat of all messages at work."""
        while True:
            await asyncio.sleep(self.visibility_seconds / 3)
            if messages := [*self._held.values()]:
                try:
                    await self.database.extend(self.queue, messages, self.visibility_seconds)
                except AWAY:
                    log.warning("heartbeat_missed", queue=self.queue, count=len(messages))


def _last_turn(owners: list[str], before: str) -> str:
    """Of the owners whose turn it was, the last in the order of turns, which begins after ``before`` and goes round."""
    return max(owners, key=lambda owner: (owner <= before, owner))


def describe(error: Exception) -> str:
    """An error for an operator, without values: a database error by code and message, others by name and text."""
    return str(scrub(_described(error)))


def _described(error: Exception) -> str:
    if isinstance(error, psycopg.Error):
        return f"{error.sqlstate}: {error.diag.message_primary or type(error).__name__}"
    if isinstance(error, Retryable):
        return str(error)[:1000]
    return f"{type(error).__name__}: {error}".rstrip(": ")[:1000]


async def listen(database: WorkerDatabase, consumers: Iterable[Consumer], stop: asyncio.Event) -> None:
    """Wake the consumers of one database on insert-notify; reconnects for ever, the poll covers the gaps."""
    wakes = {f"pgmq.q_{consumer.queue}.INSERT": consumer.wake for consumer in consumers}
    while not stop.is_set():
        try:
            async with await psycopg.AsyncConnection.connect(
                database.url, autocommit=True, connect_timeout=CONNECT_SECONDS
            ) as connection:
                with hanging_up(QUEUE_SECONDS) as watch:
                    watch(connection)
                    for consumer in consumers:
                        await connection.execute("select private.watch_queue(%s)", (consumer.queue,))
                    for channel in wakes:
                        await connection.execute(f'listen "{channel}"'.encode())
                await _heed(connection, wakes)
        except (psycopg.Error, OSError):
            await asyncio.sleep(0.2 + random.random())  # noqa: S311 - jitter


async def _heed(connection: psycopg.AsyncConnection[Any], wakes: dict[str, asyncio.Event]) -> None:
    """For ever, or until the connection is lost: one that only listens does not notice by itself."""
    while True:
        async for notification in connection.notifies(timeout=LISTEN_SECONDS):
            wake = wakes[notification.channel]
            wake.set()
            asyncio.get_running_loop().call_later(THROTTLE_SECONDS, wake.set)
        with hanging_up(CHECK_SECONDS) as watch:
            watch(connection)
            await connection.execute("select 1")
