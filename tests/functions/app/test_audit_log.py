"""The audit log says who did what, holds no secret, and nobody in use can change it."""

import hashlib
import json
from contextlib import suppress
from typing import Any

import psycopg
import pytest

from tests.support.audit import AuditedCompany, Db

JSON_WEB_TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ"


@pytest.fixture
def company(app_db: Db) -> AuditedCompany:
    return AuditedCompany(app_db)


def test_a_member_s_change_is_told_with_who_what_and_why(company: AuditedCompany) -> None:
    before = company.last_number()
    company.act_as_owner()
    company.db.execute("update public.organizations set name = 'Renamed' where id = %s", (company.id,))
    company.db.execute("insert into public.projects (name, description) values ('P', 'D')")
    company.db.execute("delete from public.projects where name = 'P'")
    company.act_as_superuser()
    renamed, inserted, deleted = company.entries(before)
    assert (renamed["table_name"], renamed["action"], renamed["row_id"]) == ("organizations", "update", company.id)
    assert (set(renamed["before"]), renamed["after"]) == ({"name"}, {"name": "Renamed"})
    assert (inserted["action"], inserted["before"], inserted["after"]["description"]) == ("insert", None, "D")
    assert (deleted["action"], deleted["before"]["name"], deleted["after"]) == ("delete", "P", None)
    for entry in (renamed, inserted, deleted):
        assert (entry["actor_kind"], str(entry["actor_id"])) == ("user", company.owner_id)
        assert (entry["actor_login"], entry["correlation_id"]) == ("app_authenticator", "request-1")


def test_an_import_is_one_entry_and_its_failure_another(company: AuditedCompany) -> None:
    before = company.last_number()
    company.act_as_owner(login="app_edge")
    query = "select (private.create_bom(null, 'B', 'b.csv', repeat('a', 64), 10, false, null)).id"
    row = company.db.execute(query).fetchone()
    assert row is not None
    company.act_as_superuser()
    company.db.execute("set local session authorization app_worker")
    company.db.execute("select private.start_bom_import(%s, 1)", (row["id"],))
    company.db.execute('select private.fail_bom_import(%s, 1, \'{"code": "bom_empty"}\')', (row["id"],))
    company.act_as_superuser()
    entries = [(e["actor_kind"], e["action"], e["table_name"], e["after"]) for e in company.entries(before)]
    assert [entry[:3] for entry in entries] == [("user", "insert", "boms"), ("worker", "update", "boms")]
    assert entries[1][3] == {"error": {"code": "bom_empty"}}


def test_rows_of_an_import_make_no_entries_and_those_of_people_do(company: AuditedCompany) -> None:
    before = company.last_number()
    company.db.execute("set local role ananta_owner")  # as the functions of an import
    query = "insert into public.components (organization_id, mpn) select %s, %s || n from generate_series(1, 3) as n"
    company.db.execute(query, (company.id, "IMPORTED"))
    assert company.last_number() == before
    company.act_as_superuser()
    company.act_as_owner()
    company.db.execute(query, (company.id, "TYPED"))
    company.db.execute("update public.components set package = '0402' where mpn like 'TYPED%'")
    company.act_as_superuser()
    entries = company.entries(before)
    assert [entry["number"] for entry in entries] == list(range(before + 1, before + 7))
    assert {entry["after"]["mpn"] for entry in entries[:3]} == {"TYPED1", "TYPED2", "TYPED3"}
    assert all((e["before"], e["after"]) == ({"package": None}, {"package": "0402"}) for e in entries[3:])
    rows = company.db.execute("select id::text from public.components where mpn like 'TYPED%'").fetchall()
    assert {entry["row_id"] for entry in entries[3:]} == {row["id"] for row in rows}


def test_what_changes_nothing_or_is_rolled_back_makes_no_entry(company: AuditedCompany) -> None:
    before = company.last_number()
    company.db.execute("update public.organizations set name = name where id = %s", (company.id,))
    company.db.execute("set constraints all deferred")
    with suppress(psycopg.Rollback), company.db.transaction():
        company.write()
        raise psycopg.Rollback
    company.write()
    assert company.last_number() == before
    company.db.execute("set constraints all immediate")
    assert [entry["number"] for entry in company.entries(before)] == [before + 1]
    assert company.db.execute("select from private.audit_pending").fetchall() == []


def test_a_key_of_several_columns_is_one_row_id(company: AuditedCompany) -> None:
    before = company.last_number()
    company.db.execute(
        "update public.organization_features set is_enabled = true"
        " where organization_id = %s and feature = 'bulk_export'",
        (company.id,),
    )
    assert [entry["row_id"] for entry in company.entries(before)] == [f"{company.id}/bulk_export"]


SECRETS: list[dict[str, Any]] = [
    {"password": "canary-1"},
    {"smtp": {"userPassword": "canary-2", "hosts": [{"api_key": "canary-3"}, {"apiKey": {"v": "canary-4"}}]}},
    {"key": "webhook.secret", "value": "canary-5"},
    {"note": f"Use Bearer {JSON_WEB_TOKEN} for it"},
    {"notes": ["whsec_Y2FuYXJ5LTY=", "sk_live_canary7"]},
    {"pem": "-----BEGIN EC PRIVATE KEY-----\ncanary-8\n-----END EC PRIVATE KEY-----"},
    {"Access-Token": "canary-9", "refresh_token": "canary-10", "credentials": ["canary-11"]},
]


@pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: next(iter(secret)))
def test_no_secret_is_written(company: AuditedCompany, secret: dict[str, Any]) -> None:
    before = company.last_number()
    insert = (
        "insert into public.column_mappings (organization_id, header_shape, columns) values (%s, repeat('0', 64), %s)"
    )
    company.db.execute(insert, (company.id, json.dumps(secret | {"mpn": "kept"})))
    company.db.execute(
        "update public.column_mappings set columns = %s where organization_id = %s", (json.dumps(secret), company.id)
    )
    company.db.execute("delete from public.column_mappings where organization_id = %s", (company.id,))
    written = json.dumps([[e["before"], e["after"]] for e in company.entries(before)])
    assert "kept" in written
    assert "[redacted]" in written
    for canary in ("canary", "Y2FuYXJ5", "c2lnbmF0dXJl"):
        assert canary not in written


def test_of_a_long_value_hash_and_length_are_kept(company: AuditedCompany) -> None:
    before = company.last_number()
    mapping = {"mpn": ["é" * 20_000]}
    insert = "insert into public.column_mappings (organization_id, header_shape, columns) values (%s, %s, %s)"
    company.db.execute(insert, (company.id, "0" * 64, json.dumps(mapping)))
    company.db.execute("update public.column_mappings set columns = '{}' where organization_id = %s", (company.id,))
    company.db.execute("update public.column_mappings set header_shape = repeat('1', 64)")
    describe = "insert into public.projects (organization_id, name, description) values (%s, 'P', %s)"
    company.db.execute(describe, (company.id, "🔩" * 4000))
    inserted, changed, moved, described = company.entries(before)
    text = '{"mpn": ["' + "é" * 20_000 + '"]}'
    short = {"sha256": hashlib.sha256(text.encode()).hexdigest(), "length": len(text)}
    assert (inserted["after"]["columns"], inserted["after"]["header_shape"]) == (short, "0" * 64)
    assert (changed["before"], changed["after"]) == ({"columns": short}, {"columns": {}})
    assert set(moved["before"]) == {"header_shape"}
    assert described["after"]["description"] == "🔩" * 4000
    assert company.problems() == []


LOGINS = [
    "postgres", "ananta_migrator", "app_authenticator", "control_authenticator", "app_edge", "control_edge",
    "app_worker", "control_worker",
]  # fmt: skip
OWNERS = ["ananta_owner", "ananta_migrator"]
ROLES = ["ananta_owner", "anon", "authenticated", "platform_admin", "service_role", "ananta_edge", "ananta_worker"]


@pytest.mark.parametrize("who", [*LOGINS, *ROLES])
def test_nobody_changes_or_removes_an_entry(company: AuditedCompany, who: str) -> None:
    company.write(3)
    partition = f"private.audit_logs_{company.entries()[-1]['expires_on']:%Y_%m}"
    before, last = company.entries(), company.last_number()
    for table in ("public.audit_logs", partition):
        for statement in (
            "update {table} set actor_kind = 'system', table_name = 'x'",
            "delete from {table}",
            "truncate {table}",
            "truncate {table} cascade",
        ):
            refusal = attempt(company.db, who, statement.format(table=table))
            if table == partition and who in OWNERS and "truncate" not in statement:
                assert refusal is None  # row level security hides every row of a partition itself, even from its owner
            else:
                assert refusal in ("42501", "PT403"), statement
    assert company.entries() == before
    assert company.last_number() == last
    assert company.problems() == []


@pytest.mark.parametrize("who", sorted({*LOGINS, *ROLES} - {*OWNERS, "postgres"}))
def test_nobody_but_the_owner_reaches_the_machinery(company: AuditedCompany, who: str) -> None:
    statements = [
        "insert into public.audit_logs select * from public.audit_logs limit 1",
        "insert into private.audit_pending (owner_id) values (gen_random_uuid())",
        "update private.audit_chains set last_number = 0",
        "select private.drop_audit_partition('audit_logs_9999_12')",
        "drop table public.audit_logs",
        "alter table public.audit_logs disable trigger all",
        "set session_replication_role = replica",
    ]
    for statement in statements:
        assert attempt(company.db, who, statement) == "42501", statement


def attempt(db: Db, who: str, statement: str) -> str | None:
    """The SQLSTATE with which a statement is refused to a login or role, or None; it is rolled back."""
    refusal: str | None = None
    with suppress(psycopg.Rollback), db.transaction():
        if who in LOGINS:
            db.execute(f"set local session authorization {who}".encode())
        else:
            db.execute(f"set local role {who}".encode())
        try:
            with db.transaction():
                db.execute(statement.encode())
        except psycopg.Error as error:
            refusal = error.sqlstate
        raise psycopg.Rollback
    return refusal


def test_partitions_are_out_of_reach(company: AuditedCompany) -> None:
    rows = company.db.execute(
        "select c.relnamespace::regnamespace::text as schema, c.relrowsecurity and c.relforcerowsecurity as rls,"
        " c.relacl, pg_get_userbyid(c.relowner) as owner, exists (select from pg_trigger as t where t.tgrelid = c.oid"
        " and t.tgname = '_200_refuse_audit_truncate' and t.tgenabled = 'O') as has_trigger"
        " from pg_inherits as i join pg_class as c on c.oid = i.inhrelid"
        " where i.inhparent = 'public.audit_logs'::regclass"
    ).fetchall()
    assert rows
    for row in rows:
        assert (row["schema"], row["rls"], row["owner"], row["has_trigger"]) == ("private", True, "ananta_owner", True)
        assert row["relacl"] is None or "ananta_owner" in str(row["relacl"])
