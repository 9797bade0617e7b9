"""``bin/ananta db`` as a person uses it: what it prints, and its exit codes."""

import json
import os
from pathlib import Path

import pytest
from psycopg import conninfo
from typer.testing import CliRunner, Result

from ananta import migrations_cli
from ananta.embedded import credentials, processes, run_state
from ananta.settings import Plane, get_settings
from tests.migrations.conftest import MIGRATOR_PASSWORD, Database, plain


def db(*arguments: str) -> Result:
    result = CliRunner().invoke(migrations_cli.app, list(arguments))
    assert MIGRATOR_PASSWORD not in result.output
    return result


@pytest.fixture(autouse=True)
def _nothing_embedded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ANANTA_STATE_DIR", str(tmp_path / "state"))
    for plane in ("CONTROL", "APP"):
        monkeypatch.delenv(f"ANANTA_{plane}_MIGRATOR_DATABASE_URL", raising=False)
    get_settings.cache_clear()


def test_a_database_by_url_from_empty_to_verified(database: Database) -> None:
    url = ("--url", database.dsn)
    before = db("status", "app", *url)
    assert (before.exit_code, "upgrade needed" in plain(before.output)) == (1, True)
    upgraded = db("upgrade", "app", *url)
    assert upgraded.exit_code == 0, upgraded.output
    assert "revision 0001" in upgraded.output
    again = db("upgrade", "app", *url)
    assert (again.exit_code, "nothing to do" in again.output) == (0, True)
    after = db("status", "app", *url)
    assert (after.exit_code, "up to date" in plain(after.output)) == (0, True)
    verified = db("verify", "app", *url, "--scratch-url", database.server.superuser_dsn)
    assert (verified.exit_code, "as declared" in verified.output) == (0, True)


def test_a_difference_is_exit_code_1(database: Database) -> None:
    db("upgrade", "control", "--url", database.dsn)
    database.run("drop table private.rate_limits")
    result = db("verify", "control", "--url", database.dsn, "--scratch-url", database.server.superuser_dsn)
    assert result.exit_code == 1
    assert "table private.rate_limits: only in the declaration" in result.output


def test_a_url_may_come_from_the_environment(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANANTA_APP_MIGRATOR_DATABASE_URL", database.dsn)
    assert db("upgrade", "app").exit_code == 0
    result = db("verify", "app")
    assert (result.exit_code, "nothing wrong found, catalogue not compared" in result.output) == (3, True)


def test_the_running_embedded_database_is_the_default(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    superuser = conninfo.conninfo_to_dict(database.server.superuser_dsn)
    passwords = {"ananta_migrator": MIGRATOR_PASSWORD, "postgres_superuser": superuser["password"]}
    state_dir = tmp_path / "state"
    state_dir.mkdir()
    (state_dir / credentials.FILE_NAME).write_text(json.dumps(passwords), encoding="utf-8")
    me, started, port = os.getpid(), processes.started_at(os.getpid()) or "", int(superuser["port"] or 0)
    server = run_state.ServiceState("postgres", pid=me, started=started, port=port)
    run_state.save(state_dir, run_state.RunState(me, started, services=[server]))
    monkeypatch.setattr(migrations_cli, "DATABASES", {Plane.APP: database.name})
    assert db("upgrade", "app").exit_code == 0
    result = db("verify", "app")
    assert (result.exit_code, "not compared" in result.output) == (0, False), result.output


def test_findings_of_the_lint_are_exit_code_1(database: Database) -> None:
    assert db("upgrade", "app", "--url", database.dsn).exit_code == 0
    clean = db("lint", "app", "--url", database.dsn)
    assert (clean.exit_code, " 0 findings" in clean.output) == (0, True), clean.output
    database.run("alter table public.boms no force row level security")
    found = db("lint", "app", "--url", database.dsn)
    assert found.exit_code == 1
    assert "0101_row_security_not_forced: public.boms" in plain(found.output)


def test_one_url_is_not_two_databases(database: Database) -> None:
    result = db("upgrade", "--url", database.dsn)
    assert result.exit_code == 2
    assert "names one database" in plain(result.output)


@pytest.mark.parametrize("command", ["upgrade", "status", "verify", "lint"])
def test_without_a_database_it_says_how_to_get_one(command: str) -> None:
    result = db(command)
    assert result.exit_code == 2
    assert "bin/ananta up" in result.output


def test_a_wrong_url_is_exit_code_2(database: Database) -> None:
    result = db("status", "app", "--url", database.dsn.replace(database.name, "nowhere"))
    assert result.exit_code == 2
    assert "database_unreachable" in result.output


def test_a_revision_is_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(migrations_cli, "ROOT", tmp_path)
    result = db("revision", "app", "add colours")
    assert result.exit_code == 0, result.output
    assert "migrations/app/versions/0001_add_colours.sql" in result.output
