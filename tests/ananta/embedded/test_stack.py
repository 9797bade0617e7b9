"""The composed stack: who is told what, and one real run that is hurt, heals, and leaves nothing behind."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import URLError

import pytest

from ananta.demo import logins
from ananta.embedded import control, processes, run_state
from ananta.embedded.errors import EmbeddedError
from ananta.embedded.postgres import EmbeddedPostgres
from ananta.embedded.stack import Stack, ready_paths
from ananta.embedded.supervisor import Service
from ananta.settings import ROOT

SERVICES = ["postgrest-control", "postgrest-app", "edge-control", "edge-app", "issuer", "gateway", "worker"]


CANARY = "canary-0123456789-abcdefghijklmnop"


@pytest.fixture
def others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a person's shell may hold of other servers."""
    (tmp_path / "secret").write_text(f"postgresql://u:{CANARY}@h/d", encoding="ascii")
    for name in ("PGPASSWORD", "PGHOSTADDR", "PGRST_JWT_SECRET", "PGRST_SERVER_HOST", "ANANTA_MIGRATOR_PASSWORD"):
        monkeypatch.setenv(name, CANARY)
    monkeypatch.setenv("ANANTA_IDENTITY_ADMIN_SECRET", CANARY)
    monkeypatch.setenv("ANANTA_CONTROL_WORKER_DATABASE_URL", f"postgresql://u:{CANARY}@h/d")
    for name in ("APP_WORKER_DATABASE_URL", "APP_TOKEN_KEY", "CONTROL_TOKEN_KEY"):
        monkeypatch.setenv(f"ANANTA_{name}_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("ANANTA_BOM_MAX_LINES", "7")


@pytest.fixture
def services(tmp_path: Path, others: None) -> Iterator[dict[str, Service]]:
    stack = Stack(tmp_path / "state", 27500, say=lambda _: None)
    try:
        steps = [step for step in stack.steps() if not callable(step)]
        yield {service.name: service for step in steps for service in step}
    finally:
        stack.postgres.destroy()


def told(service: Service) -> set[str]:
    """The secrets among a process's settings."""
    kinds = ("_DATABASE_URL", "_SECRET", "_PASSWORD", "_KEY_FILE", "_URL_FILE")
    return {name for name in service.environment if name.startswith("ANANTA_") and name.endswith(kinds)}


def test_each_process_knows_only_its_own_secrets(services: dict[str, Service]) -> None:
    assert list(services) == ["postgres", *SERVICES]
    expected = {
        "edge-control": {"CONTROL_EDGE_DATABASE_URL", "CONTROL_TOKEN_KEY_FILE", "WEBHOOK_SECRET"},
        "edge-app": {"APP_EDGE_DATABASE_URL", "APP_TOKEN_KEY_FILE", "WEBHOOK_SECRET", "GATEWAY_WEBHOOK_SECRET"},
        "issuer": {"IDENTITY_ADMIN_SECRET"},
        "gateway": {"GATEWAY_WEBHOOK_SECRET"},
        "worker": {
            "CONTROL_WORKER_DATABASE_URL",
            "APP_WORKER_DATABASE_URL",
            "WEBHOOK_SECRET",
            "IDENTITY_ADMIN_SECRET",
        },
        "postgres": set(),
        "postgrest-app": set(),
    }
    for name, names in expected.items():
        assert told(services[name]) == {f"ANANTA_{each}" for each in names}, name
    for name, service in services.items():
        assert [variable for variable in service.environment if variable.startswith("PG")] == [], name
        assert CANARY not in "".join(service.environment.values()), name
        assert ("ANANTA_BOM_MAX_LINES" in service.environment) is (name != "postgres")
    assert services["edge-app"].environment["ANANTA_LISTEN"].count("127.0.0.1:") == 3
    assert "127.0.0.1" in services["gateway"].environment["NO_PROXY"]
    passwords = json.loads((services["postgrest-app"].working_dir / "secrets.json").read_text(encoding="utf-8"))
    shown = [argument for service in services.values() for argument in service.command]
    assert not [secret for secret in passwords.values() if any(secret in argument for argument in shown)]


class OnlyHealth(BaseHTTPRequestHandler):
    """A process that answers, and can do nothing of what it is for."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health" else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_a_process_that_only_answers_is_not_ready(tmp_path: Path) -> None:
    stack = Stack(tmp_path / "state", processes.free_port(), say=lambda _: None)
    (tmp_path / "state").mkdir()
    asked = {name: listeners for name, listeners, _ in ready_paths()}
    assert asked.keys() == set(SERVICES) - {"worker"}
    with ExitStack() as servers:
        for listener in {each for listeners in asked.values() for each in listeners}:
            server = servers.enter_context(ThreadingHTTPServer(("127.0.0.1", stack._port(listener)), OnlyHealth))
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
            servers.callback(server.shutdown)
        assert [name for name in asked if asyncio.run(stack._probe(name)())] == []


def test_production_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANANTA_ENV", "production")
    with pytest.raises(EmbeddedError):
        Stack(tmp_path, 27500, say=lambda _: None).run(lambda: None)
    assert not list(tmp_path.iterdir())


def start_detached(state_dir: Path, port: int) -> None:
    """`up --detach`; it shows the demo's logins to whoever asked, and no log has their passwords."""
    done = command(state_dir, "up", "--detach", "--port", str(port))
    assert done.returncode == 0, done.stderr
    passwords = [login["password"] for login in logins.known(state_dir)]
    assert len(passwords) == 3
    assert [password for password in passwords if password not in done.stdout] == []
    written = {path.name: path.read_text(encoding="utf-8") for path in (state_dir / "logs").iterdir()}
    assert "ananta: ready in" in written["supervisor.log"]
    assert [name for name, text in written.items() if any(password in text for password in passwords)] == []


@contextmanager
def running(state_dir: Path, port: int) -> "Iterator[subprocess.Popen[bytes]]":
    """The real command, in a state folder of its own."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "ANANTA_STATE_DIR": str(state_dir)}
    with (state_dir / "up.log").open("ab") as output:
        command = [sys.executable, "-P", "-m", "ananta", "up", "--port", str(port)]
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment)
    try:
        ready = processes.wait_until(lambda: process.poll() is not None or is_ready(state_dir), 90, pause=0.1)
        assert ready, (state_dir / "up.log").read_text(encoding="utf-8")
        assert process.poll() is None, (state_dir / "up.log").read_text(encoding="utf-8")
        yield process
    finally:
        process.terminate()
        process.wait(60)


def is_ready(state_dir: Path) -> bool:
    state = run_state.load(state_dir)
    return state is not None and state.is_ready and state.is_alive()


def answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
            return bool(response.status == 200)
    except URLError:
        return False


def services_of(state_dir: Path) -> dict[str, run_state.ServiceState]:
    state = run_state.load(state_dir)
    return {} if state is None else {service.name: service for service in state.services}


def is_whole(state_dir: Path) -> bool:
    found = services_of(state_dir).values()
    return all(service.state == run_state.RUNNING and service.is_alive() for service in found)


def command(state_dir: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Another command of the same checkout."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "ANANTA_STATE_DIR": str(state_dir)}
    words = [sys.executable, "-P", "-m", "ananta", *arguments]
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=False)


def problems(done: "subprocess.CompletedProcess[str]") -> set[str]:
    """The checks in which the doctor saw something wrong; each says what to do."""
    answer = json.loads(done.stdout)
    found = [finding for finding in answer["findings"] if finding["state"] == "problem"]
    assert all(finding["do"] for finding in found)
    assert answer["ok"] is (not found)
    assert done.returncode == (1 if found else 0)
    return {finding["check"] for finding in found}


def kill_everything(state_dir: Path) -> None:
    """The supervisor, its services and every backend, at once, as the kernel does when memory is short."""
    state = run_state.load(state_dir)
    assert state is not None
    backends = list(processes.postgres_in(EmbeddedPostgres(state_dir, port=1).data_dir))
    for pid in [state.pid, *(service.pid or 0 for service in state.services), *backends]:
        if pid:
            processes.signal_quietly(pid, signal.SIGKILL)


def test_a_run_heals_and_leaves_nothing(tmp_path: Path) -> None:
    port = processes.free_port()
    public = ["/health", "/api/control/rest/v1/plans", "/auth/realms/arc-saas/.well-known/openid-configuration"]
    try:
        start_detached(tmp_path, port)
        assert [path for path in public if not answers(port, path)] == []
        before = services_of(tmp_path)
        for service in before.values():
            if service.pid is not None:
                os.kill(service.pid, signal.SIGKILL)
        processes.wait_until(lambda: all(s.restarts for s in services_of(tmp_path).values()), 30, pause=0.1)
        assert processes.wait_until(lambda: is_whole(tmp_path), 60, pause=0.1), services_of(tmp_path)
        assert processes.wait_until(lambda: all(answers(port, path) for path in public), 30, pause=0.2)
        after = services_of(tmp_path)
        assert all(after[name].pid != before[name].pid for name in before)
        assert None not in {service.exit_code for service in after.values()}
        assert command(tmp_path, "up", "--detach").returncode == 1  # and does the first no harm
        assert command(tmp_path, "status").returncode == 0
        kill_everything(tmp_path)
        assert processes.wait_until(lambda: not is_ready(tmp_path), 10)
        assert command(tmp_path, "status").returncode == 3
        examined = command(tmp_path, "doctor", "--json", "--port", str(port))
        assert problems(examined) == {"processes"}

        began = time.monotonic()
        with running(tmp_path, port) as process:
            print(f"start after a kill of everything: {time.monotonic() - began:.1f} s")
            assert is_whole(tmp_path)
            assert problems(command(tmp_path, "doctor", "--json")) == set()
            opened = [path for path in tmp_path.rglob("*") if path.lstat().st_mode & 0o077 and path.name != "up.log"]
            assert opened == []
            after = services_of(tmp_path)
        assert process.returncode == 0
        assert run_state.load(tmp_path) is None
        assert not [service.name for service in after.values() if service.is_alive()]
        stopped = command(tmp_path, "doctor", "--json", "--port", str(port))
        assert (stopped.returncode, problems(stopped)) == (0, set())
    finally:
        command(tmp_path, "down")
        left = control.reset(tmp_path)
    assert left == ["up.log"]
