"""The whole platform in a folder of its own, run as a user runs it, and tenants on it."""

import asyncio
import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psycopg
from psycopg.rows import dict_row

from ananta.demo.client import Person, Session, Signup, choose_password, mail
from ananta.embedded import credentials, processes, run_state
from ananta.settings import ROOT, Plane
from tests.support.collector import Collector

T = TypeVar("T")
DATABASES = {Plane.CONTROL: "arc_saas", Plane.APP: "supabase"}


@dataclass
class Tenant:
    """An active tenant; ``owner`` and the members are signed-in sessions."""

    key: str
    organization_id: str
    tenant_id: str
    owner: Session
    members: dict[str, Session] = field(default_factory=dict)


@dataclass
class Platform:
    """A running stack: ``start`` and ``stop`` are ``bin/ananta up`` and SIGTERM."""

    state_dir: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=processes.free_port)
    collector: Collector = field(default_factory=Collector)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The gateway."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, seconds: float = 90) -> None:
        """Start and wait until it says that it is ready."""
        self.state_dir.mkdir(parents=True, exist_ok=True)
        environment = dict(os.environ) | {
            "ANANTA_STATE_DIR": str(self.state_dir),
            "ANANTA_DEMO_DATA": "off",
            "ANANTA_LEADS_PER_HOUR": "500",
            "PYTHONPATH": str(ROOT),
            **self.environment,
        }
        log = (self.state_dir / "up.log").open("wb")
        command = [sys.executable, "-P", "-m", "ananta", "up", "--port", str(self.port)]
        self._process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=ROOT)
        log.close()
        if not processes.wait_until(self._is_settled, seconds) or self._process.poll() is not None:
            raise AssertionError(f"the platform did not start:\n{(self.state_dir / 'up.log').read_text()}")

    def _is_settled(self) -> bool:
        assert self._process is not None
        return self._process.poll() is not None or "Ctrl-C stops it" in (self.state_dir / "up.log").read_text()

    def stop(self) -> int:
        """SIGTERM and wait; the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self) -> int:
        """Wait for its end, however it came; the exit code."""
        assert self._process is not None
        return self._process.wait(60)

    def service_pid(self, name: str) -> int | None:
        """The process of a service now."""
        state = run_state.load(self.state_dir)
        return next((s.pid for s in state.services if s.name == name), None) if state else None

    def kill(self, name: str) -> None:
        """SIGKILL a service."""
        pid = self.service_pid(name)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

    @cached_property
    def ports(self) -> dict[str, int]:
        """Internal ports by name."""
        return dict(json.loads((self.state_dir / "ports.json").read_text()))

    def dsn(self, plane: Plane, role: str = "postgres") -> str:
        """A connection string into a plane's database."""
        stored = credentials.stored(self.state_dir)
        password = stored["postgres_superuser" if role == "postgres" else role]
        return f"postgresql://{role}:{password}@127.0.0.1:{self.ports['postgres']}/{DATABASES[plane]}"

    def query(self, plane: Plane, statement: str, parameters: tuple[Any, ...] = ()) -> list[dict[str, Any]]:
        """Run something as the superuser: for looking, and for what no interface offers yet."""
        with psycopg.connect(self.dsn(plane), autocommit=True, row_factory=dict_row) as connection:
            cursor = connection.execute(statement.encode(), parameters)
            return cursor.fetchall() if cursor.description else []

    def client(self) -> httpx.AsyncClient:
        """A client at the gateway."""
        return httpx.AsyncClient(base_url=self.url, timeout=30)

    async def sign_up(self, http: httpx.AsyncClient, word: str, plan_id: str = "plan-basic") -> Tenant:
        """A new tenant through the public interfaces, with its owner signed in at the app plane."""
        signup = await self.begin_signup(http, word, plan_id)
        progress = await signup.finished()
        assert progress["status"] == "active", progress
        key = progress["key"]
        letters = await mail(http, signup.person.email, "password", count=2)
        link = next(letter for letter in letters if f"/realms/tenant-{key}/" in letter["links"][0])
        owner = Session(http, f"tenant-{key}", signup.person.email, await choose_password(http, link))
        organization = (await owner.rows("organizations"))[0]
        return Tenant(key, organization["id"], progress["tenantId"], owner)

    async def begin_signup(self, http: httpx.AsyncClient, word: str, plan_id: str = "plan-basic") -> Signup:
        """A verified lead whose tenant is asked for."""
        key = f"{word}-{secrets.token_hex(4)}"
        signup = Signup(http, Person("Ada", "Lovelace", f"ada@{key}.example"), word.title())
        await signup.register()
        letter = (await mail(http, signup.person.email, "verify"))[0]
        await signup.verify(letter["links"][0])
        await signup.create_tenant(key, plan_id)
        return signup

    async def add_member(self, tenant: Tenant, role: str) -> Session:
        """A new member of a role, signed in."""
        http = tenant.owner.http
        email = f"{role}-{secrets.token_hex(3)}@{tenant.key}.example"
        response = await tenant.owner.call("POST", "/api/app/rest/v1/users", json={"email": email, "role": role})
        assert response.status_code == 201, response.text
        letter = (await mail(http, email, "password"))[0]
        session = Session(http, f"tenant-{tenant.key}", email, await choose_password(http, letter))
        await session.rows("organizations")
        tenant.members[role] = session
        return session


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run async work from a test."""
    return asyncio.run(work)
