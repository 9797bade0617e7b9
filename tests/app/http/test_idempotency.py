"""R13: a request with an Idempotency-Key has one effect and one answer, repeated, altered, at once, after a crash.

``ANANTA_IDEMPOTENCY_TIMES=40`` runs 2,400 keys.
"""

import asyncio
import os
import random
import secrets
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from ananta.settings import Plane
from tests.support.idempotency import KINDS, Creator, Kind, same, slug
from tests.support.platform import run
from tests.support.tallies import tally
from tests.support.world import World

TIMES = int(os.environ.get("ANANTA_IDEMPOTENCY_TIMES", "1"))
KEYS = 60 * TIMES
CLIENTS = 32
REPLAYED = "idempotent-replayed"
REST = "/api/app/rest/v1"

Case = Callable[["Rounds", httpx.AsyncClient, Kind, str, str], Awaitable[None]]


class Rounds:
    """Requests of all kinds under new keys, and what must be there of each afterwards."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.dice = random.Random(seed)
        self.creator = Creator(world, world.platform, world.tenants["alpha"].tenant_id)
        self.wanted: Counter[tuple[str, str]] = Counter()
        self.tried: Counter[str] = Counter()

    async def send(self, http: httpx.AsyncClient, kind: Kind, key: str, marker: str) -> httpx.Response:
        self.tried["requests"] += 1
        return await self.creator.send(http, kind, key, marker)

    async def first(self, http: httpx.AsyncClient, kind: Kind, key: str, marker: str) -> httpx.Response:
        answer = await self.send(http, kind, key, marker)
        assert (answer.status_code, answer.headers.get(REPLAYED)) == (kind.status, None), answer.text
        self.wanted[kind.name, marker] = kind.rows
        return answer

    def forget_answers(self) -> None:
        """As if the edge had died after PostgREST's commit, each time: PostgREST's answers were never kept."""
        query = "update private.idempotency_keys set answer = null where answer ? 'status'"
        for plane in Plane:
            self.world.platform.query(plane, query)


async def repeated(rounds: Rounds, http: httpx.AsyncClient, kind: Kind, key: str, marker: str) -> None:
    first = await rounds.first(http, kind, key, marker)
    for _ in range(2):
        again = await rounds.send(http, kind, key, marker)
        assert same(first, again), f"{kind.name}: {first.status_code} {first.text}, {again.status_code} {again.text}"
        assert again.headers[REPLAYED] == "true"


async def altered(rounds: Rounds, http: httpx.AsyncClient, kind: Kind, key: str, marker: str) -> None:
    first = await rounds.first(http, kind, key, marker)
    other = await rounds.send(http, kind, key, f"other{marker}")
    assert (other.status_code, slug(other)) == (422, "idempotency_key_reused"), other.text
    rounds.wanted[kind.name, f"other{marker}"] = 0
    assert same(first, await rounds.send(http, kind, key, marker))


async def at_once(rounds: Rounds, http: httpx.AsyncClient, kind: Kind, key: str, marker: str) -> None:
    rounds.wanted[kind.name, marker] = kind.rows
    answers = await asyncio.gather(*(rounds.send(http, kind, key, marker) for _ in range(CLIENTS)))
    served = [answer for answer in answers if not answer.is_error]
    assert {(a.status_code, slug(a)) for a in answers if a.is_error} <= {(409, "idempotency_key_in_use")}
    assert served, "none was served"
    assert all(same(served[0], answer) for answer in served), [a.text for a in served]
    assert sum(REPLAYED not in answer.headers for answer in served) == 1


async def after_a_crash(rounds: Rounds, http: httpx.AsyncClient, kind: Kind, key: str, marker: str) -> None:
    first = await rounds.first(http, kind, key, marker)
    await asyncio.to_thread(rounds.forget_answers)
    for _ in range(2):
        again = await rounds.send(http, kind, key, marker)
        assert (again.status_code, again.content) == (first.status_code, first.content), f"{kind.name}: {again.text}"
        assert again.headers.get("content-type") == first.headers.get("content-type")
        assert again.headers[REPLAYED] == "true"


CASES: list[tuple[Case, int]] = [(repeated, 3), (altered, 2), (at_once, 1), (after_a_crash, 3)]


@pytest.fixture
def full_allowance(world: World) -> Any:
    """Leads come from one address here."""
    world.platform.query(Plane.CONTROL, "delete from private.rate_limits")
    yield
    world.platform.query(Plane.CONTROL, "delete from private.rate_limits")


@pytest.mark.usefixtures("full_allowance")
def test_one_effect_and_one_answer_for_a_key(world: World) -> None:
    seed = int(os.environ.get("ANANTA_SEED", secrets.randbelow(2**32)))
    rounds = Rounds(world, seed)
    chosen = rounds.dice.choices(KINDS, [kind.weight for kind in KINDS], k=KEYS)
    chosen[: len(KINDS)] = KINDS

    async def all_rounds() -> None:
        limits = httpx.Limits(max_keepalive_connections=0)  # a connection that ends as it is used again is not at issue
        async with httpx.AsyncClient(base_url=world.platform.url, timeout=30, limits=limits) as http:
            for number, kind in enumerate(chosen):
                if number % 50 == 0:
                    rounds.creator.sign_in()
                (case,) = rounds.dice.choices([case for case, _ in CASES], [weight for _, weight in CASES])
                marker = f"I{seed:x}x{number}x"
                try:
                    await case(rounds, http, kind, str(uuid.uuid4()), marker)
                except AssertionError as failure:
                    failure.add_note(f"seed {seed}, key {number}: {case.__name__} of {kind.name}")
                    raise
                rounds.tried[case.__name__] += 1

    run(all_rounds())
    wrong = rounds.creator.miscounted(rounds.wanted)
    counts = ", ".join(f"{name} {count}" for name, count in sorted(rounds.tried.items()))
    tally(f"idempotency: {KEYS} keys ({counts}), {len(wrong)} with another effect than one; seed {seed}")
    assert wrong == {}, f"seed {seed}"
