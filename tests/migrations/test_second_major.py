"""Both planes on PostgreSQL 15, the oldest major supported, and every function checked there by plpgsql_check."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ananta import database_setup
from ananta.embedded import processes
from ananta.settings import Plane
from tests.conftest import PASSWORDS

BIN = Path("/usr/lib/postgresql/15/bin")
CHECKER = Path("/usr/share/postgresql/15/extension/plpgsql_check.control")
ENABLE = "apt-get install postgresql-15 postgresql-15-plpgsql-check"

FUNCTIONS = """
    select p.oid::regprocedure::text as name, p.prorettype = 'trigger'::regtype as is_trigger,
        (select t.tgrelid::regclass::text from pg_trigger as t where t.tgfoid = p.oid limit 1) as relation,
        (select max(t.tgoldtable) from pg_trigger as t where t.tgfoid = p.oid) as old_table,
        (select max(t.tgnewtable) from pg_trigger as t where t.tgfoid = p.oid) as new_table
    from pg_proc as p
    inner join pg_namespace as n on n.oid = p.pronamespace
    inner join pg_language as l on l.oid = p.prolang
    where n.nspname in ('private', 'public', 'tenant_management') and l.lanname = 'plpgsql'
    order by 1
"""


@pytest.fixture(scope="module")
def postgres_15(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A cluster of Debian's PostgreSQL 15 with both planes."""
    if not (BIN / "postgres").exists() or not CHECKER.exists():
        reason = f"PostgreSQL 15 with plpgsql_check is not installed; enable this test with: {ENABLE}"
        if os.environ.get("ANANTA_CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    place = Path("/tmp") / f"ananta-pg15-{os.getpid()}"  # noqa: S108 - the unprivileged user must reach it
    user = processes.unprivileged_user()
    as_user = {"user": user.uid, "group": user.gid, "extra_groups": []} if user else {}
    place.mkdir(mode=0o700)
    if user:
        os.chown(place, user.uid, user.gid)
    port = processes.free_port()
    try:
        initdb = [
            BIN / "initdb",
            "-D",
            place / "data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "--no-sync",
            "--locale=C.UTF-8",
        ]
        subprocess.run(initdb, check=True, capture_output=True, cwd=place, **as_user)
        options = f"-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -p {port}"
        start = [BIN / "pg_ctl", "-D", place / "data", "-w", "-l", place / "log", "-o", options, "start"]
        subprocess.run(start, check=True, stdout=subprocess.DEVNULL, cwd=place, **as_user)
        dsn = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        database_setup.prepare(dsn, PASSWORDS)
        yield dsn
    finally:
        stop = [BIN / "pg_ctl", "-D", place / "data", "-m", "immediate", "stop"]
        subprocess.run(stop, check=False, stdout=subprocess.DEVNULL, cwd="/", **as_user)
        shutil.rmtree(place, ignore_errors=True)


@pytest.mark.parametrize("plane", list(Plane))
def test_plpgsql_check_finds_nothing(postgres_15: str, plane: Plane) -> None:
    dsn = psycopg.conninfo.make_conninfo(postgres_15, dbname=database_setup.DATABASES[plane])
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("create extension if not exists plpgsql_check")
        functions = connection.execute(FUNCTIONS).fetchall()
        assert len(functions) > 10
        findings = [finding for function in functions for finding in _check(connection, function)]
        connection.execute(
            "create function private.planted() returns int language plpgsql as 'begin return nothing; end'"
        )
        assert _check(connection, ("private.planted()", False, None, None, None))
    assert findings == []


def _check(connection: psycopg.Connection, function: tuple[str, bool, str | None, str | None, str | None]) -> list[str]:
    name, is_trigger, relation, old, new = function
    query = (
        "select level || ' ' || coalesce(lineno::text, '') || ' ' || message from plpgsql_check_function_tb("
        "%s::regprocedure, relid => %s::regclass, oldtable => %s, newtable => %s, extra_warnings => true,"
        " performance_warnings => false, security_warnings => true, without_warnings => false)"
    )
    parameters = (name, relation if is_trigger else 0, old, new)
    return [f"{name}: {row[0]}" for row in connection.execute(query, parameters)]
