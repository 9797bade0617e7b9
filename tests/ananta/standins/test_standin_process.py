"""The issuer as a real process: readiness, a login over TCP, SIGKILL and restart, SIGTERM, and its refusals."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from ananta.settings import ROOT
from ananta.standins.login import login, refresh
from tests.support.standins import ADMIN_SECRET, CLIENT, PASSWORD, make_member, make_realm

COMMAND = [sys.executable, "-W", "error", "-m", "ananta.standins.issuer"]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def environment(state: Path, port: int, **changes: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("ANANTA_")}
    return {
        **own,
        "PYTHONPATH": str(ROOT),
        "ANANTA_STATE_DIR": str(state),
        "ANANTA_LISTEN": f"127.0.0.1:{port}",
        "ANANTA_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "ANANTA_IDENTITY_ADMIN_SECRET": ADMIN_SECRET,
        **changes,
    }


@contextmanager
def running(state: Path, port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as output:
        process = subprocess.Popen(COMMAND, env=environment(state, port), stdout=output, stderr=output)
    try:
        wait_until_ready(process, port)
        yield process
    finally:
        process.kill()
        process.wait(30)


def wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health").json() == {"status": "ok"}:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    pytest.fail(f"The issuer is not ready: {process.poll()}")


@pytest.mark.anyio
async def test_login_survives_sigkill_and_sigterm_ends_with_zero(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    origin = f"http://127.0.0.1:{port}"
    issuer, callback = f"{origin}/auth/realms/tenant-acme", "http://127.0.0.1:4711/callback"
    headers = {"Authorization": f"Bearer {ADMIN_SECRET}"}
    with running(tmp_path / "a b", port, log) as process:
        async with httpx.AsyncClient(base_url=origin) as http:
            async with httpx.AsyncClient(base_url=origin, headers=headers) as admin:
                await make_realm(admin)
                await make_member(admin, http, "ada@acme.example")
            tokens = await login(http, issuer, CLIENT, callback, "ada@acme.example", PASSWORD)
        process.send_signal(signal.SIGKILL)
        process.wait(30)
    with running(tmp_path / "a b", port, log) as process:
        async with httpx.AsyncClient(base_url=origin) as http:
            renewed = await refresh(http, issuer, CLIENT, tokens.refresh_token)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    written = log.read_text()
    assert "development_stand_in" in written
    for secret in (PASSWORD, ADMIN_SECRET, renewed.access_token, "key=", "code="):
        assert secret not in written


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ANANTA_ENV": "production"}, "does not run with ANANTA_ENV=production"),
        ({"ANANTA_IDENTITY_ADMIN_SECRET": ""}, "ANANTA_IDENTITY_ADMIN_SECRET is not set"),
        ({"ANANTA_LISTEN": "8180"}, "ANANTA_LISTEN is '8180'; it must be host:port"),
    ],
)
def test_refuses_to_start(tmp_path: Path, changes: dict[str, str], sentence: str) -> None:
    ended = subprocess.run(
        COMMAND,
        env=environment(tmp_path, free_port(), **changes),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr


def test_production_leaves_no_trace(tmp_path: Path) -> None:
    refused = environment(tmp_path / "state", free_port(), ANANTA_ENV="production")
    subprocess.run(COMMAND, env=refused, capture_output=True, timeout=60, check=False)
    assert not (tmp_path / "state").exists()
