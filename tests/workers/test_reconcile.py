"""The worker compares counters with counts as its own login, one organization after the other."""

import psycopg
from psycopg.rows import dict_row

from ananta.database_setup import DATABASES
from ananta.settings import Plane
from tests.support.platform import run
from tests.support.world import add_organization
from tests.workers.conftest import worker_database
from workers.usage.reconcile import reconcile


def test_drift_of_every_organization_is_mended(cluster: str) -> None:
    superuser = psycopg.conninfo.make_conninfo(cluster, dbname=DATABASES[Plane.APP])

    async def once() -> int:
        database = worker_database(cluster)
        async with database.running():
            return await reconcile(database)

    with psycopg.connect(superuser, autocommit=True, row_factory=dict_row) as db:
        made = [add_organization(db, max_users=None, max_components=None).organization_id for _ in range(2)]
        run(once())
        db.execute("update private.usage_counters set current_count = 5 where metric = 'users'")
        organizations = db.execute("select from public.organizations").rowcount
        assert run(once()) == organizations >= len(made)
        assert run(once()) == 0
        db.execute("delete from public.organizations where id = any (%s)", (made,))
