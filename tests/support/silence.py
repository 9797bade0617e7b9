"""A network between a program and a server that can fall silent: it takes what is sent, and delivers none of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Network:
    """A port that leads to another, while it does."""

    host: str
    port: int
    listens_at: int = 0
    is_silent: bool = False
    _open: list[asyncio.Event] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def fall_silent(self, *, for_new: bool = False, for_ever: bool = True) -> None:
        """Whatever is connected is heard no more; ``for_new``: nor what connects; but ``for_ever``, until ``speak``."""
        for delivers in self._open:
            delivers.clear()
        if for_ever:
            self._open.clear()
        self.is_silent = for_new

    def speak(self) -> None:
        """What connects from now on is heard, and what was said meanwhile."""
        self.is_silent = False
        for delivers in self._open:
            delivers.set()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        delivers = asyncio.Event()
        if not self.is_silent:
            delivers.set()
            self._open.append(delivers)
        writers = [writer]
        try:
            there, back = await asyncio.open_connection(self.host, self.port)
            writers.append(back)
            await asyncio.gather(_carry(reader, back, delivers), _carry(there, writer, delivers))
        finally:
            for each in writers:
                each.transport.abort()

    def begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A connection, in a task that is kept."""
        task = asyncio.create_task(self._connected(reader, writer))
        self._tasks.add(task)

    async def end(self) -> None:
        """Nothing is carried any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0.01)  # for the aborted to be closed


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delivers: asyncio.Event) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            await delivers.wait()
            writer.write(data)
            await writer.drain()
    if delivers.is_set():
        writer.close()


@asynccontextmanager
async def network(host: str, port: int) -> AsyncIterator[Network]:
    """One that works, until it is told otherwise."""
    between = Network(host, port)
    server = await asyncio.start_server(between.begin, "127.0.0.1", 0)
    between.listens_at = server.sockets[0].getsockname()[1]
    try:
        yield between
    finally:
        server.close()
        await between.end()
