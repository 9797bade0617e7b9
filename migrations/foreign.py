"""Schemas of somebody else: a service's own ``extensions``, ``public``, ``auth``, ``pgmq``, as Supabase has them."""

import re
from typing import Any

import psycopg

from ananta.catalogue import without_schema
from migrations.settings import role

SCHEMAS = ("public", "extensions", "auth", "pgmq")
_ON_SCHEMA = re.compile(
    r"^[ \t]*(?:comment|grant\s[^;']*?|revoke\s[^;']*?)\s+on\s+schema\s+(\w+)\b(?:'(?:[^']|'')*'|[^;'])*;",
    re.IGNORECASE | re.MULTILINE,
)


def foreign_schemas(connection: psycopg.Connection[Any]) -> dict[str, str]:
    """The schemas that are there and not the owner role's, each with its owner."""
    rows = connection.execute(
        "select n.nspname::text, n.nspowner::regrole::text from pg_catalog.pg_namespace as n"
        " where n.nspname = any(%s) and not pg_catalog.pg_has_role(%s, n.nspowner, 'usage')",
        (list(SCHEMAS), role("ananta_owner")),
    )
    return dict(rows.fetchall())


def without_foreign(connection: psycopg.Connection[Any], script: str) -> str:
    """The script without its comments and grants on schemas of somebody else; everything keeps its line.

    They are not ours to give: by ``sql/cluster/database.sql`` an administrator gives what is needed.
    """
    if not _ON_SCHEMA.search(script):
        return script
    foreign = foreign_schemas(connection)

    def blank(found: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", found[0]) if found[1].lower() in foreign else found[0]

    return _ON_SCHEMA.sub(blank, script) if foreign else script


def comparable(picture: dict[str, str], foreign: dict[str, str]) -> dict[str, str]:
    """A picture of a database without what is somebody else's in it.

    In ``public`` only the schema is theirs, the tables are ours. Rights that others were given in ``pgmq`` count
    wherever it came from; what its owner, ours and ``pg_monitor`` may, depends on who installed it.
    """
    for schema in foreign:
        picture = without_schema(picture, schema) if schema == "auth" else picture
        picture = {key: value for key, value in picture.items() if key != f"schema {schema}"}
    if "pgmq" in foreign:
        usual = tuple(f"{name} may " for name in (foreign["pgmq"], role("ananta_owner"), "pg_monitor"))
        for key in [key for key in picture if key.startswith("rights on pgmq.")]:
            lines = [
                line
                for line in picture[key].splitlines()
                if not line.startswith(usual) and line != "public may execute"
            ]
            picture[key] = "\n".join(lines)
        picture = {key: value for key, value in picture.items() if value or not key.startswith("rights on pgmq.")}
    return picture
