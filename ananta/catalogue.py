"""A picture of everything our schemas hold, as text: two databases are the same when their pictures are.

Names, owners, rights, comments and definitions are in it; object identifiers, column positions and rows are not.
What an extension brought and pgmq's own objects are left out, but not our queues and the rights granted on them.
"""

import difflib
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from migrations.settings import with_role_names

_QUERY = Path(__file__).with_suffix(".sql")
_QUEUES = """
    select 'queue ' || queue_name, concat_ws(', ', 'partitioned ' || is_partitioned, 'unlogged ' || is_unlogged, (
        select string_agg(tgname, ', ' order by tgname)
        from pg_catalog.pg_trigger
        where tgrelid = to_regclass(format('pgmq.%I', 'q_' || queue_name))
    ))
    from pgmq.meta
"""
_VERBS = {
    "r": "select",
    "a": "insert",
    "w": "update",
    "d": "delete",
    "D": "truncate",
    "x": "references",
    "t": "trigger",
    "m": "maintain",
    "X": "execute",
    "U": "usage",
    "C": "create",
}


def snapshot(connection: psycopg.Connection[Any]) -> dict[str, str]:
    """The whole picture of a database: ``{"table public.boms": "...", ...}``."""
    with connection.transaction(), connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute("select current_setting('search_path'), set_config('search_path', '', false)")
        before = (cursor.fetchone() or ("",))[0]
        cursor.execute(with_role_names(_QUERY.read_text(encoding="utf-8")).encode())
        picture = {key: _describe(definition, rights, comment) for comment, key, definition, rights in cursor}
        cursor.execute("select to_regclass('pgmq.meta') is not null")
        if (cursor.fetchone() or (False,))[0]:
            picture.update(dict(cursor.execute(_QUEUES).fetchall()))
        cursor.execute("select set_config('search_path', %s, false)", (before,))
    return picture


def without_schema(picture: dict[str, str], schema: str) -> dict[str, str]:
    """The picture without one schema and all that is in it."""
    return {
        key: value
        for key, value in picture.items()
        if key != f"schema {schema}" and not key.split(" ", 1)[1].startswith(f"{schema}.")
    }


def difference(
    first: dict[str, str],
    second: dict[str, str],
    *,
    first_name: str = "the database",
    second_name: str = "the declaration",
) -> list[str]:
    """What differs between two pictures, readable, an entry an object; nothing when they agree."""
    lines: list[str] = []
    for key in sorted(first.keys() | second.keys()):
        if key not in second:
            lines.append(f"{key}: only in {first_name}")
        elif key not in first:
            lines.append(f"{key}: only in {second_name}")
        elif first[key] != second[key]:
            lines.append(f"{key}: differs (- {first_name}, + {second_name})\n{_changes(first[key], second[key])}")
    return lines


def _describe(definition: str, rights: list[str], comment: str | None) -> str:
    parts = [definition, *sorted(_in_words(right) for right in rights)]
    if comment is not None:
        parts.append(f"comment {comment}")
    return "\n".join(part for part in parts if part)


def _in_words(right: str) -> str:
    """``authenticated=ar*/owner`` as ``authenticated may select, insert (and grant it)``, whoever granted it."""
    holder, _, letters = right.rpartition("/")[0].rpartition("=")
    verbs: list[str] = []
    for letter in letters:
        if letter == "*":
            verbs[-1] += " (and grant it)"
        else:
            verbs.append(_VERBS.get(letter, letter))
    return f"{holder or 'public'} may {', '.join(sorted(verbs))}"


def _changes(first: str, second: str) -> str:
    changed = difflib.unified_diff(first.splitlines(), second.splitlines(), n=0, lineterm="")
    return "\n".join(f"    {line}" for line in changed if not line.startswith(("---", "+++", "@@")))
