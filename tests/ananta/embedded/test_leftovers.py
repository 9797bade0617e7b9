"""What a server left is ended; what only looks like it is left alone."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ananta.doctor import machine
from ananta.embedded import leftovers, postgres, processes

SLEEP = "/bin/sleep"


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of a state folder, with the lock file of a server."""
    monkeypatch.setattr(postgres, "ROOT_PLACES", tmp_path / "places")
    folder = postgres.EmbeddedPostgres(tmp_path, port=1).data_dir
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def started() -> Iterator[ExitStack]:
    """Processes that end with the test."""
    with ExitStack() as stack:
        yield stack


def sleeper(started: ExitStack, data_dir: Path, name: str) -> "subprocess.Popen[bytes]":
    """A process in the data folder, named in its lock file."""
    process = started.enter_context(subprocess.Popen([name, "600"], executable=SLEEP, cwd=data_dir))
    started.callback(process.kill)
    (data_dir / "postmaster.pid").write_text(f"{process.pid}\n", encoding="ascii")
    return process


@pytest.mark.parametrize("system", ["linux", "darwin"])
def test_another_program_in_the_data_folder_is_left_alone(
    data_dir: Path, started: ExitStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    process = sleeper(started, data_dir, f"tail -f {data_dir}/postgres.log")
    monkeypatch.setattr(sys, "platform", system)
    (finding,) = machine.services(tmp_path, None)
    assert "nothing is left" in finding.says
    leftovers.clear(data_dir)
    assert process.poll() is None
    assert not (data_dir / "postmaster.pid").exists()


def test_a_server_is_known_by_its_command_where_there_is_no_proc(
    data_dir: Path, started: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = sleeper(started, data_dir, f"/bin/postgres -D {data_dir} -c")
    monkeypatch.setattr(sys, "platform", "darwin")
    leftovers.clear(data_dir)
    assert process.wait(5) < 0
    assert not (data_dir / "postmaster.pid").exists()


def test_a_start_is_told_in_the_same_words_in_every_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "ps"
    program.write_text('#!/bin/sh\necho "S $LC_ALL $TZ"\n', encoding="ascii")
    program.chmod(0o755)
    monkeypatch.setattr(os, "defpath", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert processes.started_at(1) == "C UTC"


def test_a_signal_to_a_process_of_another_user_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", refuse)
    processes.signal_quietly(1, 15)
