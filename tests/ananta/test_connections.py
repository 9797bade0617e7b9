"""A network that falls silent costs seconds: whoever waits for an answer is told that there is none, or asks anew."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import pytest
from psycopg import conninfo

from ananta import connections
from ananta.connections import ConnectionPool
from tests.support.platform import run
from tests.support.silence import Network, network


@asynccontextmanager
async def pool_through(cluster: str) -> AsyncIterator[tuple[ConnectionPool, Network]]:
    parts = conninfo.conninfo_to_dict(cluster)
    async with network(str(parts["host"]), int(str(parts["port"]))) as between:
        url = conninfo.make_conninfo(cluster, host="127.0.0.1", port=between.listens_at)
        pool = ConnectionPool(url, application_name="test", max_size=4, wait_seconds=20, reconnect_seconds=300)
        async with pool.running():
            yield pool, between


async def answer(pool: ConnectionPool, seconds: float = 5, pause: float = 0) -> int:
    async with pool.connection(seconds) as connection:
        row = await (await connection.execute("select 7 as seven from pg_sleep(%s)", (pause,))).fetchone()
        assert row
        return int(row["seven"])


def test_connections_that_went_silent_are_made_anew(cluster: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "CHECK_SECONDS", 0.5)

    async def check() -> float:
        async with pool_through(cluster) as (pool, between):
            assert await asyncio.gather(*(answer(pool, pause=0.1) for _ in range(4))) == [7] * 4
            between.fall_silent()
            began = time.monotonic()
            assert await asyncio.gather(*(answer(pool) for _ in range(4))) == [7] * 4
            return time.monotonic() - began

    assert run(check()) < 10, "one look at each at most, and not the kernel's quarter of an hour"


def test_silence_in_the_middle_is_an_error(cluster: str) -> None:
    async def check() -> None:
        async with pool_through(cluster) as (pool, between):
            asked = asyncio.create_task(answer(pool, seconds=1.5, pause=0.5))
            await asyncio.sleep(0.25)
            between.fall_silent()
            with pytest.raises(psycopg.OperationalError):
                await asyncio.wait_for(asked, 10)
            assert await answer(pool) == 7

    run(check())


def test_what_is_done_in_time_is_left_alone(cluster: str) -> None:
    async def check() -> None:
        async with pool_through(cluster) as (pool, _):
            assert await answer(pool, seconds=0.3) == 7
            await asyncio.sleep(0.5)
            async with pool.connection(5) as connection:
                await connection.execute("select pg_sleep(0.5)")

    run(check())
