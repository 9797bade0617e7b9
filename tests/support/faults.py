"""A platform whose processes a test kills, and looks into the stores themselves: what was made, and how often."""

import asyncio
import os
import secrets
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psycopg
from psycopg.rows import dict_row

from ananta.demo.client import Person, Signup, StepFailedError, mail
from ananta.embedded import processes
from ananta.settings import ROOT, Plane, Settings
from ananta.standins.issuer.context import FILE_NAME as ISSUER_FILE
from ananta.standins.login import LoginFailedError
from ananta.standins.mailbox import Mailbox, StoredMessage
from edge_api.tokens import PlatformTokens
from tests.support.platform import Platform

T = TypeVar("T")
Json = dict[str, Any]

STEPS = ("createIdpUser", "createIdpRealm", "provisionAppPlane", "sendWelcomeEmail")
MOMENTS = ("before", "after")
IMPORT_FAILPOINTS = (
    "bom.parse.before",
    "bom.lines.before",
    "bom.parse.after",
    "bom.match.before",
    "bom.suggest.before",
)
FAILPOINTS = (
    *(f"{action}.{step}.{moment}" for action in ("do", "undo") for step in STEPS for moment in MOMENTS),
    *IMPORT_FAILPOINTS,
)
QUEUES = {
    Plane.CONTROL: ("workflows", "notifications", "webhooks"),
    Plane.APP: ("identities", "notifications", "webhooks", "bom_imports", "bom_suggestions"),
}

ONCE = {
    "users in arc-saas": 1,
    "realms": 1,
    "owners in the realm": 1,
    "verification mails": 1,
    "set-password mails of arc-saas": 1,
    "set-password mails of the realm": 1,
    "welcome mails": 1,
    "organizations": 1,
    "owners": 1,
    "default projects": 1,
    "preferences": 4,
    "memberships": 1,
}
_PASSING = (StepFailedError, LoginFailedError, httpx.TransportError, psycopg.OperationalError)


@dataclass
class Run:
    """A tenant on its way: who asked for it, and the workflow that makes it."""

    key: str
    tenant_id: str
    signup: Signup

    @property
    def workflow_id(self) -> str:
        """The id of its provisioning."""
        return f"provision-tenant-{self.tenant_id}"

    @property
    def email(self) -> str:
        """The address of its owner."""
        return self.signup.person.email


@dataclass
class FaultyPlatform(Platform):
    """A platform to break: its failpoints are off until armed, its supervisor is quick, its tries are short."""

    _looking: dict[Plane, psycopg.Connection[Json]] = field(default_factory=dict)

    def start(self, seconds: float = 90) -> None:
        """Start and wait until it says that it is ready."""
        markers = self.state_dir / "failpoints"
        markers.mkdir(parents=True)
        for name in FAILPOINTS:
            (markers / name).touch()
        environment = dict(os.environ) | {
            "ANANTA_STATE_DIR": str(self.state_dir),
            "ANANTA_DEMO_DATA": "off",
            "ANANTA_LEADS_PER_HOUR": "500",
            "ANANTA_WORKER_VISIBILITY_SECONDS": "2",
            "ANANTA_WORKER_STEP_BACKOFF_SECONDS": "0.02",
            "ANANTA_WORKER_BREAKER_SECONDS": "0.02",
            "ANANTA_BOM_MAX_BYTES": str(2 * 1024 * 1024),
            "ANANTA_BOM_MAX_LINES": "8000",
            "ANANTA_FAILPOINT": ",".join(f"{name}@{markers / name}" for name in FAILPOINTS),
            "PYTHONPATH": str(ROOT),
            **self.environment,
        }
        command = [sys.executable, "-P", "-m", "tests.support.quick_up", "up", "--port", str(self.port)]
        with (self.state_dir / "up.log").open("wb") as log:
            self._process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=ROOT)
        if not processes.wait_until(self._is_settled, seconds) or self._process.poll() is not None:
            raise AssertionError(f"the platform did not start:\n{(self.state_dir / 'up.log').read_text()}")

    def arm(self, *names: str) -> None:
        """The worker dies the next time it reaches one of these; each once."""
        for name in names:
            (self.state_dir / "failpoints" / name).unlink()

    def struck(self, *names: str) -> list[str]:
        """Those that the worker died at."""
        return [name for name in names if (self.state_dir / "failpoints" / name).exists()]

    def kill(self, name: str) -> None:
        """SIGKILL a service; one that is starting again at this moment is waited for."""
        assert processes.wait_until(lambda: self.service_pid(name) is not None, 30)
        pid = self.service_pid(name)
        assert pid is not None
        processes.signal_quietly(pid, signal.SIGKILL)

    def look(self, plane: Plane, statement: str, parameters: tuple[Any, ...] = ()) -> list[Json]:
        """A query of the superuser, asked again while the server comes back."""
        end = time.monotonic() + 45
        while True:
            try:
                if plane not in self._looking:
                    self._looking[plane] = psycopg.connect(self.dsn(plane), autocommit=True, row_factory=dict_row)
                cursor = self._looking[plane].execute(statement.encode(), parameters)
                return cursor.fetchall() if cursor.description else []
            except psycopg.OperationalError:
                self._stop_looking()
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def _stop_looking(self) -> None:
        for connection in self._looking.values():
            connection.close()
        self._looking.clear()

    def stop(self) -> int:
        """SIGTERM and wait; the exit code."""
        self._stop_looking()
        return super().stop()

    # Tenants

    async def ask_for_tenant(
        self, http: httpx.AsyncClient, word: str, person: Person | None = None, plan_id: str = "plan-professional"
    ) -> Run:
        """A verified lead whose tenant is asked for; holds out while servers come back."""
        key = f"{word}-{secrets.token_hex(3)}"
        person = person or Person("Ada", "Lovelace", f"ada@{key}.example")
        return await self.create_tenant(await self.verified_lead(http, person, f"Company {key}"), key, plan_id)

    async def verified_lead(self, http: httpx.AsyncClient, person: Person, company: str) -> Signup:
        """A lead who has opened the mailed link; one person may come several times."""
        signup = Signup(http, person, company)
        before = len(self.mails(person.email, "verify"))
        await signup.register()
        letters = await mail(http, person.email, "verify", count=before + 1)
        await signup.verify(letters[0]["links"][0])
        return signup

    async def create_tenant(self, signup: Signup, key: str, plan_id: str = "plan-professional") -> Run:
        """Ask for the tenant until it is answered: asking twice is asking once."""
        answer = await steadily(lambda: signup.create_tenant(key, plan_id))
        return Run(key, answer["tenantId"], signup)

    def workflow(self, run: Run) -> Json:
        """The row of its workflow, with tenant status and reason."""
        query = """select w.*, t.status as tenant_status, t.status_reason from tenant_management.workflows as w
            join tenant_management.tenants as t on t.id = w.tenant_id where w.id = %s"""
        return self.look(Plane.CONTROL, query, (run.workflow_id,))[0]

    def steps(self, run: Run) -> dict[str, Json]:
        """Its steps by name, in order."""
        query = "select * from tenant_management.workflow_steps where workflow_id = %s order by position"
        return {row["name"]: row for row in self.look(Plane.CONTROL, query, (run.workflow_id,))}

    async def until(self, run: Run, *statuses: str, seconds: float = 90) -> Json:
        """The workflow once it has one of these statuses."""

        def found() -> Json | None:
            row = self.workflow(run)
            return row if row["status"] in statuses else None

        return await until(found, seconds, lambda: f"{self.workflow(run)} {self.steps(run)}")

    # Operators

    def operator(self) -> str:
        """A control platform token of somebody who operates the platform."""
        rows = self.look(
            Plane.CONTROL,
            """insert into tenant_management.users (email, first_name, last_name, is_platform_admin)
            values ('operator@ananta.example', 'Olga', 'Operator', true)
            on conflict on constraint users_email_key do update set is_platform_admin = true returning id""",
        )
        key_file = self.state_dir / "keys" / "control-token.pem"
        tokens = PlatformTokens(Plane.CONTROL, Settings(control_token_key_file=key_file))
        user_id = str(rows[0]["id"])
        claims = {"sub": user_id, "userId": user_id, "role": "platform_admin", "permissions": []}
        return tokens.sign(claims, not_after=int(time.time()) + 300)[0]

    async def operate(self, http: httpx.AsyncClient, function: str, run: Run) -> httpx.Response:
        """``retry_workflow`` or ``cancel_workflow``, as an operator does it."""
        return await http.post(
            f"/api/control/rest/v1/rpc/{function}",
            json={"workflow_id": run.workflow_id},
            headers={"Authorization": f"Bearer {self.operator()}", "Accept": "application/vnd.pgrst.object+json"},
        )

    # What was made outside

    def issuer(self, query: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """A query into the issuer's own file."""
        with closing(sqlite3.connect(f"file:{self.state_dir / ISSUER_FILE}?mode=ro", uri=True, timeout=10)) as store:
            return store.execute(query, parameters).fetchall()

    def mails(self, to: str, words: str) -> list[StoredMessage]:
        """The mails to an address whose subject holds the words, out of the Maildir."""
        found = Mailbox(self.state_dir / "mailbox").messages(to)
        return [message for message in found if words.lower() in message.subject.lower()]

    def effects(self, run: Run) -> dict[str, int]:
        """How often each outside effect of provisioning is there, counted in the stores themselves."""
        realm, email = f"tenant-{run.key}", run.email
        password = [message.links[0] for message in self.mails(email, "set your password")]
        return {
            "users in arc-saas": self._users("arc-saas", email),
            "realms": int(self.issuer("select count(*) from realms where name = ?", (realm,))[0][0]),
            "owners in the realm": self._users(realm, email, "owner"),
            "verification mails": self._mails(email, "verify", f"Company {run.key}"),
            "set-password mails of arc-saas": sum("/realms/arc-saas/" in link for link in password),
            "set-password mails of the realm": sum(f"/realms/{realm}/" in link for link in password),
            "welcome mails": self._mails(email, "is ready on Ananta", f"/{run.key}"),
            **self._organization(run),
            "memberships": self.look(
                Plane.CONTROL,
                "select count(*) from tenant_management.user_tenants where tenant_id = %s and status = 'active'",
                (run.tenant_id,),
            )[0]["count"],
        }

    def mails_of_all(self) -> list[StoredMessage]:
        """Every mail of the Maildir."""
        return Mailbox(self.state_dir / "mailbox").messages()

    def _mails(self, to: str, subject: str, words: str) -> int:
        return sum(words in message.text for message in self.mails(to, subject))

    def _users(self, realm: str, email: str, role: str | None = None) -> int:
        query = """select count(*) from users as u where realm = ? and email = ?
            and (? is null or exists (select 1 from user_roles as r where r.user_id = u.id and r.role = ?))"""
        return int(self.issuer(query, (realm, email, role, role))[0][0])

    def _organization(self, run: Run) -> dict[str, int]:
        query = """with o as (select id from organizations where arc_saas_tenant_id = %s and status = 'active')
            select (select count(*) from o) as organizations,
            (select count(*) from users where organization_id in (table o) and role = 'owner') as owners,
            (select count(*) from projects where organization_id in (table o) and is_default) as "default projects",
            (select count(*) from notification_preferences where organization_id in (table o)) as preferences"""
        return dict(self.look(Plane.APP, query, (uuid.UUID(run.tenant_id),))[0])

    # Queues

    def waiting(self) -> dict[str, int]:
        """How many messages each queue holds."""
        return {
            f"{plane} {queue}": self.look(plane, f"select count(*) from pgmq.q_{queue}")[0]["count"]  # noqa: S608
            for plane, queues in QUEUES.items()
            for queue in queues
        }

    def sent(self, plane: Plane, queue: str) -> list[Json]:
        """Every message that was ever worked off."""
        return [row["message"] for row in self.look(plane, f"select message from pgmq.a_{queue}")]  # noqa: S608

    def dead_letters(self) -> list[Json]:
        """Every message given up, in both planes."""
        query = "select queue, message, attempt_count, error from private.dead_letters"
        return [row for plane in Plane for row in self.look(plane, query)]

    async def until_quiet(self, seconds: float = 180) -> None:
        """Wait until every queue is empty."""
        await until(lambda: not any(self.waiting().values()), seconds, lambda: str(self.waiting()))

    def imported(self, bom_id: str) -> Json:
        """A BOM with what is really there of it: its lines, and its organization's components against the counter."""
        query = """select b.status, b.error, b.line_count, b.processed_line_count, b.matched_line_count,
            (select count(*) from bom_line_items as l where l.bom_id = b.id) as lines,
            (select count(distinct l.position) from bom_line_items as l where l.bom_id = b.id) as positions,
            (select count(*) from bom_line_items as l where l.bom_id = b.id and l.match_status = 'pending') as pending,
            (select count(*) from components as c where c.organization_id = b.organization_id) as components,
            (select coalesce(sum(current_count), 0)::bigint from private.usage_sums as u
             where u.organization_id = b.organization_id and u.metric = 'components') as counted
            from boms as b where b.id = %s"""
        rows = self.look(Plane.APP, query, (bom_id,))
        return rows[0] if rows else {}

    async def until_imported(self, bom_id: str, seconds: float = 90) -> Json:
        """The same, once the import has ended."""

        def ended() -> Json | None:
            bom = self.imported(bom_id)
            return bom if bom["status"] in {"ready", "failed"} else None

        return await until(ended, seconds, lambda: f"{self.imported(bom_id)} {self.waiting()}")


async def until(check: Callable[[], T | None], seconds: float, tell: Callable[[], str] = str) -> T:
    """What ``check`` gives, once it gives something true; ``tell`` says what was there instead."""
    end = time.monotonic() + seconds
    while not (found := await asyncio.to_thread(check)):
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds:.0f} s: {tell()}")
        await asyncio.sleep(0.03)
    return found


async def steadily(call: Callable[[], Awaitable[T]], seconds: float = 45) -> T:
    """The answer of a call that fails while servers come back."""
    end = time.monotonic() + seconds
    while True:
        try:
            return await call()
        except _PASSING:
            if time.monotonic() > end:
                raise
            await asyncio.sleep(0.1)


def write_bom(path: Path, lines: int, prefix: str = "ZZ") -> Path:
    """A CSV of so many lines, each with a part number of its own."""
    rows = (f"R{i},{i % 7 + 1},{prefix}-{i:06d}-X,Acme,10k,0402" for i in range(1, lines + 1))
    path.write_text("Reference,Quantity,MPN,Manufacturer,Value,Package\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path
