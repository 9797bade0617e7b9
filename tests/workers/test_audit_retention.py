"""The worker keeps the audit logs' partitions: made ahead, and dropped when they have expired, with its own rights."""

import asyncio

import psycopg
from structlog.testing import capture_logs

from ananta.database_setup import DATABASES
from ananta.settings import Plane
from tests.workers.conftest import worker_database
from workers.audit_log import maintain_for_ever

EXPIRED, LOG = "select private.make_audit_partition('2020-01-15')", "private.audit_logs_2020_01"


def test_the_worker_drops_what_has_expired_in_both_planes(cluster: str) -> None:
    dsn = psycopg.conninfo.make_conninfo(cluster, dbname=DATABASES[Plane.APP])
    with psycopg.connect(dsn, autocommit=True) as db:
        db.execute(EXPIRED)

        async def work() -> None:
            planes = [worker_database(cluster, plane) for plane in Plane]
            async with planes[0].running(), planes[1].running():
                task = asyncio.create_task(maintain_for_ever(planes))
                while db.execute("select to_regclass(%s)", (LOG,)).fetchone() != (None,):
                    assert not task.done()
                    await asyncio.sleep(0.02)
                task.cancel()

        with capture_logs() as logs:
            asyncio.run(asyncio.wait_for(work(), 60))
        assert not [line for line in logs if line["event"] == "audit_log_not_maintained"]
