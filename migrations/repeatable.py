"""Functions, views and policies: files that are applied again whenever their text has changed."""

from dataclasses import dataclass
from pathlib import Path

from ananta.settings import ROOT, Plane
from migrations.connection import Connection, Progress, silent
from migrations.errors import MigrationError
from migrations.revision import LOCK_TIMEOUT
from migrations.scripts import checksum, read_script, run_script


@dataclass(frozen=True)
class Repeatable:
    """A file that can be applied to any database of its plane at any time, with the same outcome."""

    path: str
    script: str

    @property
    def checksum(self) -> str:
        """The identity of its text."""
        return checksum(self.script)


def folders(plane: Plane) -> tuple[str, ...]:
    """Where a plane's repeatable files are, in the order in which they are applied."""
    sides = ("shared", plane.value)
    patterns = ("functions/{}", "sql/{}/40_views", "policies/{}")
    return tuple(pattern.format(side) for pattern in patterns for side in sides)


def repeatables(plane: Plane, root: Path = ROOT) -> list[Repeatable]:
    """Every repeatable file of a plane, in order."""
    files = []
    for folder in folders(plane):
        paths = sorted((root / folder).rglob("*.sql"), key=lambda path: path.as_posix())
        files += [Repeatable(path.relative_to(root).as_posix(), read_script(path)) for path in paths]
    return files


def recorded_checksums(connection: Connection) -> dict[str, str]:
    """What was applied to this database, by path."""
    exists = connection.execute("select to_regclass('private.repeatable_objects') is not null").fetchone()
    if not exists or not exists[0]:
        return {}
    return {row[0]: row[1] for row in connection.execute("select path, checksum from private.repeatable_objects")}


def changed_repeatables(files: list[Repeatable], recorded: dict[str, str]) -> list[Repeatable]:
    """The files whose text is not the one applied."""
    return [file for file in files if recorded.get(file.path) != file.checksum]


def vanished_paths(files: list[Repeatable], recorded: dict[str, str]) -> list[str]:
    """What was applied once and is no longer on disk."""
    return sorted(set(recorded) - {file.path for file in files})


def refuse_vanished(plane: Plane, vanished: list[str]) -> None:
    """A file that is gone leaves its object behind, so its end must be a revision."""
    if vanished:
        raise MigrationError(
            "repeatable_vanished",
            f"applied to this database and gone from disk: {', '.join(vanished)}",
            plane,
            path=vanished[0],
            hint="write a revision that drops the object and deletes its row from private.repeatable_objects",
        )


def apply_repeatables(
    plane: Plane, connection: Connection, root: Path = ROOT, progress: Progress = silent, *, everything: bool = False
) -> list[str]:
    """Apply the changed files (or all) in one transaction; says which."""
    files, recorded = repeatables(plane, root), recorded_checksums(connection)
    refuse_vanished(plane, vanished_paths(files, recorded))
    changed = files if everything else changed_repeatables(files, recorded)
    if not changed:
        return []
    with connection.transaction():
        connection.execute("set local check_function_bodies = off")
        connection.execute(f"set local lock_timeout = '{LOCK_TIMEOUT}'")
        for file in changed:
            progress(file.path)
            run_script(connection, plane, file.path, file.script)
            _record(connection, file)
        connection.execute("notify pgrst, 'reload schema'")
    return [file.path for file in changed]


def _record(connection: Connection, file: Repeatable) -> None:
    connection.execute(
        """
        insert into private.repeatable_objects (path, checksum) values (%s, %s)
        on conflict (path) do update set checksum = excluded.checksum, applied_at = now()
        """,
        (file.path, file.checksum),
    )
