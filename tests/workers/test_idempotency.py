"""The worker removes the keys of yesterday, in both planes, and leaves today's."""

import asyncio

import psycopg
import pytest

from ananta.database_setup import DATABASES
from ananta.settings import Plane
from tests.workers.conftest import worker_database
from workers import idempotency


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
            return await idempotency.remove_keys(database, batch=3)

    with psycopg.connect(psycopg.conninfo.make_conninfo(cluster, dbname=DATABASES[plane]), autocommit=True) as db:
        db.execute(query)
        assert asyncio.run(remove()) == 7
        left = db.execute("delete from private.idempotency_keys where key_hash like 'test-%' returning 1").fetchall()
        assert len(left) == 3
