"""Who was told to wait is told so again by the gateway alone, for a second at a time."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from edge_api.gateway.throttled import LONGEST_SECONDS, Throttled
from edge_api.gateway.token_routing import RefusedError


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def refusal(seconds: int, **changes: Any) -> httpx.Response:
    details = json.dumps({"reason": "rate", "retry_after": seconds})
    return httpx.Response(429, json={"code": "PT429", "message": "too_many_requests", "details": details} | changes)


def told(throttled: Throttled, caller: str = "app a") -> tuple[str, int] | None:
    """Retry-After and the seconds in the body, or nothing where the call may go on."""
    try:
        asyncio.run(throttled.check(caller))
    except RefusedError as error:
        return error.headers["Retry-After"], json.loads(error.body["details"])["retry_after"]
    return None


def test_a_refusal_is_repeated_while_it_holds_and_to_nobody_else() -> None:
    clock = Clock()
    throttled = Throttled(clock=clock, delay_seconds=0)
    asyncio.run(throttled.note("app a", refusal(1)))
    assert (told(throttled), told(throttled, "app b")) == (("1", 1), None)
    clock.now += 0.5
    assert told(throttled) == ("1", 1)
    clock.now += 0.5
    assert told(throttled) is None


def test_a_long_one_is_asked_about_again_soon() -> None:
    clock = Clock()
    throttled = Throttled(clock=clock, delay_seconds=0)
    asyncio.run(throttled.note("app a", refusal(86_400)))
    clock.now += LONGEST_SECONDS - 0.25
    assert told(throttled) == ("86400", 86_400)
    clock.now += 0.25
    assert told(throttled) is None


@pytest.mark.parametrize(
    "answer",
    [
        refusal(60, message="too_many_invitations"),
        refusal(60, details=None),
        refusal(60, details="x"),
        httpx.Response(429, text="slow down"),
        httpx.Response(200, json=[]),
        httpx.Response(402, json={"message": "too_many_requests", "details": '{"retry_after": 9}'}),
    ],
)
def test_other_answers_are_of_one_call_alone(answer: httpx.Response) -> None:
    throttled = Throttled(delay_seconds=0)
    asyncio.run(throttled.note("app a", answer))
    assert told(throttled) is None
