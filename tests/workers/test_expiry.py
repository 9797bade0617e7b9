"""The worker removes what has had its time: keys of yesterday, in both planes, and metered events of long ago."""

import asyncio

import psycopg
import pytest
from psycopg.rows import dict_row

from ananta.database_setup import DATABASES
from ananta.settings import Plane
from tests.support.world import add_organization
from tests.workers.conftest import worker_database
from workers import expiry


@pytest.mark.parametrize("plane", list(Plane))
def test_yesterdays_keys_go_batch_by_batch(cluster: str, plane: Plane) -> None:
    query = (
        "insert into private.idempotency_keys (key_hash, fingerprint, created_at)"
        " select 'test-' || n, '', now() - make_interval(hours => case when n <= 7 then 25 else 23 end)"
        " from generate_series(1, 10) as n"
    )

    async def remove() -> int:
        database = worker_database(cluster, plane)
        async with database.running():
            return await expiry.remove(database, expiry.Expired.IDEMPOTENCY_KEYS, batch=3)

    with psycopg.connect(psycopg.conninfo.make_conninfo(cluster, dbname=DATABASES[plane]), autocommit=True) as db:
        db.execute(query)
        assert asyncio.run(remove()) == 7
        left = db.execute("delete from private.idempotency_keys where key_hash like 'test-%' returning 1").fetchall()
        assert len(left) == 3


def test_metered_events_go_batch_by_batch(cluster: str) -> None:
    insert = (
        "insert into private.usage_events (organization_id, metric, quantity, source_id, occurred_at, created_at)"
        " select %s, 'api_calls', 1, gen_random_uuid(), moment, moment from (select now() - make_interval("
        " days => case when n <= 7 then 63 else 61 end) as moment from generate_series(1, 10) as n) as m"
    )

    async def remove() -> int:
        database = worker_database(cluster, Plane.APP)
        async with database.running():
            return await expiry.remove(database, expiry.Expired.USAGE_EVENTS, batch=3)

    dsn = psycopg.conninfo.make_conninfo(cluster, dbname=DATABASES[Plane.APP])
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as db:
        made = add_organization(db, max_users=None, max_components=None)
        db.execute("delete from private.usage_events")
        db.execute(insert, (made.organization_id,))
        assert asyncio.run(remove()) == 7
        assert len(db.execute("delete from private.usage_events returning 1 as one").fetchall()) == 3
