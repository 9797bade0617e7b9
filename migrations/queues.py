"""pgmq: the extension where the server has it, else the same SQL out of the Python package, in the same schema."""

from contextlib import suppress

import psycopg
from pgmq.install import get_embedded_install_sql, get_embedded_sql_version

from ananta.settings import Plane
from migrations.connection import Connection
from migrations.scripts import run_script

# Not by to_regclass, which needs USAGE on the schema.
_IS_THERE = """
    select exists (
        select from pg_class as c
        inner join pg_namespace as n on c.relnamespace = n.oid
        where n.nspname = 'pgmq' and c.relname = 'meta'
    )
"""
# 1.8 is the first whose notifications can be throttled. An older one that is only on offer (Supabase has 1.5) is passed
# over.
_IS_OFFERED = """
    select exists (
        select from pg_available_extensions
        where name = 'pgmq' and string_to_array(substring(default_version from '^[0-9]+[.][0-9]+'), '.')::int[]
            >= '{1,8}'
    )
"""


def install_queues(plane: Plane, connection: Connection) -> str | None:
    """Make sure that schema ``pgmq`` is there; says what was installed, or nothing if it was."""
    if _answer(connection, _IS_THERE):
        return None
    if _answer(connection, _IS_OFFERED):
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
