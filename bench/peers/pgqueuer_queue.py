"""``NUMBER BATCH``: so many jobs that do nothing through PgQueuer; prints the seconds of the work alone."""

import asyncio
import os
import sys
import time

import asyncpg
from pgqueuer import PgQueuer, Queries
from pgqueuer.db import AsyncpgDriver
from pgqueuer.models import Job
from pgqueuer.types import QueueExecutionMode


async def main(number: int, batch: int) -> None:
    """Fill the queue, then empty it."""
    connection = await asyncpg.connect(os.environ["PEER_DATABASE_URL"])
    queries = Queries(AsyncpgDriver(connection))
    if not await connection.fetchval("select to_regclass('pgqueuer')"):
        await queries.install()
    queue = PgQueuer(AsyncpgDriver(connection))

    @queue.entrypoint("nothing")
    async def nothing(job: Job) -> None:
        """A job."""

    await queries.enqueue(["nothing"] * number, [None] * number, [0] * number)
    started = time.perf_counter()
    await queue.run(batch_size=batch, mode=QueueExecutionMode.drain)
    print(time.perf_counter() - started)
    await connection.close()


asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
