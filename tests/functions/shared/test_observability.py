"""On whose behalf a session runs, the trace that goes on in messages, and the numbers of a plane."""

from typing import Any

import psycopg
import pytest

Database = psycopg.Connection[dict[str, Any]]
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def value(db: Database, query: str, *parameters: object) -> Any:
    row = db.execute(query.encode(), parameters).fetchone()
    assert row
    return next(iter(row.values()))


@pytest.fixture(params=["app_db", "control_db"])
def plane_db(request: pytest.FixtureRequest) -> Database:
    db: Database = request.getfixturevalue(request.param)
    return db


def test_a_session_is_named_after_its_call(plane_db: Database) -> None:
    value(plane_db, "select private.name_session(%s, '')", "c" * 64)
    assert value(plane_db, "select current_setting('application_name')") == "c" * 63
    assert value(plane_db, "select private.current_correlation_id()") == "c" * 64
    assert value(plane_db, "select private.current_traceparent()") is None
    before = value(plane_db, "select current_setting('application_name')")
    value(plane_db, "select private.name_session('', '')")
    assert value(plane_db, "select current_setting('application_name')") == before
    plane_db.rollback()
    assert value(plane_db, "select current_setting('application_name')") != before


def test_postgrests_session_is_named_after_its_call(plane_db: Database) -> None:
    headers = '{"x-correlation-id": "correlation-1"}'
    plane_db.execute("select set_config('request.headers', %s, true)", (headers,))
    plane_db.execute("set local role anon")
    plane_db.execute("select private.check_request()")
    assert value(plane_db, "select current_setting('application_name')") == "correlation-1"


@pytest.mark.parametrize("setting", ["ananta.traceparent", "request.headers"])
def test_messages_go_on_with_the_trace(plane_db: Database, setting: str) -> None:
    given = TRACE if setting == "ananta.traceparent" else f'{{"traceparent": "{TRACE}"}}'
    plane_db.execute("select set_config(%s, %s, true)", (setting, given))
    event = value(plane_db, "select private.enqueue('webhooks', 'x', '1', '{}')::text")
    query = "select message ->> 'traceparent' from pgmq.q_webhooks where message ->> 'event_id' = %s"
    assert value(plane_db, query, event) == TRACE


@pytest.mark.parametrize("given", ["", "x", TRACE.upper(), TRACE + "-more", "00-" + "z" * 32 + "-b7ad6b7169203331-01"])
def test_what_is_no_trace_is_in_no_message(plane_db: Database, given: str) -> None:
    plane_db.execute("select set_config('ananta.traceparent', %s, true)", (given,))
    event = value(plane_db, "select private.enqueue('webhooks', 'x', '1', '{}')::text")
    query = "select message ? 'traceparent' from pgmq.q_webhooks where message ->> 'event_id' = %s"
    assert value(plane_db, query, event) is False


def test_numbers_of_a_plane(plane_db: Database) -> None:
    before = value(plane_db, "select private.plane_metrics()")["queues"]["webhooks"]
    for _ in range(2):
        value(plane_db, "select private.enqueue('webhooks', 'x', '1', '{}')::text")
    plane_db.execute("update pgmq.q_webhooks set enqueued_at = now() - interval '90 seconds'")
    plane_db.execute("select private.bury_message('webhooks', max(msg_id), 0, 'no reason') from pgmq.q_webhooks")
    plane_db.execute("set local role ananta_edge")
    found = value(plane_db, "select private.plane_metrics()")
    after = found["queues"]["webhooks"]
    assert after["length"] == before["length"] + 1
    assert after["dead_letters"] == before["dead_letters"] + 1
    assert 90 <= after["oldest_age_seconds"] < 120
    assert found["connections"]["postgres"] >= 1
    assert found["max_connections"] >= 20
    assert found["size_bytes"] > 1_000_000
    assert found["oldest_xmin_age"] >= 0
    assert found["commits"] > 0


@pytest.mark.parametrize("role", ["anon", "ananta_worker"])
def test_numbers_are_for_the_edges(plane_db: Database, role: str) -> None:
    plane_db.execute(f"set local role {role}".encode())
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        plane_db.execute("select private.plane_metrics()")


def test_an_old_transaction_shows(cluster: str, app_db: Database) -> None:
    dsn = psycopg.conninfo.make_conninfo(cluster, dbname="supabase")
    with psycopg.connect(dsn) as old:
        old.execute("set transaction isolation level repeatable read")
        old.execute("select pg_current_xact_id()")
        with psycopg.connect(dsn, autocommit=True) as busy:
            for _ in range(5):
                busy.execute("select pg_current_xact_id()")
        assert value(app_db, "select private.plane_metrics()")["oldest_xmin_age"] >= 5
