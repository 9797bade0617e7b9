"""The entry: upgrade a database, say where it is, compare it with the declaration."""

from dataclasses import dataclass
from pathlib import Path

from ananta.settings import ROOT, Plane
from migrations.connection import Progress, describe, open_session, silent, upgrade_lock
from migrations.declaration import build_from_declaration, prepare
from migrations.errors import MigrationError
from migrations.prerequisites import require
from migrations.queues import install_queues
from migrations.repeatable import (
    apply_repeatables,
    changed_repeatables,
    recorded_checksums,
    repeatables,
    vanished_paths,
)
from migrations.revisions import apply_revisions, current_revision, known_revisions, pending_revisions
from migrations.verification import Verification, verify

__all__ = [
    "MigrationError",
    "Status",
    "UpgradeReport",
    "Verification",
    "build_from_declaration",
    "status",
    "upgrade",
    "verify",
]


@dataclass(frozen=True)
class UpgradeReport:
    """What an upgrade did."""

    plane: Plane
    database: str
    queues: str | None
    revisions: tuple[str, ...]
    repeatables: tuple[str, ...]

    @property
    def is_changed(self) -> bool:
        """Whether there was anything to do."""
        return bool(self.queues or self.revisions or self.repeatables)


@dataclass(frozen=True)
class Status:
    """How far a database is from this checkout."""

    plane: Plane
    database: str
    current: str | None
    head: str | None
    pending: tuple[str, ...]
    changed: tuple[str, ...]
    vanished: tuple[str, ...]

    @property
    def is_current(self) -> bool:
        """Whether an upgrade would find nothing to do."""
        return not (self.pending or self.changed or self.vanished)


def upgrade(
    plane: Plane,
    dsn: str,
    *,
    root: Path = ROOT,
    progress: Progress = silent,
    everything: bool = False,
    wait_seconds: float = 600,
) -> UpgradeReport:
    """Bring a database to this checkout's state. Safe to repeat, and safe to run twice at once.

    ``everything`` applies all functions, views and policies again, changed or not.
    """
    with open_session(plane, dsn) as connection, upgrade_lock(plane, connection, progress, wait_seconds):
        pending = pending_revisions(plane, current_revision(connection), root)
        require(plane, connection)
        prepare(plane, connection)
        queues = install_queues(plane, connection)
        if queues:
            progress(queues)
            require(plane, connection)
        revisions = apply_revisions(plane, dsn, root, progress) if pending else []
        if revisions:
            connection.execute("notify pgrst, 'reload schema'")
        files = apply_repeatables(plane, connection, root, progress, everything=everything)
    return UpgradeReport(plane, describe(dsn), queues, tuple(revisions), tuple(files))


def status(plane: Plane, dsn: str, *, root: Path = ROOT) -> Status:
    """Where a database is; changes nothing."""
    with open_session(plane, dsn) as connection:
        current = current_revision(connection)
        recorded = recorded_checksums(connection)
    files, known = repeatables(plane, root), known_revisions(plane, root)
    return Status(
        plane=plane,
        database=describe(dsn),
        current=current,
        head=known[-1].number if known else None,
        pending=tuple(f"{step.number} {step.title}" for step in pending_revisions(plane, current, root)),
        changed=tuple(file.path for file in changed_repeatables(files, recorded)),
        vanished=tuple(vanished_paths(files, recorded)),
    )
