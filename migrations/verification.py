"""Whether a database is what this checkout declares: revisions, texts, and the catalogue itself."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import conninfo, sql

from ananta.catalogue import difference, snapshot
from ananta.settings import ROOT, Plane
from migrations.connection import OWNER, Progress, describe, open_plain, open_session, silent
from migrations.declaration import build_from_declaration
from migrations.errors import MigrationError
from migrations.foreign import comparable, foreign_schemas
from migrations.prerequisites import missing
from migrations.repeatable import changed_repeatables, recorded_checksums, repeatables, vanished_paths
from migrations.revisions import current_revision, pending_revisions
from migrations.safety import unsafe
from migrations.settings import role

HOW_TO_COMPARE = "give --scratch-url, a login that may create databases, or `alter role ananta_migrator createdb`"


@dataclass(frozen=True)
class Verification:
    """What was found; ``skipped`` says why the catalogue was not compared, and how to have it compared.

    ``notes`` are no faults: what is a service's own and was therefore left out of the comparison.
    """

    plane: Plane
    database: str
    problems: tuple[str, ...]
    skipped: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def is_ok(self) -> bool:
        """Whether nothing differs in what was compared."""
        return not self.problems


def verify(
    plane: Plane, dsn: str, *, scratch_dsn: str | None = None, root: Path = ROOT, progress: Progress = silent
) -> Verification:
    """Compare a database with the checkout: newest revision, applied texts, and the whole catalogue."""
    with open_session(plane, dsn) as connection:
        problems = [*_behind(plane, connection, root), *unsafe(connection)]
        if lacking := missing(plane, connection):
            return Verification(
                plane, describe(dsn), (*problems, *lacking), "what an administrator has to do comes first"
            )
        actual, foreign = snapshot(connection), foreign_schemas(connection)
        major = connection.info.server_version // 10000
    notes = tuple(f"schema {name} is {owner}'s: left out" for name, owner in sorted(foreign.items()))
    try:
        progress("building the declared database to compare with")
        with scratch_database(plane, scratch_dsn or dsn, major) as scratch:
            build_from_declaration(plane, scratch, root=root)
            with open_session(plane, scratch) as connection:
                declared = snapshot(connection)
    except ScratchUnavailable as unavailable:
        return Verification(plane, describe(dsn), tuple(problems), f"{unavailable}: {HOW_TO_COMPARE}", notes)
    differences = difference(comparable(actual, foreign), comparable(declared, foreign))
    return Verification(plane, describe(dsn), (*problems, *differences), notes=notes)


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
                    sql.Identifier(name), sql.Identifier(role(OWNER))
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
