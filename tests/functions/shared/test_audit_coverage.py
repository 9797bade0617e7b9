"""Every table is written to the audit log, or stands here with the reason why not."""

import json
from typing import Any

import psycopg
import pytest

from ananta.settings import Plane

Db = psycopg.Connection[dict[str, Any]]

MACHINERY = {
    "private.audit_chains": "the log itself",
    "private.audit_pending": "the log itself",
    "private.breakers": "what workers wait for now",
    "private.dead_letters": "says itself what failed",
    "private.idempotency_keys": "answers kept for a day",
    "private.processed_events": "bookkeeping of receivers",
    "private.rate_limits": "counters",
    "private.repeatable_objects": "bookkeeping of upgrades",
    "private.schema_revisions": "bookkeeping of upgrades",
    "private.seed_files": "bookkeeping of upgrades",
    "private.setting_definitions": "come with a release",
}
LEFT_OUT = {
    Plane.APP: MACHINERY
    | {
        "private.api_rates": "counters",
        "private.usage_counters": "computed",
        "private.usage_drifts": "says itself what was mended",
        "private.usage_events": "counters",
        "public.audit_logs": "the log itself",
        "public.bom_line_alternates": "lines of an import, which is an entry of its BOM",
        "public.bom_line_suggestions": "computed",
        "public.catalogue_parts": "starter catalogue of all tenants, comes with a release",
        "public.manufacturer_aliases": "starter catalogue",
        "public.manufacturers": "starter catalogue",
        "public.stored_files": "follow from BOMs",
        "public.usage_totals": "computed",
        "public.vendor_parts": "starter catalogue",
        "public.vendors": "starter catalogue",
    },
    Plane.CONTROL: MACHINERY
    | {
        "tenant_management.activity_log": "the log itself",
        "tenant_management.tenant_usage": "computed",
        "tenant_management.workflow_steps": "say themselves what was done, of a workflow that is in the log",
    },
}
TABLES = """
    select c.relnamespace::regnamespace || '.' || c.relname as name, array(
        select t.tgname::text from pg_trigger as t
        where t.tgrelid = c.oid and t.tgname ~ '^_800_audit_' and t.tgenabled = 'O' order by t.tgname) as triggers
    from pg_class as c
    where c.relnamespace in (select oid from pg_namespace where nspname in ('public', 'private', 'tenant_management'))
        and c.relkind in ('r', 'p') and not c.relispartition
"""


@pytest.mark.parametrize("plane", list(Plane))
def test_every_table_is_audited_or_left_out_for_a_reason(plane: Plane, request: pytest.FixtureRequest) -> None:
    db: Db = request.getfixturevalue(f"{plane}_db")
    tables = {row["name"]: row["triggers"] for row in db.execute(TABLES).fetchall()}
    assert {name for name, triggers in tables.items() if not triggers} == set(LEFT_OUT[plane])
    whole = ["_800_audit_delete", "_800_audit_insert", "_800_audit_update"]
    assert {name: found for name, found in tables.items() if found and found != whole} == {}


RAW_BYTES = """
    select c.relname || '.' || a.attname as name, a.attname as column
    from pg_class as c join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where exists (select from pg_trigger as t where t.tgrelid = c.oid and t.tgname = '_800_audit_insert')
        and a.atttypid = 'bytea'::regtype
"""


def test_raw_bytes_are_redacted(control_db: Db, app_db: Db) -> None:
    """Keys and hashes of tokens are stored as bytes; their columns are named so that the log leaves them out."""
    found = {}
    for db in (control_db, app_db):
        for row in db.execute(RAW_BYTES).fetchall():
            query = "select private.may_hold_secret(%s::text) as is_seen, private.redact_audit(%s)::text as redacted"
            seen = db.execute(query, (row["column"], json.dumps({row["column"]: "canary"}))).fetchone()
            assert seen is not None
            assert seen["is_seen"], row["name"]
            found[row["name"]] = seen["redacted"]
    assert "lead_tokens.token_hash" in found
    assert [name for name, redacted in found.items() if "canary" in redacted] == []
