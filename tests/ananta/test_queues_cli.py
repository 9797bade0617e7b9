"""``bin/ananta queues``, ``dead-letters`` and ``workflows`` as an operator uses them, with the migrator's login."""

import json
import secrets
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import typer
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from typer.testing import CliRunner, Result

from ananta import database_setup, queues_cli, workflows_cli
from ananta.settings import Plane
from tests.conftest import PASSWORDS

Db = psycopg.Connection[dict[str, Any]]
QUEUE = "bom_imports"
CANARY = "s3cret-" + secrets.token_hex(4)


def call(application: typer.Typer, *arguments: str) -> Result:
    return CliRunner().invoke(application, [*arguments], env={"COLUMNS": "250"})


def login(cluster: str, plane: Plane) -> str:
    return database_setup.migrator_dsn(cluster, database_setup.DATABASES[plane], PASSWORDS)


@pytest.fixture
def letters(cluster: str) -> Iterator[tuple[Db, list[str]]]:
    """Three dead letters of one queue, one of them three days old, and one of another queue."""
    dsn = psycopg.conninfo.make_conninfo(cluster, dbname=database_setup.DATABASES[Plane.APP])
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as db:
        ids = []
        for number, (queue, age) in enumerate([(QUEUE, 0), (QUEUE, 0), (QUEUE, 3), ("identities", 0)]):
            body = {"event_id": str(uuid.uuid4()), "type": "no.such", "id": "1", "token": CANARY, "v": 1}
            row = db.execute(
                """insert into private.dead_letters (queue, message_id, message, attempt_count, error, created_at)
                values (%s, %s, %s, 10, '[b]never[/b]', now() - make_interval(days => %s)) returning id::text""",
                (queue, -number, Jsonb(body), age),
            ).fetchone()
            ids.append(str((row or {})["id"]))
        yield db, ids
        db.execute("delete from private.dead_letters; delete from pgmq.q_bom_imports; delete from pgmq.q_identities")
        db.execute("delete from private.breakers")


def test_dead_letters_are_listed_shown_replayed_and_dropped(cluster: str, letters: tuple[Db, list[str]]) -> None:
    db, ids = letters
    at = ("--plane", "app", "--url", login(cluster, Plane.APP))

    def listed(*options: str) -> list[str]:
        answer = call(queues_cli.dead_letters, "list", "--json", *options, *at)
        assert answer.exit_code == 0, answer.output
        return [row["id"] for row in json.loads(answer.output)]

    assert sorted(listed()) == sorted(ids)
    assert sorted(listed("--queue", QUEUE)) == sorted(ids[:3])
    assert listed("--older-than", "2 days") == [ids[2]]
    assert sorted(listed("--newer-than", "1h", "-q", QUEUE)) == sorted(ids[:2])
    table = call(queues_cli.dead_letters, "list", *at).output
    assert "[b]never[/b]" in table
    shown = call(queues_cli.dead_letters, "show", ids[0], *at)
    assert json.loads(shown.output)["message"]["type"] == "no.such"
    assert CANARY not in table + shown.output

    before = db.execute("select message from private.dead_letters where id = %s", (ids[0],)).fetchone()
    assert call(queues_cli.dead_letters, "replay", *at).exit_code == 2, "which ones must be said"
    assert len(listed()) == 4
    answer = call(queues_cli.dead_letters, "replay", ids[0], *at)
    assert (answer.exit_code, "1 replayed" in answer.output) == (0, True)
    again = call(queues_cli.dead_letters, "replay", ids[0], *at)
    assert (again.exit_code, "0 replayed" in again.output) == (1, True)
    assert db.execute("select message from pgmq.q_bom_imports").fetchall() == [before]
    assert "1 dropped" in call(queues_cli.dead_letters, "drop", "--older-than", "1 day", *at).output
    assert "2 replayed" in call(queues_cli.dead_letters, "replay", "--all", *at).output
    assert listed() == []


def test_a_dead_letter_that_readers_choke_on_is_shown_without_it(cluster: str, letters: tuple[Db, list[str]]) -> None:
    db, ids = letters
    body = f'{{"type": {"[" * 3000}{"]" * 3000}, "v": 1, "size": {"9" * 5000}}}'
    db.execute("update private.dead_letters set message = %s::jsonb where id = %s", (body, ids[0]))
    shown = call(queues_cli.dead_letters, "show", ids[0], "--plane", "app", "--url", login(cluster, Plane.APP))
    assert json.loads(shown.output)["message"] == {"type": "(not shown)", "v": 1, "size": "(not shown)"}


def test_queues_say_what_waits_and_for_what(cluster: str, letters: tuple[Db, list[str]]) -> None:
    db, _ = letters
    for number in range(4):
        db.execute("select private.enqueue(%s, 'no.such', %s, '{}')", (QUEUE, str(number)))
    db.execute("select * from private.take_messages(%s, 60, 2, '', '{}', 4)", (QUEUE,))
    taken = db.execute("select array_agg(msg_id) as ids from pgmq.q_bom_imports where read_ct = 1").fetchone() or {}
    db.execute("select private.release_messages(%s, %s, '{1}', 60, true)", (QUEUE, taken["ids"][:1]))
    db.execute("select private.open_breaker(%s, 'files [1]', 'away', 4, 10)", (QUEUE,))
    at = ("app", "--url", login(cluster, Plane.APP))
    rows = {row["queue"]: row for row in json.loads(call(queues_cli.queues, *at, "--json").output)}
    assert set(rows) == {"bom_imports", "bom_suggestions", "identities", "webhooks", "notifications"}
    counts = ("message_count", "ready_count", "in_flight_count", "waiting_count", "dead_letter_count")
    assert [rows[QUEUE][name] for name in counts] == [4, 2, 1, 1, 3]
    assert rows[QUEUE]["oldest_seconds"] >= 0
    assert [found["system"] for found in rows[QUEUE]["breakers"]] == ["files [1]"]
    shown = call(queues_cli.queues, *at).output
    assert "files [1]: away (4 times)" in shown
    assert "bom_suggestions" in shown  # nothing is cut off or folded where no terminal is


def test_workflows_are_listed_shown_retried_and_cancelled(cluster: str) -> None:
    dsn = psycopg.conninfo.make_conninfo(cluster, dbname=database_setup.DATABASES[Plane.CONTROL])
    at = ("--url", login(cluster, Plane.CONTROL))
    key = f"cli-{secrets.token_hex(4)}"
    run = f"test-{key}"
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as db:
        db.execute("select private.register_app_plane(%s, 'http://app', 'http://portal')", (key,))
        db.execute(
            """insert into tenant_management.tenants (key, name, app_plane_id)
            select %s, 'Test', id from tenant_management.app_planes where name = %s""",
            (key, key),
        )
        db.execute(
            "select private.start_workflow(%s, id, 'Test', '{\"secret\": \"x\"}') from tenant_management.tenants"
            " where key = %s",
            (run, key),
        )
        claim = 'select private.claim_workflow_step(%s, \'[{"name": "one", "maxAttempts": 1}]\')'
        try:
            db.execute(claim, (run,))
            db.execute("select private.fail_workflow_step(%s, 1, 'away', 'wait', true, '1 s')", (run,))
            listed = json.loads(call(workflows_cli.app, "list", "--status", "halted", "--json", *at).output)
            assert [(row["step"], row["attempt"], row["cause"]) for row in listed if row["id"] == run] == [
                ("one", 1, "away")
            ]
            assert "1 of 1" in call(workflows_cli.app, "list", *at).output
            shown = json.loads(call(workflows_cli.app, "show", run, *at).output)
            assert (shown["reason"], "secret" in json.dumps(shown)) == ("one failed: away wait", False)
            assert call(workflows_cli.app, "retry", run, *at).output == f"{run}: running\n"
            assert call(workflows_cli.app, "cancel", run, *at).output == f"{run}: cancelling\n"
            unknown = call(workflows_cli.app, "retry", "no-such-run", *at)
            assert (unknown.exit_code, "workflow_not_found" in unknown.output) == (2, True)
        finally:
            db.execute("delete from tenant_management.tenants where key = %s", (key,))
            db.execute("delete from tenant_management.app_planes where name = %s", (key,))
            db.execute("delete from pgmq.q_workflows")


@pytest.mark.parametrize("application", [queues_cli.queues, queues_cli.dead_letters, workflows_cli.app])
def test_a_database_that_is_not_there_is_one_sentence(application: typer.Typer) -> None:
    url = ("--url", "postgresql://ananta_migrator:geheim@127.0.0.1:1/supabase")
    arguments = {queues_cli.queues: ("app",), queues_cli.dead_letters: ("list", "--plane", "app")}
    result = call(application, *arguments.get(application, ("list",)), *url)
    assert (result.exit_code, "database_unreachable" in result.output, "geheim" in result.output) == (2, True, False)
