"""Arrangements: an issuer with one tenant realm, over its own state folder."""

import shutil
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import anyio
import httpx
import pytest
import structlog.testing
from fastapi import FastAPI
from pydantic import SecretStr

from ananta.settings import Settings
from ananta.standins.issuer.app import create_app
from tests.support.standins import ADMIN_SECRET, ORIGIN, Clock, make_realm


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Log lines are not printed; those of faults would show every local variable."""
    with structlog.testing.capture_logs():
        yield


def settings_for(state_dir: Path) -> Settings:
    return Settings(state_dir=state_dir, public_url=ORIGIN, identity_admin_secret=SecretStr(ADMIN_SECRET))


def client_of(app: FastAPI, headers: dict[str, str] | None = None) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN, headers=headers)


@pytest.fixture(scope="session")
def first_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder after the first start with a realm ``tenant-acme``: RSA keys take long, so they are made once."""
    state = tmp_path_factory.mktemp("issuer-state")
    app = create_app(settings_for(state))

    async def prepare() -> None:
        async with client_of(app, {"Authorization": f"Bearer {ADMIN_SECRET}"}) as client:
            assert (await make_realm(client)).status_code == 201

    anyio.run(prepare)
    app.state.issuer.store.close()
    return state


@pytest.fixture
def settings(first_state: Path, tmp_path: Path) -> Settings:
    state = tmp_path / "state"
    shutil.copytree(first_state, state)
    return settings_for(state)


@pytest.fixture
def clock() -> Clock:
    return Clock(now=time.time())


@pytest.fixture
def app(settings: Settings, clock: Clock) -> Iterator[FastAPI]:
    app = create_app(settings, clock)
    yield app
    app.state.issuer.store.close()


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser, or a program without rights."""
    async with client_of(app) as client:
        yield client


@pytest.fixture
async def admin(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """The platform's worker."""
    async with client_of(app, {"Authorization": f"Bearer {ADMIN_SECRET}"}) as client:
        yield client
