"""Alembic as a runner of numbered ``.sql`` files."""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from ananta.settings import ROOT, Plane
from migrations.connection import Connection, Progress, open_session, silent
from migrations.errors import MigrationError

HERE = Path(__file__).resolve().parent
# Alembic's `op` and `context` are one a process: two databases at once would take each other's.
_ALEMBIC = threading.Lock()


@dataclass(frozen=True)
class Revision:
    """A numbered step of a plane's schema."""

    number: str
    title: str
    path: Path


def versions_folder(plane: Plane, root: Path = ROOT) -> Path:
    """Where the revisions of a plane are."""
    return root / "migrations" / plane / "versions"


def known_revisions(plane: Plane, root: Path = ROOT) -> list[Revision]:
    """Every revision on disk, oldest first."""
    return _known(plane, _script(plane, root))


def current_revision(connection: Connection) -> str | None:
    """The revision a database is at; nothing for an empty database."""
    exists = connection.execute("select to_regclass('private.schema_revisions') is not null").fetchone()
    if not exists or not exists[0]:
        return None
    row = connection.execute("select version_num from private.schema_revisions").fetchone()
    return str(row[0]) if row else None


def pending_revisions(plane: Plane, current: str | None, root: Path = ROOT) -> list[Revision]:
    """The revisions a database still lacks, oldest first."""
    revisions = known_revisions(plane, root)
    if current is None:
        return revisions
    numbers = [revision.number for revision in revisions]
    if current not in numbers:
        raise MigrationError(
            "revision_unknown",
            f"the database is at revision {current}, which this checkout does not have",
            plane,
            hint="the database was upgraded by a newer release: use that one",
        )
    return revisions[numbers.index(current) + 1 :]


def apply_revisions(plane: Plane, dsn: str, root: Path = ROOT, progress: Progress = silent) -> list[str]:
    """Bring the schema to the newest revision, one transaction each; says which were applied."""
    applied: list[str] = []

    def record(step: Any, **_rest: object) -> None:
        applied.append(str(step.up_revision_id))

    def announce(current: tuple[str, ...], _context: MigrationContext) -> Any:
        for revision in pending_revisions(plane, current[0] if current else None, root):
            progress(f"revision {revision.number} {revision.title}")
        return script._upgrade_revs("head", current)  # type: ignore[arg-type]

    config = _config(plane, root)
    script = ScriptDirectory.from_config(config)
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: _transactional(open_session(plane, dsn)),
        poolclass=NullPool,
        use_native_hstore=False,
    )
    try:
        with _ALEMBIC, engine.connect() as connection:
            config.attributes.update(connection=connection, plane=plane, on_version_apply=record)
            with EnvironmentContext(config, script, fn=announce):
                script.run_env()
            connection.commit()
    except DBAPIError as error:
        # The connection broke: what matters is the script that ran then, not the rollback that could not.
        raise _cause(error) or MigrationError("database_error", str(error.orig), plane) from error
    return applied


def _transactional(connection: Connection) -> Connection:
    connection.autocommit = False
    return connection


def _cause(error: BaseException) -> MigrationError | None:
    earlier = error.__context__
    return earlier if isinstance(earlier, MigrationError) or earlier is None else _cause(earlier)


def _config(plane: Plane, root: Path) -> Config:
    config = Config(HERE / "alembic.ini", ini_section=plane)
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("version_locations", str(versions_folder(plane, root)).replace("%", "%%"))
    return config


def _script(plane: Plane, root: Path) -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(plane, root))


def _known(plane: Plane, script: ScriptDirectory) -> list[Revision]:
    try:
        if len(script.get_heads()) > 1:
            raise MigrationError("revisions_branch", f"two newest revisions: {', '.join(script.get_heads())}", plane)
        steps = list(script.walk_revisions())
    except CommandError as error:
        raise MigrationError("revisions_broken", str(error), plane) from error
    return [Revision(step.revision, step.doc, Path(step.path)) for step in reversed(steps)]
