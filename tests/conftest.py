"""Servers that several test folders share: a throw-away cluster, and the whole platform."""

import os
import secrets
import shutil
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.rows import dict_row

from ananta import database_setup
from ananta.embedded.postgres import EmbeddedPostgres
from ananta.settings import Plane
from tests.support import tallies
from tests.support.collector import collecting
from tests.support.extent import Extent
from tests.support.platform import Platform

PASSWORDS = {
    role: f"password-of-{role}"
    for role in ("ananta_migrator", *(role for roles in database_setup.LOGIN_ROLES.values() for role in roles))
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of ``bin/ananta test`` for what is generated."""
    group = parser.getgroup("ananta")
    group.addoption(
        "--probes",
        choices=("sample", "all"),
        default="sample",
        help="how many of the generated probes and mutants of tenancy run (default: a sample)",
    )
    group.addoption("--probe-seed", type=int, help="the seed of the sample (default: another each time; it is printed)")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How much was tried."""
    tallies.show(terminalreporter)


@pytest.fixture(autouse=True)
def mask() -> Iterator[None]:
    """What a command does to the process's mask ends with its test."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


@pytest.fixture(scope="session")
def extent(request: pytest.FixtureRequest) -> Extent:
    """How much of what is generated this run tries."""
    seed = request.config.getoption("--probe-seed")
    return Extent(request.config.getoption("--probes") == "all", secrets.randbelow(10**6) if seed is None else seed)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The superuser's connection string of a cluster with both databases, migrated and seeded."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("cluster"), durable=False)
    try:
        dsn = server.start()
        database_setup.prepare(dsn, PASSWORDS)
        yield dsn
    finally:
        server.stop()
        shutil.rmtree(server.place, ignore_errors=True)


def _connect(cluster: str, plane: Plane) -> psycopg.Connection[dict[str, object]]:
    dsn = psycopg.conninfo.make_conninfo(cluster, dbname=database_setup.DATABASES[plane])
    return psycopg.connect(dsn, row_factory=dict_row)


@pytest.fixture
def app_db(cluster: str) -> Iterator[psycopg.Connection[dict[str, object]]]:
    """The app plane's database as superuser, in a transaction that is rolled back."""
    with _connect(cluster, Plane.APP) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def control_db(cluster: str) -> Iterator[psycopg.Connection[dict[str, object]]]:
    """The control plane's database as superuser, in a transaction that is rolled back."""
    with _connect(cluster, Plane.CONTROL) as connection:
        yield connection
        connection.rollback()


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The whole platform, running. Only what a caller asks to be traced is traced."""
    with collecting() as collector:
        environment = {
            "ANANTA_TRACES_URL": collector.url,
            "ANANTA_TRACES_RATIO": "0",
            "OTEL_BSP_SCHEDULE_DELAY": "100",
        }
        stack = Platform(tmp_path_factory.mktemp("platform") / "state", environment, collector=collector)
        try:
            stack.start()
            yield stack
        finally:
            stack.stop()
            _remove(stack)


def _remove(stack: Platform) -> None:
    shutil.rmtree(EmbeddedPostgres(stack.state_dir).place, ignore_errors=True)
