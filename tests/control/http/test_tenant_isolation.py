"""Nobody sees, counts or changes another tenant's rows; members, operators and the public do what they may."""

from collections.abc import Iterator

import pytest

from ananta.settings import Plane
from tests.support.isolation import Isolation, isolation
from tests.support.platform import run
from tests.support.world import ROLES, World


@pytest.fixture(scope="module")
def control(world: World) -> Iterator[Isolation]:
    with isolation(world, Plane.CONTROL) as made:
        yield made


@pytest.mark.parametrize(("role", "word"), [*((role, "alpha") for role in ROLES), ("owner", "beta")])
def test_matrix_of_members(control: Isolation, world: World, role: str, word: str) -> None:
    matrix = run(
        control.probe(
            word, role, world.token(Plane.CONTROL, word, role), gateway=world.platform.url if role == "owner" else None
        )
    )
    assert matrix.failures == []


@pytest.mark.parametrize("word", ["alpha", "beta"])
def test_matrix_of_operators(control: Isolation, world: World, word: str) -> None:
    matrix = run(control.probe(word, "operator", world.operator_token()))
    assert matrix.failures == []


def outsiders(world: World) -> dict[str, tuple[str, str | None]]:
    owner = (Plane.CONTROL, "alpha", "owner")
    return {
        "no token": ("anonymous", None),
        "no tenant": ("nobody", world.token(*owner, tenantId=None)),
        "foreign issuer": ("nobody", world.token(*owner, iss="https://elsewhere.example/realms/arc-saas")),
        "other plane": ("nobody", world.token(Plane.APP, "alpha", "owner")),
    }


@pytest.mark.parametrize("name", ["no token", "no tenant", "foreign issuer", "other plane"])
def test_matrix_of_outsiders(control: Isolation, world: World, name: str) -> None:
    role, token = outsiders(world)[name]
    matrix = run(control.probe("alpha", role, token))
    assert matrix.failures == []
