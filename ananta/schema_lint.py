"""The lints of the schema: each rule is a view of ``sql/lint/`` over the catalogue, and finds nothing when all is well.

The views are temporary and made in a transaction that is rolled back: a database is looked at, never changed.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import tuple_row

from ananta.settings import ROOT
from migrations.settings import with_role_names

FOLDER = ROOT / "sql" / "lint"
ERRORS_PAGE = ROOT / "docs" / "ERRORS.md"
_OBJECTS = "0000_objects"
_SLUG_ROW = re.compile(r"^\| `([a-z_]+)` \|", re.MULTILINE)


@dataclass(frozen=True)
class Finding:
    """What a rule has against an object."""

    rule: str
    object: str
    detail: str

    def __str__(self) -> str:
        """One line for people."""
        return f"{self.rule}: {self.object}: {self.detail}"


def rules() -> list[str]:
    """The names of all rules; each is also a page of ``docs/lint/``."""
    return sorted(path.stem for path in FOLDER.glob("*.sql") if path.stem != _OBJECTS)


def findings(connection: psycopg.Connection[Any]) -> list[Finding]:
    """What all rules find in a database."""
    with linted(connection) as cursor:
        return [finding for rule in rules() for finding in find(cursor, rule)]


def find(cursor: psycopg.Cursor[tuple[Any, ...]], rule: str) -> list[Finding]:
    """What one rule finds."""
    cursor.execute(sql.SQL("select object, detail from {} order by 1, 2").format(sql.Identifier(view(rule))))
    return [Finding(rule, str(name), str(detail)) for name, detail in cursor.fetchall()]


def view(rule: str) -> str:
    """The view that a rule is."""
    return f"lint_{rule[5:]}"


@contextmanager
def linted(connection: psycopg.Connection[Any]) -> Iterator[psycopg.Cursor[tuple[Any, ...]]]:
    """A cursor that sees the views; they are gone afterwards, and what else was done meanwhile."""
    with connection.transaction(force_rollback=True), connection.cursor(row_factory=tuple_row) as cursor:
        # Expressions out of the catalogue are then written with all schemas, whoever asks.
        cursor.execute("set local search_path = ''")
        cursor.execute("create temporary table documented_errors (slug text primary key) on commit drop")
        cursor.execute("insert into documented_errors (slug) select unnest(%s::text[])", (documented_slugs(),))
        for path in sorted(FOLDER.glob("*.sql")):
            cursor.execute(with_role_names(path.read_text(encoding="utf-8")).encode())
        yield cursor


def documented_slugs() -> list[str]:
    """Every slug that the page of errors explains."""
    return sorted(set(_SLUG_ROW.findall(ERRORS_PAGE.read_text(encoding="utf-8"))))
