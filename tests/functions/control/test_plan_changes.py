"""A plan that changes is told to the app plane, numbered; what the app plane reports of use is kept."""

import uuid
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

Db = psycopg.Connection[dict[str, Any]]


@pytest.fixture
def tenant(control_db: Db) -> str:
    """An active tenant on plan-basic."""
    plane = control_db.execute(
        "insert into tenant_management.app_planes (name, base_url, portal_url, region, capacity)"
        " values ('p', 'http://app', 'http://portal', 'eu', 9) returning id"
    ).fetchone()
    row = control_db.execute(
        "insert into tenant_management.tenants (key, name, status, app_plane_id)"
        " values ('acme', 'Acme', 'active', %s) returning id::text",
        ((plane or {})["id"],),
    ).fetchone()
    tenant_id = str((row or {})["id"])
    query = "insert into tenant_management.subscriptions (tenant_id, plan_id, status) values (%s, 'plan-basic', %s)"
    control_db.execute(query, (tenant_id, "pending"))
    control_db.execute(
        "update tenant_management.subscriptions set status = 'active' where tenant_id = %s", (tenant_id,)
    )
    return tenant_id


def _messages(db: Db, tenant: str) -> list[Any]:
    query = "select message from pgmq.q_webhooks where message ->> 'tenant_id' = %s order by msg_id"
    found = [row["message"] for row in db.execute(query, (tenant,)).fetchall()]
    assert {message["type"] for message in found} <= {"subscription.changed"}
    return [message["previous_plan"] for message in found]


def _event(db: Db, tenant: str) -> dict[str, Any]:
    row = db.execute("select private.subscription_changed_event(%s, null) -> 'body' as body", (tenant,)).fetchone()
    return dict((row or {})["body"])


def test_a_change_of_plan_is_told(control_db: Db, tenant: str) -> None:
    assert _messages(control_db, tenant) == [], "of the first plan tells tenant.provisioned"
    before = _event(control_db, tenant)
    query = "update tenant_management.subscriptions set plan_id = 'plan-professional' where tenant_id = %s"
    control_db.execute(query, (tenant,))
    assert _messages(control_db, tenant) == ["plan-basic"]
    event = _event(control_db, tenant)
    assert event["version"] > before["version"]
    assert event["newLimits"] == {
        "maxUsers": 25, "maxComponents": 50000, "maxStorageGb": 100, "maxApiCalls": 10_000_000,
        "maxApiCallsPerMinute": 12_000, "auditDays": 365,
    }  # fmt: skip
    assert event["newFeatures"] == ["ai_normalization", "bulk_export"]
    control_db.execute(
        "update tenant_management.subscriptions set current_period_end = now() where tenant_id = %s", (tenant,)
    )
    assert len(_messages(control_db, tenant)) == 1


@pytest.mark.parametrize(
    "change",
    [
        "update tenant_management.plan_limits set limit_value = 7 where plan_id = 'plan-basic'",
        "delete from tenant_management.plan_limits where plan_id = 'plan-basic' and metric = 'users'",
        "insert into tenant_management.plan_features (plan_id, feature) values ('plan-basic', 'bulk_export')",
        "update tenant_management.plan_features set plan_id = 'plan-basic' where plan_id = 'plan-professional'",
    ],
)
def test_a_plan_that_changes_changes_for_its_tenants(control_db: Db, tenant: str, change: str) -> None:
    before = _event(control_db, tenant)["version"]
    control_db.execute(change.encode())
    assert _messages(control_db, tenant) == ["plan-basic"]
    assert _event(control_db, tenant)["version"] > before
    control_db.execute("update tenant_management.plan_limits set limit_value = 9 where plan_id = 'plan-free'")
    assert len(_messages(control_db, tenant)) == 1, "another plan's limits are no news for this one"


def test_nobody_numbers_a_subscription_but_the_database(control_db: Db, tenant: str) -> None:
    control_db.execute("update tenant_management.subscriptions set version = 1 where tenant_id = %s", (tenant,))
    assert _event(control_db, tenant)["version"] > 1


def test_a_tenant_that_is_not_active_is_not_told(control_db: Db, tenant: str) -> None:
    control_db.execute("update tenant_management.tenants set status = 'suspended' where id = %s", (tenant,))
    query = "update tenant_management.subscriptions set plan_id = 'plan-free' where tenant_id = %s"
    control_db.execute(query, (tenant,))
    assert _messages(control_db, tenant) == []


def test_reported_use_is_kept_the_newest_of_it(control_db: Db, tenant: str) -> None:
    def report(event_id: uuid.UUID, current: int, second: int) -> Any:
        event = {
            "tenantId": tenant, "metric": "components", "current": current, "limit": 40, "percentage": 100,
            "occurredAt": f"2026-01-01T00:00:{second:02}Z",
        }  # fmt: skip
        return control_db.execute(
            "select private.record_usage_alert(%s, %s) as new", (event_id, Jsonb(event))
        ).fetchone()

    first = uuid.uuid4()
    assert report(first, 60, 5) == {"new": True}
    assert report(first, 61, 6) == {"new": False}
    assert report(uuid.uuid4(), 10, 4) == {"new": True}
    query = "select current_count, limit_value, percentage, excess_count from tenant_management.tenant_usage"
    assert control_db.execute(f"{query} where tenant_id = %s".encode(), (tenant,)).fetchall() == [
        {"current_count": 60, "limit_value": 40, "percentage": 150, "excess_count": 20}
    ]


def test_use_of_an_unknown_tenant_is_refused(control_db: Db) -> None:
    event = {"tenantId": str(uuid.uuid4()), "metric": "users", "current": 1, "limit": 1}
    with pytest.raises(psycopg.Error, match="tenant_not_found"):
        control_db.execute("select private.record_usage_alert(%s, %s)", (uuid.uuid4(), Jsonb(event)))
