"""``bin/ananta`` as a script: what it is made of, and that it finds its checkout from anywhere."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ananta.settings import ROOT

SCRIPT = ROOT / "bin" / "ananta"
LOCK = ROOT / "requirements-dev.lock"


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    """A state folder whose environment is the one the tests run in, so that nothing is installed."""
    stamp = Path(sys.prefix) / f".{LOCK.name}"
    npm_stamp = ROOT / "node_modules" / ".ananta-lock"
    if not stamp.is_file() or stamp.read_bytes() != LOCK.read_bytes() or not npm_stamp.is_file():
        pytest.skip("this environment was not made by bin/ananta")
    folder = tmp_path / "state folder"
    folder.mkdir()
    (folder / "venv").symlink_to(sys.prefix)
    return folder


def run(script: Path, *arguments: str, state_dir: Path) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"ANANTA_STATE_DIR": str(state_dir), "COLUMNS": "120"}
    return subprocess.run(
        [script, *arguments], capture_output=True, text=True, check=False, env=environment, cwd=state_dir.parent
    )


def test_shell_reads_it() -> None:
    subprocess.run(["sh", "-n", SCRIPT], check=True)
    assert os.access(SCRIPT, os.X_OK)


def test_no_index_is_named() -> None:
    for path in (SCRIPT, *sorted((ROOT / "bin").glob("*.lock"))):
        assert not re.search(r"https?://", path.read_text(encoding="utf-8")), path


def test_runs_through_links_and_spaces_without_delay(tmp_path: Path, state_dir: Path) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    (folder / "real").symlink_to(SCRIPT)
    (folder / "link").symlink_to("real")
    began = time.monotonic()
    done = run(folder / "link", "status", state_dir=state_dir)
    assert time.monotonic() - began < 10
    assert (done.returncode, done.stderr) == (3, "ananta: not running\n")


def test_arguments_reach_pytest_as_they_are(state_dir: Path) -> None:
    done = run(
        SCRIPT,
        "test",
        "--collect-only",
        "-q",
        str(Path(__file__)),
        "-k",
        "no_such_test_a or no_such_test_b",
        state_dir=state_dir,
    )
    assert "deselected" in done.stdout
    assert done.returncode == 5


def executable(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def test_packages_of_the_clients_are_for_the_commands_that_need_them(tmp_path: Path) -> None:
    checkout, state, path = tmp_path / "checkout", tmp_path / "state", tmp_path / "path"
    for name in ("bin/ananta", "requirements.lock", "package-lock.json", "clients/package-lock.json"):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, checkout / name)
    (checkout / "node_modules").mkdir()
    shutil.copy(checkout / "package-lock.json", checkout / "node_modules" / ".ananta-lock")
    executable(state / "venv" / "bin" / "python", 'echo "ran $4"')
    shutil.copy(checkout / "requirements.lock", state / "venv" / ".requirements.lock")
    executable(path / "node", "exit 0")
    executable(path / "npm", 'echo "npm $1 in $(basename "$PWD")"; mkdir node_modules')

    def output(command: str) -> str:
        environment = {"PATH": f"{path}:{os.environ['PATH']}", "HOME": str(tmp_path), "ANANTA_STATE_DIR": str(state)}
        done = subprocess.run(
            [checkout / "bin" / "ananta", command], capture_output=True, text=True, check=True, env=environment
        )
        return done.stderr + done.stdout

    assert output("up") == "ran up\n"
    first = output("types")
    assert "npm ci in clients\n" in first
    assert first.endswith("ran types\n")
    assert output("types") == "ran types\n"
    assert output("meta") == "ran meta\n"


def test_who_waits_for_a_set_up_is_told_its_lock(tmp_path: Path) -> None:
    lock = tmp_path / "setup.lock"
    lock.mkdir()
    (lock / "pid").write_text(f"{os.getpid()}\n", encoding="ascii")  # alive, and no set-up
    environment = os.environ | {"ANANTA_STATE_DIR": str(tmp_path)}
    with subprocess.Popen([SCRIPT, "status"], stderr=subprocess.PIPE, text=True, env=environment) as waiting:
        assert waiting.stderr is not None
        try:
            said = waiting.stderr.readline()
        finally:
            waiting.terminate()
    assert f"(process {os.getpid()}; if it is none, remove {lock})" in said
