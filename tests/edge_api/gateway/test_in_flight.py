"""Places of a caller: how many at once, who comes next, and that each is given back."""

import asyncio

import pytest

from edge_api.gateway.in_flight import InFlight
from edge_api.gateway.token_routing import RefusedError
from tests.support.platform import run


def test_who_finds_no_place_is_told_to_come_back() -> None:
    async def ask() -> RefusedError:
        in_flight = InFlight(2, 0.01)
        with in_flight.place("a") as first, in_flight.place("a") as second:
            await first.take()
            await second.take()
            with in_flight.place("b") as other, in_flight.place(None) as unlimited:
                await other.take()
                await unlimited.take()
            with pytest.raises(RefusedError) as refused, in_flight.place("a") as third:
                await third.take()
        return refused.value

    refused = run(ask())
    assert (refused.status, refused.headers, refused.body["message"]) == (
        429,
        {"Retry-After": "1"},
        "too_many_requests",
    )


def test_those_who_wait_come_in_their_order_and_never_too_many() -> None:
    async def serve() -> tuple[list[int], int]:
        in_flight, order, now, most = InFlight(3, 30), list[int](), 0, 0

        async def call(number: int) -> None:
            nonlocal now, most
            with in_flight.place("a") as place:
                await place.take()
                now, most = now + 1, max(most, now + 1)
                order.append(number)
                await asyncio.sleep(0.001)
                now -= 1

        await asyncio.gather(*(call(number) for number in range(20)))
        return order, most

    assert run(serve()) == (list(range(20)), 3)


def test_a_call_that_fails_or_waits_in_vain_gives_its_place_back() -> None:
    async def call(in_flight: InFlight, error: type[BaseException] | None) -> None:
        with in_flight.place("a") as place:
            await place.take()
            if error:
                raise error

    async def serve() -> int:
        in_flight = InFlight(1, 0.01)
        for error in (ValueError, asyncio.CancelledError):
            with pytest.raises(error):
                await call(in_flight, error)
        with in_flight.place("a") as place:
            await place.take()
            with pytest.raises(RefusedError):
                await call(in_flight, None)
            assert len(in_flight._callers) == 1
        await call(in_flight, None)
        return len(in_flight._callers)

    assert run(serve()) == 0, "and who calls no more takes no memory"
