"""Messages that are ended together: each is told, and none is held up by those before."""

import asyncio
from collections.abc import Sequence

import psycopg
import pytest

from workers.endings import MOST, Endings
from workers.messages import Message


def message(number: int, event: int | None = None) -> Message:
    event_id = f"00000000-0000-0000-0000-{number if event is None else event:012d}"
    return Message("queue", number, 1, {"event_id": event_id, "type": "test", "id": str(number)})


class Store:
    """Knows events, takes its time, and keeps what it was asked to end."""

    def __init__(self, *, fails: int = 0) -> None:
        self.known: set[str] = set()
        self.batches: list[list[int]] = []
        self._fails = fails

    async def end(self, messages: Sequence[Message]) -> set[str]:
        self.batches.append([each.message_id for each in messages])
        await asyncio.sleep(0.01)
        if len(self.batches) <= self._fails:
            raise psycopg.OperationalError
        new = {each.event_id for each in messages} - self.known
        self.known |= new
        return new


def ended(store: Store, messages: Sequence[Message]) -> list[bool | BaseException]:
    async def run() -> list[bool | BaseException]:
        endings = Endings(store.end)
        return await asyncio.gather(*(endings.add(each) for each in messages), return_exceptions=True)

    return asyncio.run(run())


def test_what_comes_while_others_are_ended_is_ended_together() -> None:
    store = Store()

    async def run() -> None:
        endings = Endings(store.end)
        first = asyncio.create_task(endings.add(message(0)))
        await asyncio.sleep(0.005)
        assert all(await asyncio.gather(first, *(endings.add(message(number)) for number in range(1, 50))))

    asyncio.run(run())
    assert store.batches == [[0], list(range(1, 50))]


def test_a_transaction_ends_a_limited_number() -> None:
    store = Store()
    assert ended(store, [message(number) for number in range(MOST + 1)]) == [True] * (MOST + 1)
    assert [len(batch) for batch in store.batches] == [MOST, 1]


def test_each_is_told_whether_its_event_is_new() -> None:
    store = Store()
    ended(store, [message(1)])
    assert ended(store, [message(2, event=1), message(3)]) == [False, True]


def test_a_failure_is_told_to_all_it_met_and_ends() -> None:
    store = Store(fails=1)
    first, second = ended(store, [message(1), message(2)])
    assert isinstance(first, psycopg.OperationalError)
    assert isinstance(second, psycopg.OperationalError)
    assert ended(store, [message(1), message(2)]) == [True, True]


def test_who_waits_no_longer_keeps_nobody_from_being_told() -> None:
    store = Store()

    async def run() -> bool:
        endings = Endings(store.end)
        gone, stays = (asyncio.create_task(endings.add(message(number))) for number in (1, 2))
        await asyncio.sleep(0.005)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        return await stays

    assert asyncio.run(run())
