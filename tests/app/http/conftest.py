"""What the app plane's HTTP tests share."""

import pytest

from tests.support.platform import Platform
from tests.support.world import World, world_of


@pytest.fixture(scope="session")
def world(platform: Platform) -> World:
    """Two tenants with members of every role."""
    return world_of(platform)
