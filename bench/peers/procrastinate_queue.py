"""``NUMBER CONCURRENCY``: so many jobs that do nothing through Procrastinate; prints the seconds of the work alone."""

import asyncio
import os
import sys
import time

from procrastinate import App, PsycopgConnector

app = App(connector=PsycopgConnector(conninfo=os.environ["PEER_DATABASE_URL"], max_size=8))


@app.task(name="nothing")
async def nothing(number: int) -> None:
    """A job."""


async def main(number: int, concurrency: int) -> None:
    """Fill the queue, then empty it."""
    async with app.open_async():
        if not await app.check_connection_async():
            await app.schema_manager.apply_schema_async()
        await nothing.batch_defer_async(*({"number": n} for n in range(number)))
        started = time.perf_counter()
        await app.run_worker_async(
            wait=False, concurrency=concurrency, install_signal_handlers=False, delete_jobs="always"
        )
        print(time.perf_counter() - started)


asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
