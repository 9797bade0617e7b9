"""A platform that tests may break, apart from the one that others look at."""

import shutil
from collections.abc import Iterator

import pytest

from ananta.embedded.postgres import EmbeddedPostgres
from tests.support import tallies
from tests.support.faults import FaultyPlatform
from tests.support.importer import Importer, sign_up
from tests.support.platform import run


@pytest.fixture(scope="session")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyPlatform]:
    """The whole platform, running, to be broken."""
    stack = FaultyPlatform(tmp_path_factory.mktemp("faulty") / "state")
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()
        shutil.rmtree(EmbeddedPostgres(stack.state_dir).place, ignore_errors=True)


@pytest.fixture(scope="session")
def importer(faulty: FaultyPlatform, tmp_path_factory: pytest.TempPathFactory) -> Importer:
    """A tenant of it."""
    return run(sign_up(faulty, tmp_path_factory.mktemp("boms")))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How much was tried."""
    tallies.show(terminalreporter)
