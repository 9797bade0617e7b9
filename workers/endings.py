"""Messages whose effect is outside, or nothing, are ended together: as many as came while those before were ended.

Each transaction waits for the disk; so one ends what many handlers have done. Effects in the database are no part of
this: each has its own transaction, with the end of its message.
"""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Sequence

from workers.messages import Message

MOST = 200


class Endings:
    """Of one queue. ``end`` writes the ends of some messages and gives the events that are new."""

    def __init__(self, end: Callable[[Sequence[Message]], Awaitable[set[str]]]) -> None:
        self._end = end
        self._waiting: list[tuple[Message, asyncio.Future[bool]]] = []
        self._work: asyncio.Task[None] | None = None

    async def add(self, message: Message) -> bool:
        """Wait until a message is ended; whether its event is new."""
        ended: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((message, ended))
        if self._work is None or self._work.done():
            nobody = contextvars.Context()  # what is ended together belongs to several calls
            self._work = asyncio.get_running_loop().create_task(self._run(), context=nobody)
        return await ended

    async def _run(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            try:
                new = await self._end([message for message, _ in batch])
            except Exception as error:
                for _, ended in batch:
                    if not ended.done():
                        ended.set_exception(error)
                continue
            for message, ended in batch:
                if not ended.done():
                    ended.set_result(message.event_id.lower() in new)
