"""Connecting: what a person reads when it fails, and that a password is never in it."""

import pytest
from psycopg import conninfo

from ananta.settings import Plane
from migrations.connection import describe, open_session
from migrations.errors import MigrationError
from tests.migrations.conftest import MIGRATOR_PASSWORD, Database

SECRET = "hunter2-secret"


def failure(dsn: str) -> MigrationError:
    with pytest.raises(MigrationError) as caught:
        open_session(Plane.APP, dsn)
    error = caught.value
    assert SECRET not in f"{error} {error!r} {error.__cause__}"
    assert error.__suppress_context__
    return error


@pytest.mark.parametrize(
    "dsn",
    [
        f"postgresql://user:{SECRET}@host:port/[",
        f"postgres//user:{SECRET}@host",
        f"postgresql://user:{SECRET}@[::1",
        f"host=x password={SECRET} nonsense",
        "",
    ],
)
def test_not_a_url(dsn: str) -> None:
    assert failure(dsn).slug in {"database_url_invalid", "database_unreachable"}


def test_nobody_listens() -> None:
    error = failure(f"postgresql://ananta_migrator:{SECRET}@127.0.0.1:1/nowhere")
    assert error.slug == "database_unreachable"
    assert "ananta_migrator@127.0.0.1:1/nowhere" in str(error)


def test_wrong_password(database: Database) -> None:
    error = failure(conninfo.make_conninfo(database.dsn, password=SECRET))
    assert error.slug == "database_unreachable"
    assert "password authentication failed" in str(error)


def test_no_such_database(database: Database) -> None:
    assert 'database "nowhere" does not exist' in str(failure(conninfo.make_conninfo(database.dsn, dbname="nowhere")))


def test_a_login_that_is_not_the_migrator(database: Database) -> None:
    database.server.run(f"create role stranger login password '{SECRET}'")
    try:
        error = failure(conninfo.make_conninfo(database.dsn, user="stranger", password=SECRET))
    finally:
        database.server.run("drop role stranger")
    assert error.slug == "owner_unavailable"
    assert "sql/cluster/roles.sql" in str(error)


def test_a_session_is_the_owner_s_whatever_the_url_asks_for(database: Database) -> None:
    dsn = conninfo.make_conninfo(database.dsn, options="-c search_path=public -c statement_timeout=1s")
    with open_session(Plane.APP, dsn) as connection:
        row = connection.execute(
            "select current_user, current_setting('search_path'), current_setting('statement_timeout')"
        ).fetchone()
    assert row == ("ananta_owner", '""', "0")


def test_a_description_has_no_password(database: Database) -> None:
    assert MIGRATOR_PASSWORD not in describe(database.dsn)
    assert describe("nonsense") == "the given database URL"
