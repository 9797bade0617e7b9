"""Whether a database is what this checkout declares: revisions, texts, and the catalogue itself."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import conninfo, sql

from ananta.catalogue import difference, snapshot, without_schema
from ananta.settings import ROOT, Plane
from migrations.connection import OWNER, Progress, describe, open_plain, open_session, silent
from migrations.declaration import build_from_declaration
from migrations.errors import MigrationError
from migrations.repeatable import changed_repeatables, recorded_checksums, repeatables, vanished_paths
from migrations.revisions import current_revision, pending_revisions

HOW_TO_COMPARE = "give --scratch-url, a login that may create databases, or `alter role ananta_migrator createdb`"


@dataclass(frozen=True)
class Verification:
    """What was found; ``skipped`` says why the catalogue was not compared, and how to have it compared."""

    plane: Plane
    database: str
    problems: tuple[str, ...]
    skipped: str | None = None

    @property
    def is_ok(self) -> bool:
        """Whether nothing differs in what was compared."""
        return not self.problems


def verify(
    plane: Plane, dsn: str, *, scratch_dsn: str | None = None, root: Path = ROOT, progress: Progress = silent
) -> Verification:
    """Compare a database with the checkout: newest revision, applied texts, and the whole catalogue."""
    with open_session(plane, dsn) as connection:
        problems = _behind(plane, connection, root)
        actual = snapshot(connection)
        major = connection.info.server_version // 10000
    try:
        progress("building the declared database to compare with")
        with scratch_database(plane, scratch_dsn or dsn, major) as scratch:
            build_from_declaration(plane, scratch, root=root)
            with open_session(plane, scratch) as connection:
                declared = snapshot(connection)
    except ScratchUnavailable as unavailable:
        return Verification(plane, describe(dsn), tuple(problems), f"{unavailable}: {HOW_TO_COMPARE}")
    if f"owner {OWNER}" not in actual.get("schema auth", f"owner {OWNER}"):
        # Supabase's own schema: we make ours only where there is none, and touch nothing in theirs.
        actual, declared = without_schema(actual, "auth"), without_schema(declared, "auth")
    return Verification(plane, describe(dsn), (*problems, *difference(actual, declared)))


class ScratchUnavailable(Exception):  # noqa: N818 -- an answer, not a fault
    """No scratch database could be made."""


@contextmanager
def scratch_database(plane: Plane, dsn: str, major: int) -> Iterator[str]:
    """An empty database on the server of ``dsn``, gone afterwards; gives its DSN."""
    name = f"ananta_scratch_{plane}_{secrets.token_hex(4)}"
    with open_plain(plane, dsn) as connection:
        found = connection.info.server_version // 10000
        if found != major:
            raise ScratchUnavailable(f"the scratch server is PostgreSQL {found}, the database PostgreSQL {major}")
        try:
            connection.execute(
                sql.SQL("create database {} owner {} template template0").format(
                    sql.Identifier(name), sql.Identifier(OWNER)
                )
            )
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedObject) as error:
            raise ScratchUnavailable(f"{describe(dsn)} cannot make one ({error.diag.message_primary})") from None
        try:
            yield conninfo.make_conninfo(dsn, dbname=name)
        finally:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def _behind(plane: Plane, connection: psycopg.Connection[tuple[object, ...]], root: Path) -> list[str]:
    files, recorded = repeatables(plane, root), recorded_checksums(connection)
    try:
        pending = pending_revisions(plane, current_revision(connection), root)
    except MigrationError as error:
        return [error.message]
    problems = [f"revision {step.number} {step.title}: not applied" for step in pending]
    problems += [f"{file.path}: not applied as it is now" for file in changed_repeatables(files, recorded)]
    problems += [f"{path}: applied, and gone from disk" for path in vanished_paths(files, recorded)]
    return problems
