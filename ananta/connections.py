"""Database connections of a program that serves for long: a silent network costs seconds, not for ever.

TCP waits a quarter of an hour for a peer that does not acknowledge, and for ever for one that does and says nothing;
libpq waits as long. So whoever holds a connection says for how long at most, and is then hung up on.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from ananta import metrics

Row = dict[str, Any]
Connection = AsyncConnection[Row]
CONNECT_SECONDS = 5
CHECK_SECONDS = 3.0


@contextmanager
def hanging_up(seconds: float) -> Iterator[Callable[[AsyncConnection[Any]], None]]:
    """Gives a function that watches a connection: not done in time, its socket is shut, and what waits for it fails
    with ``psycopg.OperationalError``. (A cancelled wait would ask the silent server to cancel, and wait again.)"""
    timers: list[asyncio.TimerHandle] = []

    def watch(connection: AsyncConnection[Any]) -> None:
        timers.append(asyncio.get_running_loop().call_later(seconds, _shut, connection))

    try:
        yield watch
    finally:
        for timer in timers:
            timer.cancel()


def _shut(connection: AsyncConnection[Any]) -> None:
    with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.fileno())) as same:
        same.shutdown(socket.SHUT_RDWR)


class ConnectionPool:
    """Connections under one login, each looked at before use. ``wait_seconds``: for a free one, else ``PoolTimeout``.

    ``reconnect_seconds``: how long to try by itself for a connection that was lost, more and more seldom.
    """

    def __init__(
        self, url: str, *, application_name: str, max_size: int, wait_seconds: float, reconnect_seconds: float
    ) -> None:
        self._role = str(conninfo_to_dict(url).get("user"))
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            url,
            min_size=1,
            max_size=max_size,
            timeout=wait_seconds,
            open=False,
            check=self._check,
            reconnect_timeout=reconnect_seconds,
            kwargs={
                "row_factory": dict_row,
                "application_name": application_name,
                "connect_timeout": CONNECT_SECONDS,
            },
        )

    async def _check(self, connection: Connection) -> None:
        """Where one idle connection is lost, all are made anew, or each would cost its own wait."""
        try:
            with hanging_up(CHECK_SECONDS) as watch:
                watch(connection)
                await AsyncConnectionPool.check_connection(connection)
        except psycopg.Error:
            await self._pool.drain()
            raise

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Open for the life of the program."""
        async with self._pool:
            with metrics.POOLS.watching(self._role, self._pool):
                yield

    @asynccontextmanager
    async def connection(self, seconds: float) -> AsyncIterator[Connection]:
        """A connection for at most so long; committed at the end, or rolled back."""
        with hanging_up(seconds) as watch:
            async with self._pool.connection() as connection:
                watch(connection)
                yield connection
