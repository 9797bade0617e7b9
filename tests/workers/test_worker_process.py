"""The worker as a process, and its own consumers as they are put together."""

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from psycopg.types.json import Jsonb
from pydantic import SecretStr

from ananta.embedded import processes
from ananta.settings import ROOT, Plane, Settings
from tests.support.faults import QUEUES, write_bom
from tests.support.platform import run
from tests.workers.conftest import POISON, Superuser, message, until, worker_database, worker_url
from workers.__main__ import make_consumers
from workers.breaker import Breakers
from workers.identity.development import DevelopmentIssuer

SECRET = "whsec_" + "c2VjcmV0" * 6


@pytest.fixture
def bom(app_plane: Superuser, tmp_path: Path) -> Iterator[str]:
    """An uploaded BOM of 8,000 lines, its message in the queue."""
    path = write_bom(tmp_path / "large.csv", 8000)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    tenant_id, bom_id = uuid.uuid4(), str(uuid.uuid4())
    request = {
        "tenantId": str(tenant_id),
        "tenantKey": f"worker-{tenant_id.hex[:8]}",
        "tenantName": "Worker",
        "planId": "plan-basic",
        "adminUser": {"email": f"{tenant_id.hex}@worker.example", "firstName": "W", "lastName": "K"},
        "limits": {},
    }
    answer = app_plane.rows("select private.bootstrap_organization(%s, 'http://issuer')", (Jsonb(request),))
    organization_id = answer[0]["bootstrap_organization"]["organizationId"]
    folder = tmp_path / "files" / organization_id
    folder.mkdir(parents=True)
    path.rename(folder / sha256)
    app_plane.rows(
        "insert into stored_files (organization_id, sha256, size_bytes) values (%s, %s, 1)", (organization_id, sha256)
    )
    app_plane.rows(
        """insert into boms (id, organization_id, project_id, name, file_name, file_sha256, file_size)
        select %s, p.organization_id, p.id, 'Large', 'large.csv', %s, 1
        from projects as p where p.organization_id = %s""",
        (bom_id, sha256, organization_id),
    )
    app_plane.rows("select private.enqueue('bom_imports', 'bom.uploaded', %s, '{}')", (bom_id,))
    yield bom_id
    app_plane.rows("delete from organizations where id = %s", (organization_id,))
    for queue in QUEUES[Plane.APP]:
        app_plane.rows(f"delete from pgmq.q_{queue}")  # noqa: S608


def test_sigterm_finishes_what_was_begun(cluster: str, app_plane: Superuser, bom: str, tmp_path: Path) -> None:
    environment = dict(os.environ) | {
        "ANANTA_STATE_DIR": str(tmp_path),
        "ANANTA_CONTROL_WORKER_DATABASE_URL": worker_url(cluster, Plane.CONTROL),
        "ANANTA_APP_WORKER_DATABASE_URL": worker_url(cluster, Plane.APP),
        "ANANTA_WEBHOOK_SECRET": SECRET,
        "ANANTA_IDENTITY_ADMIN_SECRET": "secret",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-P", "-m", "workers", "bom_imports"]
    worker = subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )

    def status() -> str:
        return str(app_plane.rows("select status from boms where id = %s", (bom,))[0]["status"])

    try:
        assert processes.wait_until(lambda: status() == "parsing", 20), status()
        worker.send_signal(signal.SIGTERM)
        output, _ = worker.communicate(timeout=15)
    finally:
        worker.kill()
        worker.wait()
    assert worker.returncode == 0, output
    assert "worker_stopped" in output
    assert status() == "ready"
    counted = app_plane.rows("select count(*) from bom_line_items where bom_id = %s", (bom,))
    assert counted[0]["count"] == 8000
    assert app_plane.rows("select message from pgmq.q_bom_imports") == []
    waiting = app_plane.rows("select read_ct, message ->> 'type' as type from pgmq.q_bom_suggestions")
    assert waiting == [{"read_ct": 0, "type": "bom.completed"}]


def test_queue_that_does_not_exist_is_one_sentence(cluster: str, tmp_path: Path) -> None:
    environment = dict(os.environ) | {
        "ANANTA_STATE_DIR": str(tmp_path),
        "ANANTA_CONTROL_WORKER_DATABASE_URL": worker_url(cluster, Plane.CONTROL),
        "ANANTA_APP_WORKER_DATABASE_URL": worker_url(cluster, Plane.APP),
        "ANANTA_WEBHOOK_SECRET": SECRET,
        "ANANTA_IDENTITY_ADMIN_SECRET": "secret",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-P", "-m", "ananta", "worker", "bom_imports", "no_such_queue"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert "no such queue: no_such_queue; there are bom_imports, bom_suggestions, identities" in done.stderr
    assert "Traceback" not in done.stderr


def test_every_queue_survives_poison(
    cluster: str, app_plane: Superuser, control_plane: Superuser, tmp_path: Path
) -> None:
    """The consumers of the product, each with its own handler: malformed, unknown, and about what is not there."""
    nowhere = f"http://127.0.0.1:{processes.free_port()}"
    settings = Settings(
        state_dir=tmp_path,
        webhook_secret=SecretStr(SECRET),
        identity_admin_secret=SecretStr("secret"),
        identity_url=nowhere,
    )
    superusers = {Plane.CONTROL: control_plane, Plane.APP: app_plane}
    ghost = str(uuid.uuid4())
    wrong = [
        message("no.such.type", ghost),
        message("bom.uploaded", "no uuid"),
        message("bom.parsed", "no uuid"),
        message("file.released", "no hash"),
        message("file.released", "no hash", organization_id="no uuid"),
        message("file.released", "../../etc/passwd", organization_id=ghost),
        *(message(kind, ghost) for kind in ("bom.uploaded", "bom.parsed", "workflow.advance")),
    ]

    def left(plane: Plane, queue: str) -> int:
        return int(superusers[plane].rows(f"select count(*) from pgmq.q_{queue}")[0]["count"])  # noqa: S608

    async def check() -> None:
        databases = {plane: worker_database(cluster, plane) for plane in Plane}
        stop = asyncio.Event()
        async with (
            httpx.AsyncClient() as http,
            DevelopmentIssuer.from_settings(settings) as identity,
            databases[Plane.CONTROL].running(),
            databases[Plane.APP].running(),
        ):
            consumers = make_consumers(
                settings, databases[Plane.CONTROL], databases[Plane.APP], identity, http, breakers=Breakers()
            )
            served = {(consumer.database.plane, consumer.queue) for consumer in consumers}
            assert served == {(plane, queue) for plane, queues in QUEUES.items() for queue in queues}
            tasks = [asyncio.create_task(consumer.run(stop)) for consumer in consumers]
            for plane, queues in QUEUES.items():
                for queue in queues:
                    bodies = [Jsonb(body) for body in (*POISON, *wrong)]
                    superusers[plane].rows("select pgmq.send_batch(%s, %s)", (queue, bodies))
            for plane, queues in QUEUES.items():
                for queue in queues:
                    await until(lambda: not left(plane, queue), 30)  # noqa: B023
            assert not any(task.done() for task in tasks)
            stop.set()
            await asyncio.gather(*tasks)

    try:
        run(check())
        for plane, queues in QUEUES.items():
            for queue in queues:
                buried = superusers[plane].rows(
                    "select message from private.dead_letters where queue = %s order by message_id", (queue,)
                )
                assert [row["message"] for row in buried[: len(POISON)]] == POISON
    finally:
        for superuser in superusers.values():
            superuser.rows("delete from private.dead_letters")
