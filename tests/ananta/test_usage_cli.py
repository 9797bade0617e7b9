"""``bin/ananta usage`` as an operator uses it."""

import psycopg
import pytest
from psycopg.rows import dict_row
from typer.testing import CliRunner, Result

from ananta import database_setup, usage_cli
from ananta.settings import Plane
from tests.conftest import PASSWORDS
from tests.support.world import add_organization


def usage(dsn: str, *arguments: str) -> Result:
    return CliRunner().invoke(usage_cli.app, [*arguments, "--url", dsn])


@pytest.fixture
def dsn(cluster: str) -> str:
    """What an operator has: the migrator's login."""
    return database_setup.migrator_dsn(cluster, database_setup.DATABASES[Plane.APP], PASSWORDS)


def test_use_is_shown_and_drift_mended(cluster: str, dsn: str) -> None:
    superuser = psycopg.conninfo.make_conninfo(cluster, dbname=database_setup.DATABASES[Plane.APP])
    with psycopg.connect(superuser, autocommit=True, row_factory=dict_row) as db:
        made = add_organization(db, max_users=5, max_components=3)
        query = "select slug from public.organizations where id = %s"
        key = str((db.execute(query, (made.organization_id,)).fetchone() or {})["slug"])
        assert usage(dsn, "reconcile", key).exit_code == 0
        query = (
            "update private.usage_counters set current_count = 9 where organization_id = %s and metric = 'components'"
        )
        db.execute(query, (made.organization_id,))
        shown = usage(dsn, "show", key, "--exceeded").output
        assert [word for word in ("components", "users", "6") if word in shown] == ["components", "6"]
        mended = usage(dsn, "reconcile", key)
        assert (mended.exit_code, "said 9, there are 0: mended" in mended.output) == (1, True)
        assert "components" not in usage(dsn, "show", key, "--exceeded").output
        assert "unlimited" in usage(dsn, "show", key).output
        db.execute("delete from public.organizations where id = %s", (made.organization_id,))


def test_a_database_that_is_not_there_is_one_sentence() -> None:
    for command in ("show", "reconcile"):
        result = usage("postgresql://ananta_migrator:geheim@127.0.0.1:1/supabase", command)
        assert result.exit_code == 2
        assert "database_unreachable" in result.output
        assert "geheim" not in result.output
