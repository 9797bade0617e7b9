"""A request with an Idempotency-Key has one effect and one answer, whatever is killed while it is served.

``ANANTA_IDEMPOTENCY_TIMES=40`` kills forty times as often.
"""

import asyncio
import os
import random
import secrets
import time
import uuid
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest

from ananta.settings import Plane
from tests.support import tallies
from tests.support.faults import FaultyPlatform
from tests.support.idempotency import KINDS, Creator, Kind, same, slug
from tests.support.platform import run
from tests.support.world import World

TIMES = int(os.environ.get("ANANTA_IDEMPOTENCY_TIMES", "1"))
SERVICES = ("gateway", "edge-app", "edge-control", "postgrest-app", "postgrest-control")
AT_ONCE, PATIENCE_SECONDS = 16, 60
# No member: an organization made in SQL has no realm, and the next test wants no dead letter.
CHOSEN = [kind for kind in KINDS if kind.name not in {"lead", "member"}]


@pytest.fixture(scope="module")
def creator(faulty: FaultyPlatform) -> Iterator[Creator]:
    tenant_id = str(uuid.uuid4())
    faulty.query(
        Plane.CONTROL,
        "insert into tenant_management.tenants (id, key, name, status, app_plane_id)"
        " select %s, %s, 'Creators', 'active', id from tenant_management.app_planes limit 1",
        (tenant_id, f"creators-{tenant_id[:8]}"),
    )
    yield Creator(World(faulty, {}), faulty, tenant_id)
    faulty.query(Plane.CONTROL, "delete from tenant_management.tenants where id = %s", (tenant_id,))


async def until_answered(
    creator: Creator, http: httpx.AsyncClient, kind: Kind, key: str, marker: str
) -> httpx.Response:
    """The answer that a client gets who repeats what fails on the way."""
    end = time.monotonic() + PATIENCE_SECONDS
    last: object = None
    while time.monotonic() < end:
        try:
            answer = await creator.send(http, kind, key, marker)
            if answer.status_code < 500 and slug(answer) != "idempotency_key_in_use":
                return answer
            last = answer.text
        except (httpx.TransportError, ValueError) as fault:
            last = fault
        await asyncio.sleep(0.05)
    raise AssertionError(f"{kind.name} was never answered: {last}")


def test_one_effect_and_one_answer_whatever_is_killed(faulty: FaultyPlatform, creator: Creator) -> None:
    seed = int(os.environ.get("ANANTA_SEED", secrets.randbelow(2**32)))
    dice, wanted = random.Random(seed), Counter[tuple[str, str]]()

    async def one_kill(http: httpx.AsyncClient, number: int) -> None:
        creator.sign_in()
        chosen = dice.choices(CHOSEN, [kind.weight for kind in CHOSEN], k=AT_ONCE)
        requests = [(kind, str(uuid.uuid4()), f"C{seed:x}x{number}x{place}x") for place, kind in enumerate(chosen)]
        wanted.update({(kind.name, marker): kind.rows for kind, _, marker in requests})
        tasks = [asyncio.create_task(until_answered(creator, http, *request)) for request in requests]
        await asyncio.sleep(dice.random() * 0.15)
        await asyncio.to_thread(faulty.kill, SERVICES[number % len(SERVICES)])
        answers = await asyncio.gather(*tasks)
        for request, answer in zip(requests, answers, strict=True):
            assert answer.status_code == request[0].status, f"{request[0].name}: {answer.text}"
            again = await until_answered(creator, http, *request)
            assert same(answer, again), f"{request[0].name}: {answer.text} {again.text}"

    async def all_kills() -> None:
        async with faulty.client() as http:
            for number in range(len(SERVICES) * TIMES):
                await one_kill(http, number)
        await faulty.until_quiet()

    run(all_kills())
    wrong = creator.miscounted(wanted)
    tallies.tally(
        f"idempotency: {len(SERVICES) * TIMES} kills of {', '.join(SERVICES)} under {len(wanted)} keys,"
        f" {len(wrong)} with another effect than one; seed {seed}"
    )
    assert wrong == {}, f"seed {seed}"
