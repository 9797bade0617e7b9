"""What the tests of the clients share: a tenant as `up` makes it for demos, and the programs of clients/."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ananta.demo import DEFAULT_BOM
from ananta.embedded.binaries import node_program
from ananta.embedded.errors import EmbeddedError
from ananta.settings import ROOT, get_settings
from tests.support.platform import Platform, Tenant, run
from tests.support.world import World, world_of

PACKAGES = ROOT / "clients" / "node_modules"


@pytest.fixture(scope="session")
def world(platform: Platform) -> World:
    """Two tenants with members of every role, and an operator."""
    return world_of(platform)


@pytest.fixture(scope="session")
def company(platform: Platform) -> Tenant:
    """A tenant with the BOM of the demo, matched, on a plan that has every feature its programs use."""

    async def make() -> Tenant:
        async with platform.client() as http:
            tenant = await platform.sign_up(http, "clients", "plan-professional")
            bom = await tenant.owner.upload(DEFAULT_BOM)
            assert [changed["status"] async for changed in tenant.owner.watch(bom["id"])][-1] == "ready"
            return tenant

    return run(make())


@pytest.fixture
def environment(platform: Platform, company: Tenant) -> dict[str, str]:
    """What docs/CLIENTS.md has people export, for the owner of the tenant."""

    async def fresh() -> str:
        async with platform.client() as http:
            company.owner.http = http
            await company.owner.sign_in()
            return company.owner.token

    return {**os.environ, "BASE": platform.url, "TOKEN": run(fresh())}


@pytest.fixture(scope="session")
def node() -> Callable[..., list[str]]:
    """The command that runs a program of Node with the packages of clients/."""
    try:
        program: Path | None = node_program(get_settings().state_dir)
    except EmbeddedError:
        program = None
    if program is None or not (PACKAGES / ".ananta-lock").is_file():
        reason = "Node or the packages of clients/ are not installed; bin/ananta test installs both and runs this"
        if os.environ.get("ANANTA_CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    # supabase-js makes its realtime client at once, which wants a WebSocket: Node 20 has one behind this option.
    return lambda *arguments: [str(program), "--experimental-websocket", *map(str, arguments)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in which Node finds the packages of clients/."""
    (tmp_path / "node_modules").symlink_to(PACKAGES)
    return tmp_path
