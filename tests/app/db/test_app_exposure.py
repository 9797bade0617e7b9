"""The app plane exposes what exposed.toml declares, under the rules of tenancy, and nothing else."""

from typing import Any

import psycopg
import pytest

from ananta.settings import Plane
from tests.support.exposure import Db
from tests.support.exposure_checks import exposure_findings

# What breaks a rule without being declared is planted in tests/migrations/test_schema_lint.py.
PLANTED = {
    "create table public.planted (id uuid primary key, organization_id uuid not null)": {
        "planted: exposed, but not declared"
    },
    "create view public.seen as select * from public.boms": {"seen: exposed, but not declared"},
    "create materialized view public.kept as select * from public.boms": {"kept: exposed, but not declared"},
    "alter table public.boms rename to others": {
        "boms: declared, but not exposed",
        "others: exposed, but not declared",
    },
    "grant select on public.boms to anon": {"boms: ('anon', 'select', None) is granted, but not declared"},
    "grant truncate on public.boms to authenticated": {
        "boms: ('authenticated', 'truncate', None) is granted, but not declared"
    },
    "grant references on public.boms to authenticated": {
        "boms: ('authenticated', 'references', None) is granted, but not declared"
    },
    "grant trigger on public.boms to authenticated": {
        "boms: ('authenticated', 'trigger', None) is granted, but not declared"
    },
    "grant update (status) on public.boms to authenticated": {
        "boms: ('authenticated', 'update', 'status') is granted, but not declared"
    },
    "grant select on public.boms to ananta_worker": {
        "boms: ('ananta_worker', 'select', None) is granted, but not declared"
    },
    "revoke delete on public.boms from authenticated": {
        "boms: ('authenticated', 'delete', None) is declared, but not granted"
    },
    "create function public.planted() returns integer language sql stable as 'select 1'": {
        "planted(): exposed, but not declared"
    },
    "grant execute on function private.bootstrap_organization(jsonb, text) to authenticated": {
        "helpers of authenticated: ['bootstrap_organization(jsonb, text)'] differ"
    },
    "drop function public.dashboard_summary()": {"dashboard_summary(): declared, but not exposed"},
    "create aggregate public.planted(anyelement) (sfunc = private.append_csv_row, stype = text[])": {
        "planted(anyelement): exposed, but not declared"
    },
    "drop aggregate public.format_csv(anyelement)": {"format_csv(anyelement): declared, but not exposed"},
    "grant execute on function public.format_csv(anyelement) to ananta_worker, anon;"
    " revoke execute on function public.format_csv(anyelement) from authenticated": {
        "format_csv(anyelement): callable by ['anon']"
    },
}


def test_exposes_what_is_declared(app_db: Db) -> None:
    assert exposure_findings(app_db, Plane.APP) == []


@pytest.mark.parametrize("statement", PLANTED)
def test_planted_fault_is_found(app_db: Db, statement: str) -> None:
    app_db.execute(statement.encode())
    assert PLANTED[statement] <= set(exposure_findings(app_db, Plane.APP))


LOGINS = {
    "app_authenticator": {"anon", "authenticated"},
    "control_authenticator": {"anon", "authenticated", "platform_admin"},
}


def test_roles_have_no_more_than_they_need(app_db: Db) -> None:
    roles = {
        row["rolname"]: row
        for row in app_db.execute(
            "select r.*, array(select pg_get_userbyid(m.roleid)::text from pg_auth_members as m where m.member = r.oid)"
            " as memberships from pg_roles as r where r.rolname !~ '^pg_'"
        ).fetchall()
    }
    assert {name for name, role in roles.items() if role["rolsuper"] or role["rolbypassrls"]} == {"postgres"}
    assert {name for name, role in roles.items() if role["rolcreaterole"] or role["rolcreatedb"]} == {"postgres"}
    for name, memberships in LOGINS.items():
        assert roles[name]["rolinherit"] is False
        assert set(_list(roles[name]["memberships"])) == memberships
    assert {name for name, role in roles.items() if "ananta_owner" in _list(role["memberships"])} == {"ananta_migrator"}
    for name in (
        "ananta_owner",
        "anon",
        "authenticated",
        "platform_admin",
        "service_role",
        "ananta_edge",
        "ananta_worker",
    ):
        assert roles[name]["rolcanlogin"] is False, name


def _list(value: Any) -> list[str]:
    return list(value)


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("table", ["public.organizations", "public.users", "private.issuers", "pgmq.q_bom_imports"])
def test_authenticator_alone_reads_nothing(app_db: Db, login: str, table: str) -> None:
    app_db.execute(f"set local session authorization {login}".encode())
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app_db.execute(f"select from {table}".encode())


@pytest.mark.parametrize("role", ["anon", "authenticated", "platform_admin"])
def test_callers_reach_no_queue_and_no_secret(app_db: Db, role: str) -> None:
    reachable = app_db.execute(
        "select c.oid::regclass::text as name from pg_class as c join pg_namespace as n on n.oid = c.relnamespace"
        " where n.nspname in ('private', 'pgmq') and c.relkind in ('r', 'p', 'v', 'm', 'f')"
        " and has_table_privilege(%(role)s, c.oid, 'select, insert, update, delete, truncate, references, trigger')"
        " union all select 'schema pgmq' where has_schema_privilege(%(role)s, 'pgmq', 'usage')",
        {"role": role},
    ).fetchall()
    assert reachable == []
