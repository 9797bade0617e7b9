"""The control plane's activity log: operators, workers and signups, the platform's own chain, no token."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

Db = psycopg.Connection[dict[str, Any]]
PLATFORM = "00000000-0000-0000-0000-000000000000"


def signed_up(db: Db, plan: str) -> str:
    """A tenant as signup makes it: in one transaction with its subscription, which is what says for how long."""
    db.execute("set constraints all deferred")
    plane = (
        "insert into tenant_management.app_planes (name, base_url, portal_url)"
        " values (%s, 'http://a', 'http://p') returning id"
    )
    plane_id = one(db, plane, uuid.uuid4().hex)["id"]
    query = "insert into tenant_management.tenants (key, name, app_plane_id) values (%s, 'T', %s) returning id::text"
    tenant = str(one(db, query, f"t{uuid.uuid4().hex[:10]}", plane_id)["id"])
    db.execute("insert into tenant_management.subscriptions (tenant_id, plan_id) values (%s, %s)", (tenant, plan))
    db.execute("set constraints all immediate")
    return tenant


def one(db: Db, query: str, *parameters: Any) -> dict[str, Any]:
    row = db.execute(query.encode(), parameters).fetchone()
    assert row is not None
    return row


def entries(db: Db, owner: str) -> list[dict[str, Any]]:
    query = "select * from tenant_management.activity_log where tenant_id = %s order by number"
    return db.execute(query, (owner,)).fetchall()


def test_an_operator_s_change_of_a_plan_is_in_the_platform_s_chain(control_db: Db) -> None:
    control_db.execute("set constraints all immediate")
    query = (
        "insert into tenant_management.users (email, first_name, last_name, is_platform_admin)"
        " values (%s, 'O', 'P', true) returning id::text"
    )
    operator = one(control_db, query, f"{uuid.uuid4().hex}@operators.example")["id"]
    claims = json.dumps({"sub": operator, "role": "platform_admin"})
    control_db.execute("select set_config('request.jwt.claims', %s, true)", (claims,))
    control_db.execute("set local session authorization control_authenticator")
    control_db.execute("set local role platform_admin")
    control_db.execute("update tenant_management.plans set price_minor = price_minor + 1 where id = 'plan-basic'")
    last = entries(control_db, PLATFORM)[-1]
    assert (last["actor_kind"], str(last["actor_id"]), last["table_name"]) == ("platform_admin", operator, "plans")
    assert (last["row_id"], set(last["after"])) == ("plan-basic", {"price_minor"})
    control_db.execute("reset role")
    control_db.execute("set local session authorization default")
    assert control_db.execute("select * from private.verify_audit_log(%s)", (PLATFORM,)).fetchall() == []


def test_workers_and_the_edge_are_told_apart(control_db: Db) -> None:
    tenant = signed_up(control_db, "plan-basic")
    workflow = f"provision-tenant-{tenant}"
    control_db.execute(
        "insert into tenant_management.workflows (id, tenant_id, name, input) values (%s, %s, 'W', '{}')",
        (workflow, tenant),
    )
    control_db.execute("set local session authorization control_worker")
    control_db.execute('select private.claim_workflow_step(%s, \'[{"name": "s", "maxAttempts": 1}]\')', (workflow,))
    control_db.execute("set local session authorization default")
    told = [(e["actor_kind"], e["actor_login"], e["table_name"], e["action"]) for e in entries(control_db, tenant)]
    assert ("system", "postgres", "tenants", "insert") in told
    assert ("worker", "control_worker", "workflows", "update") in told


def test_entries_are_kept_by_the_plan(control_db: Db) -> None:
    today = datetime.now(UTC).date()
    for plan, days in {"plan-free": 30, "plan-basic": 90, "plan-professional": 365, "plan-enterprise": 2555}.items():
        tenant = signed_up(control_db, plan)
        assert {e["expires_on"] for e in entries(control_db, tenant)} == {today + timedelta(days=days)}


def test_a_cancelled_tenant_keeps_what_its_plan_promised(control_db: Db) -> None:
    tenant = signed_up(control_db, "plan-free")
    control_db.execute(
        "update tenant_management.subscriptions set status = 'cancelled' where tenant_id = %s", (tenant,)
    )
    assert entries(control_db, tenant)[-1]["expires_on"] == datetime.now(UTC).date() + timedelta(days=30)


def test_no_token_and_no_secret_setting_is_written(control_db: Db) -> None:
    tenant = signed_up(control_db, "plan-basic")
    insert = "insert into tenant_management.settings (tenant_id, key, value) values (%s, %s, %s)"
    control_db.execute("alter table tenant_management.settings disable trigger _200_check_setting")
    control_db.execute(insert, (tenant, "smtp.password", '"canary-1"'))
    control_db.execute(insert, (tenant, "erp", '{"host": "kept", "login": {"password": "canary-2"}}'))
    control_db.execute("update tenant_management.settings set value = '\"canary-3\"' where key = 'smtp.password'")
    control_db.execute(
        "with l as (insert into tenant_management.leads (first_name, last_name, company_name, email)"
        " values ('A', 'B', 'C', 'a@b.example') returning id) insert into private.lead_tokens"
        " (token_hash, lead_id, kind, expires_at) select sha256('canary-4'), id, 'lead', now() from l"
    )
    hashed = one(control_db, "select sha256('canary-4')::text as hash")["hash"]
    written = json.dumps(
        [[e["row_id"], e["before"], e["after"]] for e in entries(control_db, tenant) + entries(control_db, PLATFORM)]
    )
    assert "kept" in written
    assert "lead_tokens" in {e["table_name"] for e in entries(control_db, PLATFORM)}
    for canary in ("canary", hashed.removeprefix("\\x")):
        assert canary not in written
    changed = [e for e in entries(control_db, tenant) if (e["table_name"], e["action"]) == ("settings", "update")]
    assert [(e["before"], e["after"]) for e in changed] == [({"value": "[redacted]"}, {"value": "[redacted]"})]
