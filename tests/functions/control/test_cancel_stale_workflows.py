"""A halted run is cancelled by itself after its time, and not before."""

from typing import Any

import psycopg
import pytest

Connection = psycopg.Connection[dict[str, Any]]


@pytest.fixture
def halted(control_db: Connection) -> Connection:
    """One run that halted ten hours ago."""
    control_db.execute(
        """
        set local session_replication_role = replica;  -- keeps updated_at as written here
        insert into tenant_management.tenants (id, key, name, app_plane_id, status) values
        ('00000000-0000-4000-8000-000000000001', 'stale-one', 'Stale', gen_random_uuid(), 'provision_failed');
        insert into tenant_management.workflows (id, tenant_id, name, status, input, updated_at) values
        ('stale-run', '00000000-0000-4000-8000-000000000001', 'TenantProvisioningWorkflow', 'halted', '{}',
            now() - interval '10 hours');
        set local session_replication_role = origin;
        """
    )
    return control_db


@pytest.mark.parametrize(("hours", "status"), [(9, "cancelling"), (11, "halted")])
def test_cancelled_after_its_time(halted: Connection, hours: int, status: str) -> None:
    row = halted.execute(
        "select private.cancel_stale_workflows(make_interval(hours => %s)) as count", (hours,)
    ).fetchone()
    assert row == {"count": int(status == "cancelling")}
    found = halted.execute("select status from tenant_management.workflows where id = 'stale-run'").fetchone()
    assert found == {"status": status}
    messages = halted.execute(
        "select message ->> 'id' as id from pgmq.q_workflows where message ->> 'id' = 'stale-run'"
    )
    assert len(messages.fetchall()) == int(status == "cancelling")
