"""Messages that come several times, in another order and late, while workers are killed: every effect outside once.

``ANANTA_TEST_MESSAGES=10000`` is the whole form.
"""

import asyncio
import contextlib
import hashlib
import os
import random
import secrets
import signal
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from ananta.settings import ROOT, Plane
from tests.support.faults import FaultyPlatform, Run
from tests.support.platform import run

MESSAGES = int(os.environ.get("ANANTA_TEST_MESSAGES", "300"))
Connection = psycopg.Connection[dict[str, Any]]


@pytest.fixture
def second_worker(faulty: FaultyPlatform) -> Iterator[subprocess.Popen[str]]:
    """``bin/ananta worker`` beside the platform's own."""
    environment = dict(os.environ) | {
        "ANANTA_STATE_DIR": str(faulty.state_dir),
        "ANANTA_WORKER_VISIBILITY_SECONDS": "2",
        "ANANTA_WORKER_BREAKER_SECONDS": "0.02",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-P", "-m", "ananta", "worker"]
    with (faulty.state_dir / "second-worker.log").open("w", encoding="utf-8") as log:
        worker = subprocess.Popen(command, env=environment, stdout=log, stderr=log, text=True)
    try:
        yield worker
    finally:
        worker.kill()
        worker.wait()


def deliver(db: Connection, queue: str, bodies: Sequence[Any], chance: random.Random) -> int:
    """Each one to five times, shuffled, each time at once or up to two seconds late."""
    copies = [body for body in bodies for _ in range(chance.randint(1, 5))]
    chance.shuffle(copies)
    delays = [chance.choice((0.0, chance.uniform(0, 2))) for _ in copies]
    db.execute(
        f"insert into pgmq.q_{queue} (vt, message) select clock_timestamp() + make_interval(secs => d.seconds), d.body"  # noqa: S608
        " from unnest(%s::float8[], %s::jsonb[]) as d (seconds, body)",
        (delays, [Jsonb(body) for body in copies]),
    )
    return len(copies)


def event(kind: str, subject: object, **more: str) -> dict[str, Any]:
    return {"event_id": str(uuid.uuid4()), "type": kind, "id": str(subject), "v": 1} | more


def leads(db: Connection, number: int, word: str) -> list[dict[str, Any]]:
    """New leads, as a signup makes them, and what their messages say."""
    rows = db.execute(
        """insert into tenant_management.leads (first_name, last_name, company_name, email, source)
        select 'Ada', 'Lovelace', 'Acme', format('%%s-%%s@deliveries.example', %s::text, n), 'website'
        from generate_series(1, %s) as n returning id""",
        (word, number),
    ).fetchall()
    return [event("lead.created", row["id"]) for row in rows]


def members(db: Connection, tenant: Run, number: int, word: str) -> tuple[str, list[dict[str, Any]]]:
    """New members of a tenant."""
    (organization,) = db.execute(
        "update organizations set max_users = null where arc_saas_tenant_id = %s returning id",
        (uuid.UUID(tenant.tenant_id),),
    ).fetchall()
    rows = db.execute(
        """insert into users (organization_id, email, role)
        select %s, format('%%s-%%s@members.example', %s::text, n), 'viewer'
        from generate_series(1, %s) as n returning id""",
        (organization["id"], word, number),
    ).fetchall()
    organization_id = str(organization["id"])
    return organization_id, [event("user.created", row["id"], organization_id=organization_id) for row in rows]


def files(faulty: FaultyPlatform, organization_id: str, number: int, word: str) -> list[dict[str, Any]]:
    """Stored contents that no BOM has any more."""
    folder = faulty.state_dir / "files" / organization_id
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for n in range(number):
        sha256 = hashlib.sha256(f"{word} {n}".encode()).hexdigest()
        (folder / sha256).write_text(f"{word} {n}", encoding="utf-8")
        found.append(event("file.released", sha256, organization_id=organization_id))
    return found


def test_each_effect_once_however_often_it_is_asked_for(
    faulty: FaultyPlatform, second_worker: subprocess.Popen[str]
) -> None:
    seed, word = secrets.randbelow(10**6), secrets.token_hex(3)
    chance = random.Random(seed)
    number = max(3, MESSAGES // 9)  # of each kind, three times on average
    print(f"seed {seed}")

    async def sign_up() -> Run:
        async with faulty.client() as http:
            tenant = await faulty.ask_for_tenant(http, "deliveries")
            await faulty.until(tenant, "completed")
            return tenant

    tenant = run(sign_up())
    with contextlib.ExitStack() as stack:
        control, app = (
            stack.enter_context(psycopg.connect(faulty.dsn(plane), row_factory=dict_row))
            for plane in (Plane.CONTROL, Plane.APP)
        )
        asked = leads(control, number, word)
        organization_id, added = members(app, tenant, number, word)
        released = files(faulty, organization_id, number, word)
        sent = deliver(control, "notifications", asked, chance) + deliver(app, "identities", added, chance)
        sent += deliver(app, "bom_imports", released, chance)

    async def work() -> None:
        for _ in range(3):
            await asyncio.sleep(chance.uniform(0.3, 1.2))
            faulty.kill("worker")
        await faulty.until_quiet(60 + sent / 20)

    run(work())
    print(f"{sent} deliveries of {3 * number} events, 3 kills")
    mails = [mail for mail in faulty.mails_of_all() if any(word in address for address in mail.to)]
    kinds = Counter((mail.to[0], mail.subject) for mail in mails)
    assert set(kinds.values()) == {1}, f"seed {seed}: {[kind for kind, count in kinds.items() if count > 1]}"
    assert len(kinds) == 2 * number, f"seed {seed}: a mail to each lead, and a link to each member"
    people = faulty.issuer("select email, count(*) from users where email like ? group by email", (f"{word}-%",))
    assert sorted(count for _, count in people) == [1] * number, f"seed {seed}"
    left = [body["id"] for body in released if (faulty.state_dir / "files" / organization_id / body["id"]).exists()]
    assert left == [], f"seed {seed}"
    assert faulty.dead_letters() == [], f"seed {seed}"
    second_worker.send_signal(signal.SIGTERM)
    assert second_worker.wait(20) == 0
    log = (faulty.state_dir / "second-worker.log").read_text(encoding="utf-8")
    assert "worker_stopped" in log
    assert log.count("outcome") > 0, "it had its part of the work"
