"""A worker is ready when it has read each of its queues, not when its process is there."""

import asyncio

from pydantic import SecretStr

from tests.support.platform import run
from tests.workers.conftest import Queue, consuming, worker_database
from workers.__main__ import announce
from workers.consumer import Consumer
from workers.database import WorkerDatabase
from workers.messages import Finish, Message


async def handle(_: Message) -> Finish:
    return Finish()


def test_a_worker_is_ready_once_every_queue_was_read(cluster: str, queue: Queue) -> None:
    async def check() -> None:
        reading = Consumer(worker_database(cluster), queue.name, handle)
        waiting = Consumer(
            WorkerDatabase(SecretStr("postgresql://app_worker@127.0.0.1:1/x"), "APP"), queue.name, handle
        )
        waiting.database._pool.timeout = 0.2
        stop = asyncio.Event()
        announced = asyncio.create_task(announce([reading, waiting]))
        async with consuming(reading), waiting.database.running():
            running = asyncio.create_task(waiting.run(stop))
            await asyncio.wait_for(reading.has_read.wait(), 10)
            await asyncio.sleep(0.1)
            assert not announced.done()
            waiting.database = reading.database
            await asyncio.wait_for(announced, 10)
            stop.set()
            await running

    run(check())
