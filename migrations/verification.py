"""Whether a database is what this checkout declares: revisions, texts, and the catalogue itself."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import conninfo, sql

from ananta import schema_lint
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


@dataclass(frozen=True)
class Verification:
    """What was found; ``skipped`` says why the catalogue was not compared, and how to have it compared.

    Where it was not, the findings of the lints are among the problems: they know what no schema of ours may have.
    ``notes`` are no faults: what is a service's own and was therefore left out of the comparison.
    """

    plane: Plane
    database: str
    problems: tuple[str, ...]
    skipped: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def is_ok(self) -> bool:
        """Whether nothing wrong was found in what was looked at."""
        return not self.problems

    @property
    def is_as_declared(self) -> bool:
        """Whether all was looked at and nothing differs."""
        return self.is_ok and self.skipped is None


def verify(
    plane: Plane, dsn: str, *, scratch_dsn: str | None = None, root: Path = ROOT, progress: Progress = silent
) -> Verification:
    """Compare a database with the checkout: newest revision, applied texts, logins, and the whole catalogue."""
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
            declared = _declared(plane, scratch_dsn or dsn, major, root)
        except ScratchUnavailable as unavailable:
            linted = [str(finding) for finding in schema_lint.findings(connection)]
            how = f"{unavailable}; or give --scratch-url, a login that may, on any server of PostgreSQL {major}"
            return Verification(plane, describe(dsn), (*problems, *linted), how, notes)
    differences = difference(comparable(actual, foreign), comparable(declared, foreign))
    return Verification(plane, describe(dsn), (*problems, *differences), notes=notes)


class ScratchUnavailable(Exception):  # noqa: N818 -- an answer, not a fault
    """There is no database to compare with, and why."""


def _declared(plane: Plane, scratch_dsn: str, major: int, root: Path) -> dict[str, str]:
    with scratch_database(plane, scratch_dsn, major) as scratch:
        with open_session(plane, scratch) as connection:
            if lacking := missing(plane, connection):
                raise ScratchUnavailable(f"in a new database on {describe(scratch_dsn)}: {'; '.join(lacking)}")
        build_from_declaration(plane, scratch, root=root)
        with open_session(plane, scratch) as connection:
            return snapshot(connection)


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
            reason = _what_to_grant(connection) or str(error.diag.message_primary)
            raise ScratchUnavailable(f"{describe(dsn)} may not make a database to compare with: {reason}") from None
        try:
            yield conninfo.make_conninfo(dsn, dbname=name)
        finally:
            _drop(connection, name)


def _drop(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    drop = sql.SQL("drop database if exists {}").format(sql.Identifier(name))
    try:
        connection.execute(drop + sql.SQL(" with (force)"))
    except psycopg.errors.InsufficientPrivilege:
        # A login that does not inherit may make what is the owner role's, and drop it only as that role.
        connection.execute(sql.SQL("set role {}").format(sql.Identifier(role(OWNER))))
        connection.execute(drop)


def _what_to_grant(connection: psycopg.Connection[tuple[object, ...]]) -> str:
    """What this login needs for making a database that is the owner role's."""
    owner = role(OWNER)
    become = "set" if connection.info.server_version >= 160000 else "member"
    login, is_creator, is_there, is_member = connection.execute(
        "select quote_ident(r.rolname), r.rolcreatedb or r.rolsuper, o.oid is not null, pg_has_role(r.oid, o.oid, %s)"
        " from pg_roles as r left join pg_roles as o on o.rolname = %s where r.rolname = current_user",
        (become, owner),
    ).fetchone() or ("", True, True, True)
    steps = [] if is_creator else [f"`alter role {login} createdb`"]
    if not is_there:
        steps.append("what `bin/ananta db roles` prints")
    if not is_member:
        steps.append(f"`grant {owner} to {login}`")
    return f"an administrator runs {' and '.join(steps)}" if steps else ""


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
