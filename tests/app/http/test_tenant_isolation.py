"""Nobody sees, counts or changes another organization's rows; and each role does with its own what it may."""

from collections.abc import Iterator

import pytest

from ananta.settings import Plane
from tests.support.isolation import Isolation, isolation
from tests.support.platform import run
from tests.support.world import ROLES, World


@pytest.fixture(scope="module")
def app(world: World) -> Iterator[Isolation]:
    with isolation(world, Plane.APP) as made:
        yield made


@pytest.mark.parametrize(("role", "word"), [*((role, "alpha") for role in ROLES), ("owner", "beta")])
def test_matrix_of_members(app: Isolation, world: World, role: str, word: str) -> None:
    matrix = run(
        app.probe(
            word, role, world.token(Plane.APP, word, role), gateway=world.platform.url if role == "owner" else None
        )
    )
    assert matrix.failures == []


def outsiders(world: World) -> dict[str, tuple[str, str | None]]:
    owner = (Plane.APP, "alpha", "owner")
    return {
        "no token": ("anonymous", None),
        "no organization": ("nobody", world.token(*owner, organization_id=None)),
        "foreign issuer": ("nobody", world.token(*owner, iss="https://elsewhere.example/realms/tenant")),
        "other plane": ("nobody", world.token(Plane.CONTROL, "alpha", "owner")),
    }


@pytest.mark.parametrize("name", ["no token", "no organization", "foreign issuer", "other plane"])
def test_matrix_of_outsiders(app: Isolation, world: World, name: str) -> None:
    role, token = outsiders(world)[name]
    matrix = run(app.probe("alpha", role, token))
    assert matrix.failures == []
