"""A session of the migrator: acting as the owner role, with nothing left to the caller's settings."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg import conninfo, sql

from ananta.settings import Plane
from migrations.errors import MigrationError
from migrations.settings import role

Connection = psycopg.Connection[tuple[Any, ...]]
Progress = Callable[[str], None]

OWNER = "ananta_owner"
MINIMUM_SERVER = 150000
ADVISORY_LOCK = 4_112_026_270_301
_POLL_SECONDS = 0.1

# An empty search path: a script that forgets a schema fails here and not at a customer's.
_SESSION = """
    set client_min_messages = warning;
    set search_path = '';
    set statement_timeout = 0;
    set lock_timeout = 0;
    set idle_in_transaction_session_timeout = 0;
    set time zone 'UTC';
"""


def silent(_message: str) -> None:
    """Progress that nobody reads."""


def describe(dsn: str) -> str:
    """Where a DSN points, without its password: ``user@host:port/database``."""
    with suppress(psycopg.Error):
        parts = conninfo.conninfo_to_dict(dsn)
        host = parts.get("host") or parts.get("hostaddr") or "localhost"
        return f"{parts.get('user') or '?'}@{host}:{parts.get('port') or 5432}/{parts.get('dbname') or '?'}"
    return "the given database URL"


def open_session(plane: Plane, dsn: str) -> Connection:
    """Connect in autocommit and become the owner role; every failure is a sentence without a password."""
    connection, owner = open_plain(plane, dsn), role(OWNER)
    try:
        _require_server(plane, connection)
        connection.execute(_SESSION)
        connection.execute(sql.SQL("set role {}").format(sql.Identifier(owner)))
    except psycopg.Error as error:
        connection.close()
        raise MigrationError(
            "owner_unavailable",
            f"{describe(dsn)} cannot act as {owner}: {error.diag.message_primary or type(error).__name__}",
            plane,
            sqlstate=error.sqlstate,
            hint=f"connect as {role('ananta_migrator')}; have an administrator run what `bin/ananta db roles {plane}`"
            " prints (sql/cluster/roles.sql) if that role or its membership is missing",
        ) from None
    except BaseException:
        connection.close()
        raise
    return connection


def open_plain(plane: Plane, dsn: str) -> Connection:
    """Connect in autocommit as whom the DSN names; every failure is a sentence without a password."""
    try:
        parts = conninfo.conninfo_to_dict(dsn)
    except psycopg.Error:
        raise MigrationError(
            "database_url_invalid",
            "the database URL is not one that PostgreSQL understands",
            plane,
            hint="expected postgresql://user:password@host:port/database",
        ) from None
    parts.setdefault("connect_timeout", 10)
    parts.setdefault("application_name", "ananta migrations")
    try:
        return psycopg.connect(autocommit=True, **parts)  # type: ignore[arg-type]
    except psycopg.Error as error:
        cause = " ".join(str(error).split()) or type(error).__name__
        if parts.get("password"):
            cause = cause.replace(str(parts["password"]), "***")
        raise MigrationError("database_unreachable", f"cannot connect to {describe(dsn)}: {cause}", plane) from None


def _require_server(plane: Plane, connection: Connection) -> None:
    version = connection.info.server_version
    if version < MINIMUM_SERVER:
        raise MigrationError("server_too_old", f"PostgreSQL 15 or newer is needed, this is {version // 10000}", plane)


@contextmanager
def upgrade_lock(
    plane: Plane, connection: Connection, progress: Progress = silent, wait_seconds: float = 600
) -> Iterator[None]:
    """One upgrade at a time in a database.

    It polls: a session that waits *inside* ``pg_advisory_lock`` holds a snapshot, for which a
    ``create index concurrently`` of the other upgrade would wait for ever.
    """
    deadline = time.monotonic() + wait_seconds
    waiting = False
    while not _try_lock(connection):
        if not waiting:
            progress("another upgrade of this database is running: waiting for it")
            waiting = True
        if time.monotonic() > deadline:
            raise MigrationError("upgrade_locked", f"another upgrade did not end within {wait_seconds:.0f} s", plane)
        time.sleep(_POLL_SECONDS)
    try:
        yield
    finally:
        with suppress(psycopg.Error):
            connection.execute("select pg_advisory_unlock(%s)", (ADVISORY_LOCK,))


def _try_lock(connection: Connection) -> bool:
    row = connection.execute("select pg_try_advisory_lock(%s)", (ADVISORY_LOCK,)).fetchone()
    return bool(row and row[0])
