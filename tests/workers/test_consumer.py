"""The consumer loop against a real queue: what is tried again, given up, done once; what it survives."""

import asyncio
import random
import time
from collections import defaultdict

from tests.support.platform import run
from tests.workers.conftest import POISON, Queue, Superuser, consuming, message, until, worker_database
from workers.consumer import Consumer
from workers.messages import NO_MESSAGE, TOO_LARGE, Finish, Later, Message, Retryable

TRIES = {
    "fails twice": 3,
    "always fails": 3,
    "refuses": 1,
    "refused by the database": 1,
    "hangs": 3,
    "later": 2,
    "good": 1,
}
TERMINATE = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app_worker'"


def test_what_is_tried_again_and_what_is_given_up(cluster: str, queue: Queue) -> None:
    times: dict[str, list[float]] = defaultdict(list)
    told = []

    async def handle(found: Message) -> Finish | Later:
        times[found.type].append(time.monotonic())
        match found.type, found.attempt:
            case ("fails twice", 1 | 2) | ("always fails", _):
                raise Retryable("the outside is away")
            case "refuses", _:
                raise ValueError("this cannot be")
            case "refused by the database", _:
                return Finish("select private.fail_bom_import(%s, 1, %s)", ("no uuid", None))
            case "hangs", _:
                await asyncio.sleep(60)
            case "later", 1:
                return Later(1)
        return Finish()

    async def check() -> None:
        consumer = Consumer(
            worker_database(cluster),
            queue.name,
            handle,
            concurrency=8,
            max_attempts=3,
            visibility_seconds=2,
            handler_seconds=0.5,
            on_buried=lambda lost, cause: told.append((lost.type, cause)) or Finish(),
        )
        async with consuming(consumer):
            queue.send(*(message(kind) for kind in TRIES))
            await until(lambda: not queue.waiting())

    run(check())
    assert {kind: len(found) for kind, found in times.items()} == TRIES
    first, second, third = times["fails twice"]
    assert 0.9 < second - first < 2.5
    assert second - first < third - second < 4
    given_up = {row["message"]["type"]: (row["attempt_count"], row["error"]) for row in queue.dead_letters()}
    assert given_up == {
        "always fails": (3, "the outside is away"),
        "refuses": (1, "ValueError: this cannot be"),
        "refused by the database": (1, '22P02: invalid input syntax for type uuid: "no uuid"'),
        "hangs": (3, "TimeoutError"),
    }
    assert sorted(told) == sorted((kind, error) for kind, (_, error) in given_up.items())


def test_message_that_kills_its_worker_is_given_up(cluster: str, queue: Queue) -> None:
    """Reads count, for a process that dies in its work cannot say that it failed."""
    handled = []

    async def handle(found: Message) -> Finish:
        handled.append(found.type)
        return Finish()

    async def check() -> None:
        queue.send(message("deadly"))
        for _ in range(3):
            queue.superuser.rows("select private.take_messages(%s, 0, 1, '', '{}', 1)", (queue.name,))
        async with consuming(Consumer(worker_database(cluster), queue.name, handle, max_attempts=3)):
            queue.send(message("good"))
            await until(lambda: not queue.waiting())

    run(check())
    assert handled == ["good"]
    assert [(row["attempt_count"], row["error"]) for row in queue.dead_letters()] == [
        (4, "tries used up: the worker died, or the work never ended")
    ]


def test_long_work_keeps_its_message(cluster: str, queue: Queue) -> None:
    handled = []

    async def handle(found: Message) -> Finish:
        handled.append(found.attempt)
        await asyncio.sleep(3.2)
        return Finish()

    async def check() -> None:
        database = worker_database(cluster)
        rivals = [Consumer(database, queue.name, handle, visibility_seconds=2) for _ in range(2)]
        async with consuming(*rivals):
            queue.send(message())
            await until(lambda: not queue.waiting())

    run(check())
    assert handled == [1]


def test_sent_again_its_effect_is_made_once(cluster: str, queue: Queue, app_plane: Superuser) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    app_plane.rows("create table private.test_effects (event_id uuid)")
    app_plane.rows(
        """create function private.make_test_effect(event_id uuid) returns void
        language sql security definer set search_path = '' as $$
            insert into private.test_effects select event_id
        $$; grant execute on function private.make_test_effect(uuid) to ananta_worker"""
    )

    async def handle(found: Message) -> Finish:
        if random.Random(f"{seed}{found.message_id}").random() < 0.2 and found.attempt == 1:
            raise Retryable("once more")
        return Finish("select private.make_test_effect(%s)", (found.event_id,))

    async def check() -> list[dict[str, str]]:
        events = [message() for _ in range(40)]
        sent = [event for event in events for _ in range(random.Random(seed).randrange(1, 6))]
        random.Random(seed).shuffle(sent)
        database = worker_database(cluster)
        async with consuming(*(Consumer(database, queue.name, handle, visibility_seconds=2) for _ in range(3))):
            queue.send(*sent)
            await until(lambda: not queue.waiting())
        return events

    try:
        events = run(check())
        made = app_plane.rows("select event_id::text from private.test_effects")
        assert sorted(row["event_id"] for row in made) == sorted(event["event_id"] for event in events), f"seed {seed}"
        assert queue.dead_letters() == []
    finally:
        app_plane.rows("drop function private.make_test_effect; drop table private.test_effects")
        app_plane.rows("delete from private.processed_events where consumer = %s", (queue.name,))


def test_poison_goes_to_dead_letters_and_others_go_on(cluster: str, queue: Queue) -> None:
    handled = []

    async def handle(found: Message) -> Finish:
        handled.append(found.subject_id)
        return Finish()

    def tell_nobody(found: Message, _: str) -> Finish:
        raise KeyError(found.type)

    async def check() -> None:
        consumer = Consumer(
            worker_database(cluster), queue.name, handle, concurrency=2, visibility_seconds=2, on_buried=tell_nobody
        )
        mixed = [body for number, poison in enumerate(POISON) for body in (poison, message(subject=str(number)))]
        async with consuming(consumer):
            queue.send(*mixed, message(subject="z" * 4_000_000))
            began = time.monotonic()
            await until(lambda: not queue.waiting())
            assert time.monotonic() - began < 3

    run(check())
    assert sorted(handled) == sorted(str(number) for number in range(len(POISON)))
    *buried, huge = queue.dead_letters()
    assert [row["message"] for row in buried] == POISON
    assert {(row["attempt_count"], row["error"]) for row in buried} == {
        (1, TOO_LARGE if len(str(poison)) > 200_000 else NO_MESSAGE) for poison in POISON
    }
    assert (huge["message"]["id"], huge["error"]) == ("z" * 4_000_000, TOO_LARGE)


def test_subject_that_cannot_be_told_holds_nothing_up(cluster: str, queue: Queue) -> None:
    async def handle(found: Message) -> Finish:
        raise ValueError("never")

    def tell(found: Message, _: str) -> Finish:
        if found.subject_id == "python":
            raise KeyError("organization_id")
        return Finish("select private.fail_bom_import(%s, 1, '{}')", (found.subject_id,))

    async def check() -> None:
        async with consuming(Consumer(worker_database(cluster), queue.name, handle, on_buried=tell)):
            queue.send(message(subject="python"), message(subject="no uuid"))
            await until(lambda: not queue.waiting())

    run(check())
    assert [row["error"] for row in queue.dead_letters()] == [
        "ValueError: never; its subject could not be told: KeyError: 'organization_id'",
        'ValueError: never; its subject could not be told: 22P02: invalid input syntax for type uuid: "no uuid"',
    ]


def test_connections_cut_while_waiting_and_while_working(cluster: str, queue: Queue, app_plane: Superuser) -> None:
    handled: list[str] = []

    async def handle(found: Message) -> Finish:
        handled.append(found.subject_id)
        await asyncio.sleep(0.5)
        return Finish("select private.mark_processed('test', %s)", (found.event_id,))

    async def check() -> None:
        async with consuming(Consumer(worker_database(cluster), queue.name, handle, visibility_seconds=2)):
            queue.send(message(subject="before"))
            await until(lambda: not queue.waiting())
            for _ in range(2):
                app_plane.rows(TERMINATE)
                queue.send(message(subject="waiting"))
                await until(lambda: not queue.waiting())
            for number in range(2):
                queue.send(message(subject=f"working {number}"))
                await until(lambda: f"working {number}" in handled)  # noqa: B023
                app_plane.rows(TERMINATE)
                await until(lambda: not queue.waiting())
            await asyncio.sleep(1.5)  # the listener connects again
            assert await wake_up_seconds(queue) < 1.0

    run(check())
    ledger = app_plane.rows("delete from private.processed_events where consumer = 'test' returning event_id")
    assert len(ledger) == 6
    assert queue.dead_letters() == []


async def wake_up_seconds(queue: Queue) -> float:
    """From sending a message until it was taken."""
    began = time.monotonic()
    queue.send(message(subject="wake-up"))
    await until(lambda: not any(row["read_ct"] == 0 for row in queue.waiting()))
    taken = time.monotonic() - began
    await until(lambda: not queue.waiting())
    return taken


def test_notification_is_faster_than_the_poll(cluster: str, queue: Queue, app_plane: Superuser) -> None:
    async def handle(_: Message) -> Finish:
        return Finish()

    async def check() -> None:
        consumer = Consumer(worker_database(cluster), queue.name, handle)
        async with consuming(consumer):
            await asyncio.sleep(0.5)
            slowest = max([await wake_up_seconds(queue) for _ in range(5)])
            print(f"slowest wake-up {slowest * 1000:.0f} ms")
            assert slowest < 0.6
            # A crash of the server empties pgmq's unlogged table and cuts the connections: both are mended.
            app_plane.rows("delete from pgmq.notify_insert_throttle where queue_name = %s", (queue.name,))
            app_plane.rows(TERMINATE)
            await asyncio.sleep(1.5)
            await wake_up_seconds(queue)
            assert max([await wake_up_seconds(queue) for _ in range(5)]) < 0.6

    run(check())


def test_stopped_it_finishes_what_it_began(cluster: str, queue: Queue) -> None:
    handled = []

    async def handle(found: Message) -> Finish:
        await asyncio.sleep(1)
        handled.append(found.subject_id)
        return Finish()

    async def check() -> None:
        consumer = Consumer(worker_database(cluster), queue.name, handle, concurrency=1)
        async with consuming(consumer) as stop:
            queue.send(message(subject="begun"), message(subject="not begun"))
            await until(lambda: any(row["read_ct"] for row in queue.waiting()))
            stop.set()

    run(check())
    assert handled == ["begun"]
    assert [(row["message"]["id"], row["read_ct"]) for row in queue.waiting()] == [("not begun", 0)]


def test_what_does_not_end_in_time_is_given_back_at_once(cluster: str, queue: Queue) -> None:
    """Not after its visibility time-out, and with all its tries; another worker, which slept, is woken for it."""
    began, handled = asyncio.Event(), []

    async def hang(_: Message) -> Finish:
        began.set()
        await asyncio.sleep(60)
        return Finish()

    async def handle(found: Message) -> Finish:
        handled.append((found.subject_id, found.attempt, found.death_count))
        return Finish()

    async def check() -> None:
        slow, other = (
            Consumer(worker_database(cluster), queue.name, each, stop_seconds=0.2) for each in (hang, handle)
        )
        slow.visibility_seconds = 600
        async with consuming(slow) as stop:
            queue.send(message(subject="slow"))
            await asyncio.wait_for(began.wait(), 10)
            async with consuming(other):
                await asyncio.sleep(0.5)
                stop.set()
                await until(lambda: not queue.waiting(), 5)

    run(check())
    assert handled == [("slow", 1, 0)]


def test_full_consumer_rests_though_more_comes(cluster: str, queue: Queue) -> None:
    async def handle(_: Message) -> Finish:
        await asyncio.sleep(1.5)
        return Finish()

    async def check() -> float:
        consumer = Consumer(worker_database(cluster), queue.name, handle, concurrency=1)
        async with consuming(consumer):
            queue.send(message())
            await until(lambda: any(row["read_ct"] for row in queue.waiting()))
            queue.send(message())
            consumer.wake.set()
            before = time.process_time()
            await asyncio.sleep(1)
            return time.process_time() - before

    assert run(check()) < 0.3
