"""API calls are recorded once, add up by month, and throttle who is over rate or quota."""

import json
import uuid
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.support.world import Members, add_organization

Db = psycopg.Connection[dict[str, Any]]
NOW = "now()"


@pytest.fixture
def made(app_db: Db) -> Members:
    """An organization without limits."""
    return add_organization(app_db, max_users=None, max_components=None)


def record(
    db: Db, made: Members, calls: int, *, failed: int = 0, batch: uuid.UUID | None = None, at: str = NOW
) -> None:
    body = Jsonb([{"organizationId": made.organization_id, "calls": calls, "failed": failed}])
    db.execute(f"select private.record_api_calls(%s, {at}, %s)".encode(), (batch or uuid.uuid4(), body))


def limit(db: Db, made: Members, **limits: int | None) -> None:
    for name, value in limits.items():
        query = f"update public.organizations set max_api_{name} = %s where id = %s"  # noqa: S608
        db.execute(query.encode(), (value, made.organization_id))


def totals(db: Db, made: Members) -> list[int]:
    query = "select quantity from public.usage_totals where organization_id = %s order by period_start"
    return [row["quantity"] for row in db.execute(query, (made.organization_id,)).fetchall()]


def waits(db: Db, made: Members) -> tuple[str | None, float]:
    """Why and for how many seconds the organization is throttled."""
    query = """
        select reason, coalesce(extract(epoch from throttled_until - measured_at), 0)::float as seconds
        from private.api_rates where organization_id = %s
    """
    row = db.execute(query, (made.organization_id,)).fetchone()
    return (row["reason"], row["seconds"]) if row else (None, 0)


def ask(db: Db, made: Members) -> None:
    """A request of the owner, as PostgREST begins it."""
    query = "select arc_saas_tenant_id::text as id from public.organizations where id = %s"
    tenant = (db.execute(query, (made.organization_id,)).fetchone() or {})["id"]
    claims = {
        "sub": made.owner_id, "role": "authenticated", "organization_id": made.organization_id, "tenantId": tenant,
        "iss": "urn:ananta:app", "aud": "ananta-app", "permissions": [],
    }  # fmt: skip
    query = "select set_config('request.jwt.claims', (%s::jsonb || jsonb_build_object('exp',"
    db.execute(f"{query} extract(epoch from now())::bigint + 60))::text, true)".encode(), (json.dumps(claims),))
    db.execute("select private.check_request()")


def test_a_batch_is_recorded_once_and_adds_up_by_month(app_db: Db, made: Members) -> None:
    batch = uuid.uuid4()
    record(app_db, made, 5, batch=batch)
    record(app_db, made, 5, batch=batch)
    record(app_db, made, 7)
    record(app_db, made, 3, at="now() - interval '40 days'")
    record(app_db, made, 1, at="now() + interval '40 days'")
    assert totals(app_db, made) == [3, 13]
    query = "select sum(quantity) as n from private.usage_events where organization_id = %s"
    assert app_db.execute(query, (made.organization_id,)).fetchone() == {"n": 16}
    query = "select current_count from private.usage_of(%s) where metric = 'api_calls'"
    assert app_db.execute(query, (made.organization_id,)).fetchone() == {"current_count": 13}


def test_an_unknown_organization_stops_nobodys_batch(app_db: Db, made: Members) -> None:
    calls = [{"organizationId": str(uuid.uuid4()), "calls": 9}, {"organizationId": made.organization_id, "calls": 2}]
    app_db.execute("select private.record_api_calls(%s, now(), %s)", (uuid.uuid4(), Jsonb(calls)))
    assert totals(app_db, made) == [2]


def test_events_go_after_their_window_and_what_comes_again_then_is_not_counted(app_db: Db, made: Members) -> None:
    old, kept = uuid.uuid4(), uuid.uuid4()
    record(app_db, made, 5, batch=old, at="now() - interval '61 days'")
    record(app_db, made, 7, batch=kept)
    before = totals(app_db, made)
    app_db.execute("delete from private.usage_events where organization_id <> %s", (made.organization_id,))
    app_db.execute("alter table private.usage_events disable trigger user")

    def removed_after(days: int) -> list[int]:
        query = "update private.usage_events set created_at = now() - make_interval(days => %s) where source_id = %s"
        app_db.execute(query, (days, old))
        rows = [app_db.execute("select private.remove_usage_events(1) as n").fetchone() for _ in range(2)]
        return [int(str(row["n"])) for row in rows if row]

    assert removed_after(61) == [0, 0]
    assert removed_after(63) == [1, 0]
    left = app_db.execute("select source_id from private.usage_events").fetchall()
    assert [row["source_id"] for row in left] == [kept]
    record(app_db, made, 5, batch=old, at="now() - interval '63 days'")
    assert totals(app_db, made) == before, "the totals stay, and what is forgotten is not counted again"


def test_what_was_metered_is_not_changed(app_db: Db, made: Members) -> None:
    record(app_db, made, 5)
    with pytest.raises(psycopg.Error, match="usage_event_fixed"):
        app_db.execute("update private.usage_events set quantity = 1")


def test_even_use_at_the_rate_is_never_throttled_and_a_flood_is(app_db: Db, made: Members) -> None:
    limit(app_db, made, calls_per_minute=600)
    for _ in range(20):  # ten a second, in batches of two seconds
        record(app_db, made, 20)
        app_db.execute("update private.api_rates set measured_at = measured_at - interval '2 seconds'")
    assert waits(app_db, made)[0] is None
    ask(app_db, made)
    record(app_db, made, 350)  # the bucket holds 150
    reason, seconds = waits(app_db, made)
    assert (reason, round(seconds)) == ("rate", 20)
    with pytest.raises(psycopg.Error) as refused:
        ask(app_db, made)
    assert refused.value.sqlstate == "PGRST"
    said = refused.value.diag
    answer, body = json.loads(str(said.message_detail)), json.loads(str(said.message_primary))
    assert (answer["status"], body["code"], body["message"]) == (429, "PT429", "too_many_requests")
    assert 0 < int(answer["headers"]["Retry-After"]) == json.loads(body["details"])["retry_after"] <= 20


def test_failed_calls_count_for_the_rate_and_not_for_the_quota(app_db: Db, made: Members) -> None:
    limit(app_db, made, calls_per_minute=60, calls=10)  # the bucket holds 15
    record(app_db, made, 5, failed=9)
    assert waits(app_db, made)[0] is None
    batch = uuid.uuid4()
    for _ in range(2):
        record(app_db, made, 0, failed=11, batch=batch)
    reason, seconds = waits(app_db, made)
    assert (reason, round(seconds)) == ("rate", 10), "a batch is counted once, one of failed calls alone too"
    assert totals(app_db, made) == [5]


def test_a_throttle_ends_by_itself(app_db: Db, made: Members) -> None:
    limit(app_db, made, calls_per_minute=60)
    record(app_db, made, 100)
    app_db.execute("update private.api_rates set throttled_until = now() - interval '1 second'")
    ask(app_db, made)


def test_the_months_quota_throttles_to_its_end_and_an_upgrade_opens(app_db: Db, made: Members) -> None:
    limit(app_db, made, calls=10)
    record(app_db, made, 9)
    ask(app_db, made)
    record(app_db, made, 1)
    query = """
        select throttled_until at time zone 'UTC' = date_trunc('month', now() at time zone 'UTC') + interval '1 month'
            as is_month_end from private.api_rates
    """
    assert app_db.execute(query).fetchone() == {"is_month_end": True}
    with pytest.raises(psycopg.Error, match="used up"), app_db.transaction():
        ask(app_db, made)
    limit(app_db, made, calls=1000)
    ask(app_db, made)
    record(app_db, made, 1)
    assert waits(app_db, made)[0] is None


def test_a_call_names_its_organization_to_the_gateway(app_db: Db, made: Members) -> None:
    ask(app_db, made)
    row = app_db.execute("select current_setting('response.headers') as sent").fetchone() or {}
    assert json.loads(str(row["sent"])) == [{"X-Ananta-Internal-Organization": made.organization_id}]


def test_a_processed_bom_is_metered_once_a_run(app_db: Db, made: Members) -> None:
    query = "insert into public.stored_files (organization_id, sha256, size_bytes) values (%s, repeat('a', 64), 1)"
    app_db.execute(query, (made.organization_id,))
    bom = app_db.execute(
        "insert into public.boms"
        " (organization_id, project_id, name, file_name, file_sha256, file_size, status)"
        " select organization_id, id, 'n', 'f', repeat('a', 64), 1, 'parsing' from public.projects"
        " where organization_id = %s returning id",
        (made.organization_id,),
    ).fetchone()
    for status in ("ready", "parsing", "ready"):
        app_db.execute("update public.boms set status = %s where id = %s", (status, (bom or {})["id"]))
    assert totals(app_db, made) == [1]
    app_db.execute("update public.boms set status = 'parsing', import_run = import_run + 1")
    app_db.execute("update public.boms set status = 'ready'")
    assert totals(app_db, made) == [2]
