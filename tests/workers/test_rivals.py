"""A worker that was away too long: somebody else has its message, and it ends nothing of theirs."""

import asyncio
from collections.abc import Awaitable, Iterator

import psycopg
import pytest

from tests.support.platform import run
from tests.workers.conftest import Queue, Superuser, consuming, message, until, worker_database
from workers.consumer import Consumer
from workers.database import WorkerDatabase, is_retryable
from workers.messages import NO_MESSAGE, Finish, Message


@pytest.fixture
def effects(app_plane: Superuser) -> Iterator[Superuser]:
    """A table that effects are made in."""
    app_plane.rows("create table private.effects (made_by text)")
    app_plane.rows("grant insert on private.effects to app_worker")
    yield app_plane
    app_plane.rows("drop table private.effects")


def effect(who: str) -> Finish:
    return Finish("insert into private.effects (made_by) values (%s)", (who,))


async def taken(database: WorkerDatabase, queue: Queue, visibility_seconds: int) -> Message:
    (found,) = await database.take(queue.name, visibility_seconds, 1, share=1)
    return found


@pytest.mark.parametrize("has_effect", [True, False])
def test_who_was_away_too_long_ends_nothing(cluster: str, queue: Queue, effects: Superuser, has_effect: bool) -> None:
    async def check() -> None:
        database = worker_database(cluster)
        queue.send(message())
        async with database.running():
            late = await taken(database, queue, 0)
            holder = await taken(database, queue, 60)
            assert await database.finish(late, effect("late") if has_effect else Finish()) is False
            assert len(queue.waiting()) == 1
            await database.bury(late, "given up", effect("late"))
            assert len(queue.waiting()) == 1
            assert await database.finish(holder, effect("holder")) is True
            assert queue.waiting() == []
            await database.bury(holder, "given up", effect("buried"))

    run(check())
    assert effects.rows("select made_by from private.effects") == [{"made_by": "holder"}]
    assert queue.dead_letters() == []


def test_what_was_given_back_uncounted_is_not_his_again(cluster: str, queue: Queue, effects: Superuser) -> None:
    async def check() -> None:
        database = worker_database(cluster)
        queue.send(message())
        async with database.running():
            late = await taken(database, queue, 0)
            await database.release(queue.name, [await taken(database, queue, 60)], 0.0, is_counted=False)
            assert await database.finish(late, effect("late")) is False
            holder = await taken(database, queue, 60)
            assert (holder.attempt, holder.read_count) == (2, 3)
            assert await database.finish(holder, effect("holder")) is True

    run(check())
    assert effects.rows("select made_by from private.effects") == [{"made_by": "holder"}]


def test_heartbeat_does_not_wait_for_a_message_that_is_being_ended(
    cluster: str, queue: Queue, app_plane: Superuser
) -> None:
    async def check() -> None:
        database = worker_database(cluster)
        queue.send(message(subject="ending"), message(subject="working"))
        async with database.running():
            held = await database.take(queue.name, 1, 2, share=2)
            with psycopg.connect(app_plane.connection.info.dsn, password=app_plane.connection.info.password) as other:
                ending = next(found for found in held if found.subject_id == "ending")
                other.execute("select pgmq.archive(%s, %s::bigint)", (queue.name, ending.message_id))
                async with asyncio.timeout(5):
                    await database.extend(queue.name, held, 600)
                hidden = (
                    "select vt > now() + interval '500 s' as is_held from pgmq.q_{} where message ->> 'id' = 'working'"
                )
                assert app_plane.rows(hidden.format(queue.name)) == [{"is_held": True}]

    run(check())


def test_heartbeat_does_not_hide_what_was_given_back(cluster: str, queue: Queue) -> None:
    async def check() -> None:
        database = worker_database(cluster)
        queue.send(message())
        async with database.running():
            found = await taken(database, queue, 60)
            await database.release(queue.name, [found], 0.0, is_counted=True)
            await database.extend(queue.name, [found], 600)
            assert (await taken(database, queue, 60)).attempt == 2

    run(check())


def test_a_transaction_that_the_server_ended_is_tried_again(cluster: str) -> None:
    async def check() -> None:
        database = worker_database(cluster)
        async with database.running():
            ended = await raised(too_slow(database))
            assert ended.sqlstate in {"25P03", None}
            assert is_retryable(ended)

    run(check())
    assert is_retryable(psycopg.errors.IdleInTransactionSessionTimeout())


async def too_slow(database: WorkerDatabase) -> None:
    async with database.transaction() as connection:
        await connection.execute("set local idle_in_transaction_session_timeout = '50ms'")
        await asyncio.sleep(0.3)
        await connection.execute("select 1")


async def raised(work: Awaitable[None]) -> psycopg.Error:
    try:
        await work
    except psycopg.Error as error:
        return error
    raise AssertionError("it was not ended")


STRANGE = [
    "repeat('[', 3000) || repeat(']', 3000)",
    "'{\"event_id\": ' || repeat('7', 5000) || '}'",
]


@pytest.mark.parametrize("body", STRANGE, ids=["nested", "number"])
def test_what_only_postgresql_takes_for_json_is_given_up(cluster: str, queue: Queue, body: str) -> None:
    async def check() -> None:
        handled: list[str] = []

        async def handle(found: Message) -> Finish:
            handled.append(found.subject_id)
            return Finish()

        async with consuming(Consumer(worker_database(cluster), queue.name, handle)):
            queue.superuser.rows(f"insert into pgmq.q_{queue.name} (vt, message) select now(), ({body})::jsonb")
            queue.send(message(subject="good"))
            count = f"select count(*) from pgmq.q_{queue.name}"  # noqa: S608
            await until(lambda: not queue.superuser.rows(count)[0]["count"])
        assert handled == ["good"]

    run(check())
    errors = queue.superuser.rows("select error from private.dead_letters where queue = %s", (queue.name,))
    assert errors == [{"error": NO_MESSAGE}]


@pytest.mark.parametrize("headers", ["7", '"text"', "[1]", '{"ended_count": "many"}', '{"ended_count": 99999999999}'])
def test_headers_of_any_kind_hold_nothing_up(cluster: str, queue: Queue, headers: str) -> None:
    async def check() -> None:
        attempts: list[int] = []

        async def handle(found: Message) -> Finish:
            attempts.append(found.attempt)
            if len(attempts) == 1:
                raise OSError
            return Finish()

        async with consuming(Consumer(worker_database(cluster), queue.name, handle)):
            send = "select pgmq.send(%s, %s::jsonb, %s::jsonb)"
            queue.superuser.rows(send, (queue.name, psycopg.types.json.Jsonb(message()), headers))
            await until(lambda: not queue.waiting())
        assert attempts == [1, 2]

    run(check())
    assert queue.dead_letters() == []
