"""What the control plane's HTTP tests share."""

from collections.abc import Iterator

import pytest

from ananta.settings import Plane
from tests.support.platform import Platform
from tests.support.world import World, world_of


@pytest.fixture(scope="session")
def world(platform: Platform) -> World:
    """Two tenants with members of every role."""
    return world_of(platform)


@pytest.fixture
def full_allowance(platform: Platform) -> Iterator[None]:
    """All tests call from one address: those that sign up begin and end as if nobody had called before."""
    platform.query(Plane.CONTROL, "delete from private.rate_limits")
    yield
    platform.query(Plane.CONTROL, "delete from private.rate_limits")
