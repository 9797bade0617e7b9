"""Tenants take turns, whatever else is in the queue; suspects work alone; what is hidden costs nothing."""

import asyncio
import uuid

import pytest
from psycopg.types.json import Jsonb

from tests.support.platform import run
from tests.workers.conftest import (
    ATTEMPTS,
    Queue,
    Superuser,
    consuming,
    message,
    tenant_message,
    until,
    worker_database,
)
from workers import consumer as consumer_module
from workers.consumer import Consumer, Solitude
from workers.messages import Finish, Message

LOUD, QUIET = str(uuid.UUID(int=7)), str(uuid.UUID(int=3))


def test_hundred_messages_of_a_tenant_make_no_other_wait(cluster: str, queue: Queue) -> None:
    handled: list[str] = []

    async def handle(found: Message) -> Finish:
        handled.append(found.subject_id)
        if found.subject_id == "loud 10":
            queue.send(tenant_message(QUIET, "quiet 1"), tenant_message(QUIET, "quiet 2"))
        return Finish()

    async def check() -> None:
        consumer = Consumer(worker_database(cluster), queue.name, handle, concurrency=1)
        queue.send(*(tenant_message(LOUD, f"loud {number}") for number in range(100)))
        async with consuming(consumer):
            await until(lambda: not queue.waiting())

    run(check())
    assert len(handled) == 102
    assert handled[:10] == [f"loud {number}" for number in range(10)]
    assert handled.index("quiet 1") == 11
    assert handled.index("quiet 2") == 13


def test_a_tenant_never_has_all_places(cluster: str, queue: Queue) -> None:
    going: list[str] = []
    most = 0

    async def handle(found: Message) -> Finish:
        nonlocal most
        going.append(found.owner)
        most = max(most, going.count(LOUD))
        await asyncio.sleep(0.05)
        going.remove(found.owner)
        return Finish()

    async def check() -> None:
        async with consuming(Consumer(worker_database(cluster), queue.name, handle, concurrency=3)):
            queue.send(*(tenant_message(LOUD, str(number)) for number in range(12)))
            await until(lambda: not queue.waiting())

    run(check())
    assert most == 2


def test_a_tenant_alone_is_not_kept_waiting(cluster: str, queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    """A place is free that this tenant may not have, and what is at work ends while it is asked for: none polls."""
    monkeypatch.setattr(consumer_module, "POLL_SECONDS", 3600.0)

    async def handle(_: Message) -> Finish:
        return Finish()

    async def check() -> None:
        consumer = Consumer(worker_database(cluster), queue.name, handle, concurrency=4, visibility_seconds=3600)
        queue.send(*(tenant_message(LOUD, str(number)) for number in range(200)))
        async with consuming(consumer):
            await until(lambda: not queue.waiting(), 30)

    run(check())


def test_every_tenant_has_its_turn_in_a_batch(queue: Queue) -> None:
    owners = [str(uuid.UUID(int=number)) for number in range(1, 6)]
    queue.send(*(tenant_message(owners[0], "first") for _ in range(20)))
    queue.send(*(tenant_message(owner, "one") for owner in owners[1:]), message(subject="nobody's"))
    query = "select owner from private.take_messages(%s, 60, %s, %s, %s, 3)"
    taken = queue.superuser.rows(query, (queue.name, 6, owners[2], []))
    assert sorted(row["owner"] for row in taken) == ["", *owners]
    taken = queue.superuser.rows(query, (queue.name, 10, "", [owners[0]]))
    assert [row["owner"] for row in taken] == [owners[0]] * 2, "three at a time, one is at work"
    assert queue.superuser.rows(query, (queue.name, 10, "", [owners[0]] * 3)) == []


def test_reading_does_not_walk_over_what_is_hidden(queue: Queue) -> None:
    """Counted in pages touched, not in seconds; pgmq's own read walks over all of them."""
    queue.superuser.rows("set session_replication_role = replica")  # nobody is to be notified 20,000 times
    queue.superuser.rows(
        f"""insert into pgmq.q_{queue.name} (vt, message) select now() + interval '1 day',
        jsonb_build_object('organization_id', md5((number %% 20)::text)) from generate_series(1, 20000) as number"""  # noqa: S608
    )
    queue.superuser.rows("reset session_replication_role")
    queue.superuser.rows(f"analyze pgmq.q_{queue.name}")
    queue.send(tenant_message(QUIET, "due"))

    def pages(query: str) -> int:
        plan = queue.superuser.rows(f"explain (analyze, buffers, format json) {query}")[0]["QUERY PLAN"][0]["Plan"]
        assert plan["Actual Rows"] == 1
        return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])

    walking = pages(f"select * from pgmq.read('{queue.name}', 0, 1)")  # noqa: S608
    pages(f"select * from private.take_messages('{queue.name}', 0, 1, '', '{{}}', 3)")  # noqa: S608 - reads the catalogue
    taking = pages(f"select * from private.take_messages('{queue.name}', 0, 1, '', '{{}}', 3)")  # noqa: S608
    print(f"pages touched beside 20,000 hidden messages: {taking}, by pgmq.read {walking}")
    assert taking < 400 < walking


@pytest.mark.parametrize("owners", [1, 5000])
def test_reading_does_not_walk_over_what_is_due(queue: Queue, owners: int) -> None:
    """Fifty of 5,000 that may be read, of one tenant or of as many."""
    queue.superuser.rows("set session_replication_role = replica")
    queue.superuser.rows(
        f"""insert into pgmq.q_{queue.name} (vt, message) select now() - interval '1 hour',
        jsonb_build_object('organization_id', md5((number %% {owners})::text), 'filler', repeat('x', 200))
        from generate_series(1, 5000) as number"""  # noqa: S608
    )
    queue.superuser.rows("reset session_replication_role")
    queue.superuser.rows(f"analyze pgmq.q_{queue.name}")
    read = f"select pg_stat_force_next_flush(), seq_tup_read from pg_stat_user_tables where relname = 'q_{queue.name}'"  # noqa: S608
    queue.superuser.rows(read)
    before = queue.superuser.rows(read)[0]["seq_tup_read"]
    for _ in range(3):
        taken = queue.superuser.rows("select owner from private.take_messages(%s, 60, 50, '', '{}', 50)", (queue.name,))
        assert len(taken) == 50
        queue.superuser.rows(read)
    assert queue.superuser.rows(read)[0]["seq_tup_read"] - before < 1000


def test_suspect_works_alone_and_takes_nobody_with_it(cluster: str, queue: Queue) -> None:
    """Its worker died in it twice before: should it die again, nothing else must be at work."""
    beside: dict[str, int] = {}
    going = 0

    async def handle(found: Message) -> Finish:
        nonlocal going
        going += 1
        await asyncio.sleep(0.2)
        beside[found.subject_id] = going
        going -= 1
        return Finish()

    async def check() -> None:
        queue.send(message(subject="suspect a"), message(subject="suspect b"))
        for _ in range(2):
            queue.superuser.rows("select private.take_messages(%s, 0, 2, '', '{}', 1)", (queue.name,))
        queue.send(*(message(subject=f"good {number}") for number in range(4)))
        database, solitude = worker_database(cluster), Solitude()
        rivals = [
            Consumer(database, queue.name, handle, concurrency=4, visibility_seconds=2, solitude=solitude)
            for _ in range(2)
        ]
        async with consuming(*rivals):
            await until(lambda: not queue.waiting())

    run(check())
    assert len(beside) == 6
    assert (beside["suspect a"], beside["suspect b"]) == (1, 1)
    assert queue.dead_letters() == []
    archived = queue.superuser.rows(f"select {ATTEMPTS} as tries, message ->> 'id' as id from pgmq.a_{queue.name}")  # noqa: S608
    assert {row["id"]: row["tries"] for row in archived if "suspect" in row["id"]} == {"suspect a": 3, "suspect b": 3}


def test_failures_that_were_told_make_no_suspect(queue: Queue) -> None:
    take = "select msg_id, read_count, death_count from private.take_messages(%s, 0, 1, '', '{}', 1)"
    queue.send(message())
    for attempt in (1, 2, 3):
        (row,) = queue.superuser.rows(take, (queue.name,))
        assert (row["read_count"], row["death_count"]) == (attempt, 0)
        released = (queue.name, [row["msg_id"]], [row["read_count"]], 0.0, True)
        queue.superuser.rows("select private.release_messages(%s, %s, %s, %s, %s)", released)
    (row,) = queue.superuser.rows(take, (queue.name,))
    (row,) = queue.superuser.rows(take, (queue.name,))
    assert (row["read_count"], row["death_count"]) == (5, 1)


def test_a_message_that_somebody_else_has_is_left_alone(queue: Queue) -> None:
    queue.send(message())
    take = "select msg_id, read_count from private.take_messages(%s, 0, 1, '', '{}', 1)"
    (first,) = queue.superuser.rows(take, (queue.name,))
    queue.superuser.rows(take.replace("0, 1", "60, 1", 1), (queue.name,))
    held = (queue.name, [first["msg_id"]], [first["read_count"]])
    before = queue.waiting()
    queue.superuser.rows("select private.extend_messages(%s, %s, %s, 0)", held)
    queue.superuser.rows("select private.release_messages(%s, %s, %s, 0, false)", held)
    assert queue.waiting() == before


def test_every_queue_has_its_index(app_plane: Superuser, control_plane: Superuser) -> None:
    missing = """select queue_name from pgmq.meta where queue_name !~ '^test_' and not exists (
        select from pg_indexes as i where i.tablename = 'q_' || queue_name
        and i.indexdef like '%%(private.message_owner(message), vt)')"""
    assert [plane.rows(missing) for plane in (app_plane, control_plane)] == [[], []]


def test_messages_of_any_owner_are_indexed(queue: Queue) -> None:
    bodies = [{"organization_id": "x" * 100_000}, {"tenant_id": {"deep": ["y"] * 10_000}}, None, [1]]
    queue.superuser.rows("select pgmq.send_batch(%s, %s)", (queue.name, [Jsonb(body) for body in bodies]))
    taken = queue.superuser.rows("select owner from private.take_messages(%s, 60, 10, '', '{}', 9)", (queue.name,))
    assert sorted(len(row["owner"]) for row in taken) == [0, 0, 36, 36]
