"""The control plane exposes what exposed.toml declares, under the rules of tenancy, and nothing else."""

import pytest

from ananta.settings import Plane
from tests.support.exposure import Db
from tests.support.exposure_checks import exposure_findings

PLANTED = {
    "create table tenant_management.noted (id uuid primary key)": {
        "noted: exposed, but not declared",
    },
    "alter table tenant_management.users add column tenant_id uuid": {
        "users: declared as shared, but the catalogue says otherwise",
    },
    "grant select on tenant_management.leads to anon": {"leads: ('anon', 'select', None) is granted, but not declared"},
    "grant delete on tenant_management.tenants to platform_admin": {
        "tenants: ('platform_admin', 'delete', None) is granted, but not declared"
    },
    "grant execute on function tenant_management.cancel_workflow(text) to authenticated": {
        "tenant_management.cancel_workflow(text): callable by ['authenticated', 'platform_admin']"
    },
    "grant execute on function private.create_tenant(text, jsonb) to anon": {
        "helpers of anon: ['create_tenant(text, jsonb)'] differ"
    },
}


def test_exposes_what_is_declared(control_db: Db) -> None:
    assert exposure_findings(control_db, Plane.CONTROL) == []


@pytest.mark.parametrize("statement", PLANTED)
def test_planted_fault_is_found(control_db: Db, statement: str) -> None:
    control_db.execute(statement.encode())
    assert PLANTED[statement] <= set(exposure_findings(control_db, Plane.CONTROL))


@pytest.mark.parametrize("role", ["anon", "authenticated", "platform_admin"])
def test_callers_reach_no_queue_and_no_secret(control_db: Db, role: str) -> None:
    reachable = control_db.execute(
        "select c.oid::regclass::text as name from pg_class as c join pg_namespace as n on n.oid = c.relnamespace"
        " where n.nspname in ('private', 'pgmq') and c.relkind in ('r', 'p', 'v', 'm', 'f')"
        " and has_table_privilege(%(role)s, c.oid, 'select, insert, update, delete, truncate, references, trigger')"
        " union all select 'schema pgmq' where has_schema_privilege(%(role)s, 'pgmq', 'usage')",
        {"role": role},
    ).fetchall()
    assert reachable == []
