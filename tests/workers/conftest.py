"""Queues of a real cluster, and consumers on them."""

import asyncio
import secrets
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from pydantic import SecretStr

from ananta.database_setup import DATABASES
from ananta.settings import Plane
from tests.support.worker_processes import worker_url
from workers.consumer import Consumer, listen
from workers.database import WorkerDatabase

Row = dict[str, Any]
# Attempts of a message in a queue or an archive: readings that were none do not count.
ATTEMPTS = "read_ct - coalesce((headers ->> 'uncounted_count')::integer, 0)"
POISON: list[Any] = [
    None,
    [],
    [1, 2],
    "text",
    7,
    True,
    {},
    {"type": "x"},
    {"event_id": "e", "id": "1"},
    {"event_id": "e", "type": "x"},
    {"event_id": 1, "type": "x", "id": "1"},
    {"event_id": "e", "type": ["x"], "id": "1"},
    {"event_id": "e", "type": "x", "id": {"a": 1}},
    [["long"] * 1000] * 10,
    {"noise": "x" * 4_000_000},
]


def worker_database(cluster: str, plane: Plane = Plane.APP) -> WorkerDatabase:
    """A worker's way into a plane's database."""
    return WorkerDatabase(SecretStr(worker_url(cluster, plane)), plane.upper())


def message(event_type: str = "test", subject: str = "1", **more: Any) -> Row:
    """A well-formed body."""
    return {"event_id": str(uuid.uuid4()), "type": event_type, "id": subject, "v": 1} | more


@dataclass(frozen=True)
class Superuser:
    """Looks into a plane's database, and changes what no function offers."""

    connection: psycopg.Connection[Row]

    def rows(self, query: str, parameters: tuple[Any, ...] = ()) -> list[Row]:
        """One statement, committed."""
        cursor = self.connection.execute(query.encode(), parameters)
        return cursor.fetchall() if cursor.description else []


@dataclass(frozen=True)
class Queue:
    """A queue of its own for one test."""

    name: str
    superuser: Superuser

    def send(self, *bodies: Any) -> None:
        """Each a message."""
        self.superuser.rows("select pgmq.send_batch(%s, %s)", (self.name, [Jsonb(body) for body in bodies]))

    def waiting(self) -> list[Row]:
        """What is in the queue, hidden or not."""
        return self.superuser.rows(f"select msg_id, read_ct, vt, message from pgmq.q_{self.name} order by msg_id")  # noqa: S608

    def dead_letters(self) -> list[Row]:
        """What was given up."""
        query = "select message, attempt_count, error from private.dead_letters where queue = %s order by message_id"
        return self.superuser.rows(query, (self.name,))


@pytest.fixture
def app_plane(cluster: str) -> Iterator[Superuser]:
    """The app plane's database; what is done is committed."""
    yield from _superuser(cluster, Plane.APP)


@pytest.fixture
def control_plane(cluster: str) -> Iterator[Superuser]:
    """The control plane's database; what is done is committed."""
    yield from _superuser(cluster, Plane.CONTROL)


def _superuser(cluster: str, plane: Plane) -> Iterator[Superuser]:
    dsn = psycopg.conninfo.make_conninfo(cluster, dbname=DATABASES[plane])
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as connection:
        yield Superuser(connection)


@pytest.fixture
def queue(app_plane: Superuser) -> Iterator[Queue]:
    """A fresh queue with insert-notify."""
    name = f"test_{secrets.token_hex(4)}"
    app_plane.rows("set role ananta_owner")
    app_plane.rows("select pgmq.create(%s)", (name,))
    app_plane.rows("select pgmq.enable_notify_insert(%s, 0)", (name,))
    app_plane.rows(f"create index on pgmq.q_{name} (private.message_owner(message), vt)")
    app_plane.rows("reset role")
    yield Queue(name, app_plane)
    app_plane.rows("select pgmq.drop_queue(%s)", (name,))
    app_plane.rows("delete from private.dead_letters where queue = %s", (name,))


@asynccontextmanager
async def consuming(*consumers: Consumer) -> AsyncIterator[asyncio.Event]:
    """Consumers at work, each with its listener; gives the event that stops them, and stops them at the end."""
    stop = asyncio.Event()
    database = consumers[0].database
    async with database.running():
        listener = asyncio.create_task(listen(database, consumers, stop))
        tasks = [asyncio.create_task(consumer.run(stop)) for consumer in consumers]
        try:
            yield stop
            assert not any(task.done() for task in tasks) or stop.is_set(), "a consumer ended by itself"
        finally:
            stop.set()
            await asyncio.gather(*tasks)
            listener.cancel()


async def until(check: Callable[[], Any], seconds: float = 15) -> Any:
    """What ``check`` gives, once it gives something true."""
    end = time.monotonic() + seconds
    while not (found := await asyncio.to_thread(check)):
        assert time.monotonic() < end, f"not within {seconds} s"
        await asyncio.sleep(0.03)
    return found


def tenant_message(owner: str, subject: str) -> Row:
    """A well-formed body of a tenant."""
    return message(subject=subject, organization_id=owner)
