"""pgmq: the extension where the server has it, else the same SQL out of the Python package."""

from contextlib import suppress

import psycopg
from pgmq.install import get_embedded_install_sql, get_embedded_sql_version

from ananta.settings import Plane
from migrations.connection import Connection
from migrations.scripts import run_script


def install_queues(plane: Plane, connection: Connection) -> str | None:
    """Make sure that schema ``pgmq`` is there; says what was installed, or nothing if it was."""
    if _answer(connection, "select to_regclass('pgmq.meta') is not null"):
        return None
    if _answer(connection, "select exists (select from pg_available_extensions where name = 'pgmq')"):
        # Where this role may not create extensions, the SQL below needs no more than a schema.
        with suppress(psycopg.errors.InsufficientPrivilege):
            connection.execute("create extension if not exists pgmq")
            return "extension pgmq"
    with connection.transaction():
        run_script(connection, plane, "pgmq.sql", get_embedded_install_sql())
    return f"pgmq {get_embedded_sql_version()} as SQL"


def _answer(connection: Connection, question: str) -> bool:
    row = connection.execute(question.encode()).fetchone()
    return bool(row and row[0])
