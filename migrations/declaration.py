"""The database that ``sql/``, ``functions/`` and ``policies/`` declare, built without any revision."""

import re
from pathlib import Path

from ananta.settings import ROOT, Plane
from migrations.connection import Connection, Progress, open_session, silent
from migrations.errors import MigrationError
from migrations.queues import install_queues
from migrations.repeatable import apply_repeatables
from migrations.scripts import read_script, run_script, without_comments

_CREATES = re.compile(r"\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?([\w.]+)", re.IGNORECASE)
_FIRST_REVISION = """\
-- The first release. It meets an empty database, so its indexes lock nobody out.
-- squawk-ignore-file require-concurrent-index-creation"""
_REFERENCES = re.compile(r"\breferences\s+([\w.]+)", re.IGNORECASE)


def declared_files(plane: Plane, root: Path = ROOT) -> list[Path]:
    """The files that revisions answer for: all of ``sql/shared`` and ``sql/<plane>`` but the views.

    By name, as if both folders were one (a shared file before its namesake), but referenced tables first.
    """
    named: list[tuple[str, int, Path]] = []
    for rank, folder in enumerate((root / "sql" / "shared", root / "sql" / plane)):
        named += [(path.relative_to(folder).as_posix(), rank, path) for path in folder.rglob("*.sql")]
    named = sorted(entry for entry in named if not entry[0].startswith("40_views/"))
    tables = [path for name, _, path in named if name.startswith("30_tables/")]
    before = [path for name, _, path in named if name < "30_tables/"]
    after = [path for name, _, path in named if name > "30_tables/" and path not in tables]
    return before + _referenced_first(plane, tables) + after


def declared_script(plane: Plane, root: Path = ROOT) -> str:
    """All of them as one text, as the first revision has it."""
    texts = [read_script(path).strip() for path in declared_files(plane, root)]
    return "\n\n".join([_FIRST_REVISION, *texts]) + "\n"


def build_from_declaration(plane: Plane, dsn: str, *, root: Path = ROOT, progress: Progress = silent) -> None:
    """Build an empty database straight from the declaration: what the revisions must add up to."""
    with open_session(plane, dsn) as connection:
        prepare(plane, connection)
        install_queues(plane, connection)
        with connection.transaction():
            for path in declared_files(plane, root):
                name = path.relative_to(root).as_posix()
                progress(name)
                run_script(connection, plane, name, read_script(path))
        apply_repeatables(plane, connection, root, progress)


def prepare(plane: Plane, connection: Connection) -> None:
    """Make the runner's own two tables."""
    path = Path(__file__).with_name("bookkeeping.sql")
    with connection.transaction():
        run_script(connection, plane, "migrations/bookkeeping.sql", read_script(path))


def _referenced_first(plane: Plane, tables: list[Path]) -> list[Path]:
    texts = {path: without_comments(read_script(path)) for path in tables}
    home = {name.lower(): path for path, text in texts.items() for name in _CREATES.findall(text)}
    needs = {
        path: {home[name.lower()] for name in _REFERENCES.findall(text) if name.lower() in home} - {path}
        for path, text in texts.items()
    }
    ordered: list[Path] = []
    while len(ordered) < len(tables):
        ready = next((path for path in tables if path not in ordered and needs[path] <= set(ordered)), None)
        if ready is None:
            names = ", ".join(path.stem for path in tables if path not in ordered)
            raise MigrationError("tables_cyclic", f"tables refer to each other in a circle: {names}", plane)
        ordered.append(ready)
    return ordered
