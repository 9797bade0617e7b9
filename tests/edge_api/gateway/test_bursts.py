"""Bursts of a caller: who is limited, who is not, and what stays in memory."""

import pytest

from edge_api.gateway.bursts import Bursts
from edge_api.gateway.token_routing import RefusedError


class Clock:
    """Time that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bursts(clock: Clock) -> Bursts:
    return Bursts(per_second=2, burst=5, clock=clock, size=100)


def accepted(bursts: Bursts, authorization: str | None, address: str, count: int) -> int:
    """How many of so many requests pass."""
    return sum(_is_taken(bursts, authorization, address) for _ in range(count))


def _is_taken(bursts: Bursts, authorization: str | None, address: str) -> bool:
    try:
        bursts.take(authorization, address)
    except RefusedError:
        return False
    return True


def test_a_refusal_says_when_to_come_back(bursts: Bursts) -> None:
    accepted(bursts, None, "a", 5)
    with pytest.raises(RefusedError) as refused:
        bursts.take(None, "a")
    assert (refused.value.status, refused.value.headers) == (429, {"Retry-After": "1"})
    assert refused.value.body["message"] == "too_many_requests"


def test_a_burst_passes_and_then_the_rate(bursts: Bursts, clock: Clock) -> None:
    assert accepted(bursts, None, "a", 9) == 5
    clock.now += 1.5
    assert accepted(bursts, None, "a", 9) == 3
    clock.now += 60
    assert accepted(bursts, None, "a", 9) == 5


def test_callers_do_not_share(bursts: Bursts) -> None:
    assert accepted(bursts, None, "a", 9) == 5
    assert accepted(bursts, None, "b", 9) == 5


def test_made_up_tokens_are_one_caller_and_a_known_one_goes_on(bursts: Bursts) -> None:
    bursts.know("Bearer good")
    assert sum(accepted(bursts, f"Bearer forged {number}", "a", 1) for number in range(20)) == 5
    assert accepted(bursts, None, "a", 1) == 0
    assert accepted(bursts, "Bearer good", "a", 9) == 5


def test_memory_is_bounded(bursts: Bursts) -> None:
    for number in range(1000):
        bursts.know(f"Bearer {number}")
        accepted(bursts, None, f"address {number}", 1)
    assert len(bursts._buckets) == 100
