"""Nobody reaches another organization's rows or learns of them; and each role does with its own what it may."""

from collections.abc import Iterator

import pytest

from ananta.settings import Plane
from tests.support.extent import Extent
from tests.support.isolation import Isolation, isolation
from tests.support.platform import run
from tests.support.tallies import tally
from tests.support.world import ROLES, World

# Of the tables and functions, how many each caller tries in a sample.
SHARE = 0.08
LEAST = 5000


@pytest.fixture(scope="module")
def app(world: World) -> Iterator[Isolation]:
    with isolation(world, Plane.APP) as made:
        yield made


def callers(world: World) -> Iterator[tuple[str, str, str | None]]:
    """Tenant, role and token of everybody who asks, made as it is needed: tokens are short-lived."""
    plane = Plane.APP
    for word in ("alpha", "beta"):
        for role in ROLES:
            yield word, role, world.token(plane, word, role)
        owner = (plane, word, "owner")
        yield word, "stripped", world.token(*owner, permissions=[])
        yield word, "anonymous", None
        yield word, "nobody", world.token(*owner, organization_id=None)
        yield word, "nobody", world.token(*owner, iss="https://elsewhere.example/realms/tenant")
        yield word, "nobody", world.token(Plane.CONTROL, word, "owner")


def test_nobody_reaches_another_organization(world: World, app: Isolation, extent: Extent) -> None:
    failures = []
    for number, (word, role, token) in enumerate(callers(world)):
        only = set(extent.sample(app.objects(), SHARE, f"app {number}"))
        gateway = world.platform.url if (word, role) == ("alpha", "owner") else None
        failures += run(app.probe(word, role, token, only, gateway=gateway)).failures
    tally(f"{app.told(extent)}: {len(failures)} failures")
    assert failures == [], "\n".join(failures)
    assert app.probe_count >= LEAST * (1 if extent.is_whole else SHARE / 2)
