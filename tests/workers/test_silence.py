"""The network between a worker and its database falls silent: it goes on by itself once there is a way again."""

import asyncio

import pytest
from psycopg import conninfo
from pydantic import SecretStr

from ananta import connections
from ananta.settings import Plane
from tests.support.platform import run
from tests.support.silence import network
from tests.workers.conftest import Queue, consuming, message, until, worker_url
from workers import consumer as consumer_module
from workers import database as database_module
from workers.consumer import Consumer
from workers.database import WorkerDatabase
from workers.messages import Finish, Message


@pytest.mark.parametrize("silence", ["of old connections", "of all", "of all for a while"])
def test_work_goes_on(cluster: str, queue: Queue, monkeypatch: pytest.MonkeyPatch, silence: str) -> None:
    monkeypatch.setattr(connections, "CHECK_SECONDS", 0.5)
    monkeypatch.setattr(consumer_module, "CHECK_SECONDS", 0.5)
    monkeypatch.setattr(consumer_module, "LISTEN_SECONDS", 1.0)
    monkeypatch.setattr(database_module, "QUEUE_SECONDS", 8.0 if "while" in silence else 1.5)
    handled: list[str] = []

    async def handle(found: Message) -> Finish:
        await asyncio.sleep(0.2)
        handled.append(found.subject_id)
        return Finish()

    async def check() -> None:
        parts = conninfo.conninfo_to_dict(worker_url(cluster, Plane.APP))
        async with network(str(parts["host"]), int(str(parts["port"]))) as between:
            # The server does not hear that it was hung up on: what a transaction had locked is free after this time.
            short = {"options": "-c idle_in_transaction_session_timeout=2s"}
            here = {"host": "127.0.0.1", "port": between.listens_at}
            url = SecretStr(conninfo.make_conninfo(worker_url(cluster, Plane.APP), **here, **short))
            consumer = Consumer(WorkerDatabase(url, "APP"), queue.name, handle, visibility_seconds=3)
            async with consuming(consumer):
                queue.send(*(message(subject=f"before {number}") for number in range(8)))
                await until(lambda: handled)
                between.fall_silent(for_new="all" in silence, for_ever="while" not in silence)
                queue.send(*(message(subject=f"after {number}") for number in range(8)))
                if "all" in silence:
                    await asyncio.sleep(3)
                    between.speak()
                await until(lambda: not queue.waiting(), 40)

    run(check())
    assert {f"{word} {number}" for word in ("before", "after") for number in range(8)} == set(handled)
    assert queue.dead_letters() == []
