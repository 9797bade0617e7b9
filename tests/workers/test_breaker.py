"""An outside system that is down: its queue rests, its messages keep their tries, and nothing is given up."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from ananta.standins.mailbox import Mailbox
from tests.support.platform import run
from tests.workers.conftest import ATTEMPTS, Queue, consuming, message, until, worker_database
from workers.breaker import FAILURES_TO_OPEN, LONGEST_PAUSE, MAIL, Breaker, Breakers
from workers.consumer import Consumer
from workers.messages import Finish, Message, Unavailable
from workers.notifications.mailer import LocalMailer
from workers.notifications.messages import verification
from workers.workflows.types import StepRefused

PAUSE = 0.05


class Outside:
    """An outside system that a test turns off, and that keeps what it was asked, with its own key for each."""

    def __init__(self, breaker: Breaker) -> None:
        self.breaker, self.is_down, self.calls, self.effects = breaker, False, 0, Counter[str]()

    async def call(self, key: str) -> None:
        async with self.breaker.calling():
            self.calls += 1
            if self.is_down or key.startswith("poison"):
                raise Unavailable("it answers 503")
            self.effects[key] += 1


def shown(queue: Queue) -> list[dict[str, Any]]:
    """What ``bin/ananta queues`` says of the queue's breakers."""
    rows = queue.superuser.rows("select breakers from private.queue_overview() where queue = %s", (queue.name,))
    return list(rows[0]["breakers"])


def test_down_for_long_nothing_is_buried_and_then_all_goes_on(cluster: str, queue: Queue) -> None:
    async def check() -> None:
        breakers = Breakers(PAUSE)
        outside = Outside(breakers.of("test system"))
        outside.is_down = True

        async def handle(found: Message) -> Finish:
            await outside.call(found.event_id)
            return Finish()

        consumer = Consumer(
            worker_database(cluster),
            queue.name,
            handle,
            concurrency=2,
            max_attempts=4,
            visibility_seconds=2,
            breakers=breakers,
            needs=("test system",),
        )
        events = [message(subject=str(number)) for number in range(40)]
        async with consuming(consumer):
            queue.send(*events)
            await until(lambda: outside.breaker.failure_count >= 10)
            (breaker,) = await until(lambda: shown(queue))
            assert (breaker["system"], breaker["cause"]) == ("test system", "it answers 503")
            reads = queue.superuser.rows(f"select sum({ATTEMPTS}) as tries from pgmq.q_{queue.name}")[0]["tries"]  # noqa: S608
            assert reads <= FAILURES_TO_OPEN + 2, "only those before it opened, and what is under way, are attempts"
            assert outside.calls <= outside.breaker.failure_count + 1, "one call a pause, not one a message"
            outside.is_down = False
            await until(lambda: not queue.waiting())
            await until(lambda: not shown(queue))
        assert outside.effects == dict.fromkeys([event["event_id"] for event in events], 1)

    run(check())
    assert queue.dead_letters() == []


def test_fault_of_one_message_is_its_own(cluster: str, queue: Queue) -> None:
    """The system answers others, so that what it answers this one is no outage: its tries count."""

    async def check() -> None:
        breakers = Breakers(PAUSE)
        outside = Outside(breakers.of("test system"))

        async def handle(found: Message) -> Finish:
            await outside.call(found.subject_id)
            return Finish()

        consumer = Consumer(
            worker_database(cluster), queue.name, handle, max_attempts=2, breakers=breakers, needs=("test system",)
        )
        async with consuming(consumer):
            queue.send(message(subject="poison"))
            while queue.waiting():
                queue.send(message(subject="good"))
                await asyncio.sleep(0.2)
                await until(lambda: all(row["message"]["id"] == "poison" for row in queue.waiting()))
        assert not outside.breaker.is_open

    run(check())
    assert [(row["message"]["id"], row["attempt_count"]) for row in queue.dead_letters()] == [("poison", 2)]


def test_one_of_several_systems_down_holds_up_only_what_needs_it(cluster: str, queue: Queue) -> None:
    async def check() -> None:
        breakers = Breakers(PAUSE)
        away, there = Outside(breakers.of("plane", "http://away")), Outside(breakers.of("plane", "http://there"))
        away.is_down = True

        async def handle(found: Message) -> Finish:
            await (away if found.type == "away" else there).call(found.event_id)
            return Finish()

        consumer = Consumer(
            worker_database(cluster), queue.name, handle, max_attempts=4, breakers=breakers, needs=("plane",)
        )
        async with consuming(consumer):
            queue.send(*(message("away", str(number)) for number in range(6)))
            await until(lambda: away.breaker.failure_count > 5)
            queue.send(*(message("there", str(number)) for number in range(30)))
            await until(lambda: len(there.effects) == 30)
            assert away.breaker.is_open
            away.is_down = False
            await until(lambda: not queue.waiting())
        assert sum(away.effects.values()) == len(away.effects) == 6

    run(check())
    assert queue.dead_letters() == []


def test_half_open_lets_one_call_through_and_pauses_grow() -> None:
    async def check() -> None:
        breaker = Breaker("test system", first_pause_seconds=0.04)
        outside = Outside(breaker)
        outside.is_down = True

        async def ask() -> Unavailable:
            with pytest.raises(Unavailable) as caught:
                await outside.call("x")
            return caught.value

        errors = [await ask() for _ in range(FAILURES_TO_OPEN)]
        assert [error.retry_seconds is None for error in errors] == [True, True, False]
        refused = await ask()
        assert not refused.was_called
        assert str(refused) == "it answers 503"
        pauses = [breaker.seconds_left]
        for _ in range(6):
            await asyncio.sleep(breaker.seconds_left + 0.005)
            calls = outside.calls
            asked = await asyncio.gather(*(ask() for _ in range(5)))
            assert outside.calls == calls + 1
            assert [error.was_called for error in asked].count(True) == 1
            pauses.append(breaker.seconds_left)
        assert pauses[0] < pauses[2] < pauses[6] <= 0.04 * LONGEST_PAUSE
        outside.is_down = False
        await asyncio.sleep(breaker.seconds_left + 0.005)
        await outside.call("x")
        assert not breaker.is_open
        await asyncio.gather(*(outside.call("x") for _ in range(5)))

    run(check())


def test_a_refusal_is_an_answer() -> None:
    async def check() -> None:
        breaker = Breaker("test system")
        for _ in range(FAILURES_TO_OPEN - 1):
            with pytest.raises(Unavailable):
                async with breaker.calling():
                    raise Unavailable("away")
        with pytest.raises(StepRefused):
            async with breaker.calling():
                raise StepRefused("no", "")
        assert breaker.failure_count == 0

    run(check())


def test_mailbox_that_cannot_be_written_is_an_outage(tmp_path: Any) -> None:
    async def check() -> None:
        (tmp_path / "mailbox").write_text("no folder")
        breaker = Breaker(MAIL, first_pause_seconds=0.01)
        mailer = LocalMailer(Mailbox(tmp_path / "mailbox"), breaker)
        lead = {"email": "a@b.example", "token": "t", "first_name": "A", "company_name": "B"}
        for _ in range(FAILURES_TO_OPEN):
            with pytest.raises(Unavailable, match="no mail can be written"):
                await mailer.send(verification(lead, "http://here"), idempotency_key="1")
        assert breaker.is_open
        (tmp_path / "mailbox").unlink()
        await asyncio.sleep(0.02)
        await mailer.send(verification(lead, "http://here"), idempotency_key="1")
        assert len(Mailbox(tmp_path / "mailbox").messages()) == 1

    run(check())
