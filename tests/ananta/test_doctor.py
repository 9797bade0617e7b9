"""The doctor sees what is wrong, says what to do about it, and says nothing where nothing is."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ananta.doctor import keys, machine
from ananta.doctor.findings import Finding, State
from ananta.embedded import credentials, disk, run_state, token_keys
from ananta.embedded.postgres import PASSWORD_NAME
from ananta.settings import ROOT, Plane
from tests.support.platform import Platform


def wrong(findings: Iterator[Finding]) -> dict[str, str]:
    """What each check that found something says; each of them also says what to do."""
    found = [finding for finding in findings if finding.state is State.PROBLEM]
    assert all(finding.do for finding in found)
    return {finding.check: finding.says for finding in found}


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    credentials.ensure(tmp_path, ["app_worker"])
    for plane in Plane:
        token_keys.ensure(tmp_path, plane)
    return tmp_path


def test_keys_as_they_are_made_are_right(state_dir: Path) -> None:
    assert wrong(keys.keys(state_dir)) == {}
    assert [finding.state for finding in keys.keys(state_dir / "none yet")] == [State.SKIPPED]


def test_keys_that_others_read_are_weak_or_differ_are_found(state_dir: Path) -> None:
    (app, app_public), (control, _) = (token_keys.files(state_dir, plane) for plane in (Plane.APP, Plane.CONTROL))
    app.chmod(0o644)
    (state_dir / credentials.FILE_NAME).write_text('{"app_worker": "short"}', encoding="ascii")
    found = wrong(keys.keys(state_dir))
    assert found.keys() == {"secrets", "app keys"}
    assert "app_worker" in found["secrets"]
    assert found["app keys"] == f"others may read {app} (mode 644)"
    app.chmod(0o600)
    app_public.write_bytes(token_keys.files(state_dir, Plane.CONTROL)[1].read_bytes())
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - it is to be found
    pem = weak.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    control.write_bytes(pem)
    found = wrong(keys.keys(state_dir))
    assert "1024 bits" in found["control keys"]
    assert "not the public half" in found["app keys"]
    control.unlink()
    (state_dir / credentials.FILE_NAME).unlink()
    assert {"secrets", "control keys"} <= wrong(keys.keys(state_dir)).keys()


def test_nobody_is_told_to_remove_the_password_that_opens_the_data(state_dir: Path) -> None:
    for stored in ({PASSWORD_NAME: "short"}, {PASSWORD_NAME: "short", "app_worker": "short", "app_edge": "x" * 24}):
        (state_dir / credentials.FILE_NAME).write_text(json.dumps(stored), encoding="ascii")
        found = next(keys.keys(state_dir))
        assert PASSWORD_NAME in found.says
        assert "never remove postgres_superuser: while the platform runs, change it in the database" in found.do
        assert ("remove app_worker from" in found.do) is ("app_worker" in stored)


def test_a_clock_that_jumps_or_went_back_is_found(state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert wrong(machine.clock(state_dir)) == {}
    os.utime(state_dir / credentials.FILE_NAME, (time.time() + 3600, time.time() + 3600))
    assert "went back" in wrong(machine.clock(state_dir))["clock"]
    moments = iter([time.time(), time.time() + 30])
    with monkeypatch.context() as patched:
        patched.setattr(time, "time", lambda: next(moments))
        assert "moved" in wrong(machine.clock(state_dir))["clock"]
        patched.setattr(time, "time", lambda: 0.0)
        assert "1970" in wrong(machine.clock(state_dir))["clock"]


def test_a_taken_port_and_a_short_disk_are_found(state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert wrong(machine.gateway_port(None, port)).keys() == {"ports"}
    assert wrong(machine.gateway_port(None, port)) == {}
    assert wrong(machine.disk_space(state_dir)) == {}
    monkeypatch.setattr(disk, "LOW_BYTES", 2**60)
    assert wrong(machine.disk_space(state_dir)).keys() == {"disk"}


def test_programs_that_are_too_old_or_missing_are_found(state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert wrong(machine.versions(state_dir)) == {}
    monkeypatch.setattr(machine, "OLDEST_POSTGREST", 99)
    monkeypatch.setattr(machine, "OLDEST_PYTHON", (99, 0))
    old = state_dir / "old-node"
    old.write_text("#!/bin/sh\necho v10.1.0\n", encoding="ascii")
    old.chmod(0o755)
    monkeypatch.setattr(machine, "node_program", lambda _: old)
    assert wrong(machine.versions(state_dir)).keys() == {"python", "postgrest", "node"}


def test_what_an_earlier_run_left_is_found(state_dir: Path) -> None:
    assert wrong(machine.services(state_dir, None)) == {}
    left = run_state.ServiceState("worker", pid=os.getpid(), started="another start")
    gone = run_state.RunState(pid=1, started="long ago", services=[left])
    assert "nothing" in wrong(machine.services(state_dir, gone))["processes"]


@contextmanager
def planted(platform: Platform) -> Iterator[None]:
    """A fault of each kind that a database, a store or a process can have."""
    stopped = [pid for name in ("worker", "edge-app") if (pid := platform.service_pid(name))]
    assert len(stopped) == 2  # and none is 0, which is the test run itself
    orphan = platform.state_dir / "files" / str(uuid.uuid4()) / ("0" * 64)
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"nobody's")
    os.utime(orphan, (0, 0))
    try:
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        platform.query(Plane.APP, "select pgmq.send('bom_suggestions', '{\"planted\": true}', -300)")
        platform.query(Plane.APP, "create function private.planted() returns int language sql as 'select 1'")
        platform.query(
            Plane.CONTROL,
            "insert into private.dead_letters (queue, message_id, message, attempt_count, error)"
            " values ('planted', 1, '{}', 1, 'planted')",
        )
        platform.query(
            Plane.CONTROL,
            "set session_replication_role = replica; insert into tenant_management.workflows"
            " (id, tenant_id, name, status, input) values ('planted', gen_random_uuid(), 'planted', 'halted', '{}')",
        )
        yield
    finally:
        platform.query(Plane.APP, "delete from pgmq.q_bom_suggestions where message ? 'planted'")
        platform.query(Plane.APP, "drop function if exists private.planted()")
        platform.query(Plane.CONTROL, "delete from private.dead_letters where queue = 'planted'")
        platform.query(
            Plane.CONTROL,
            "set session_replication_role = replica; delete from tenant_management.workflows where id = 'planted'",
        )
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
        orphan.unlink(missing_ok=True)
        orphan.parent.rmdir()


def test_faults_of_a_running_platform_are_found(platform: Platform) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "ANANTA_STATE_DIR": str(platform.state_dir)}
    command = [sys.executable, "-P", "-m", "ananta", "doctor", "--json"]
    with planted(platform):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    found = wrong(
        Finding(**(finding | {"state": State(finding["state"])})) for finding in json.loads(done.stdout)["findings"]
    )
    assert "bom_suggestions: 1 messages, 1 wait in sight" in found["app queues"]
    assert "planted: 1" in found["control dead letters"]
    assert "private.planted" in found["app migrations"]
    assert found["edge-app"] == "runs, and does not answer as it should"
    assert found["workflows"].endswith(" halted")
    assert "without a row" in found["files"]
