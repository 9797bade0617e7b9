"""The cluster's data folder, and what a restore makes beside it: whole names only, so that a crash leaves no riddle.

data.restoring    a cluster into which a dump is being restored
data.restored     the same with all rows, on its way to be ``data``
data.kept-TIME    what was ``data`` before; files.kept-TIME in the state folder are the uploaded files of then
"""

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from ananta.embedded.credentials import sync_folder
from ananta.embedded.errors import EmbeddedError

IN_USE, RESTORING, RESTORED = "data", "data.restoring", "data.restored"
FILES, FILES_UNFINISHED = "files", "files.unfinished"
KEPT = ".kept-"


@dataclass(frozen=True)
class Kept:
    """Where a restore keeps what was before it: the data folder, and the uploaded files."""

    data: Path
    files: Path

    @classmethod
    def of(cls, state_dir: Path, data_dir: Path) -> Self | None:
        """The places for what there is now; None where there is nothing to keep."""
        if not data_dir.exists():
            return None
        end = f"{KEPT}{datetime.now(UTC):%Y%m%d-%H%M%S}"
        return cls(data_dir.with_name(IN_USE + end), state_dir / (FILES + end))

    def __str__(self) -> str:
        """Both places, for a person."""
        return f"{self.data}, with the uploaded files in {self.files}"


def found(data_dir: Path) -> Path:
    """The folder that holds the data: what was restored, where a crash came between the two names it was to get."""
    restored = data_dir.with_name(RESTORED)
    return restored if data_dir.name == IN_USE and restored.is_dir() and not data_dir.exists() else data_dir


def finish_restore(data_dir: Path) -> None:
    """Give the data its name, where a crash kept a restore from doing it."""
    if (there := found(data_dir)) != data_dir:
        _rename(there, data_dir)


def refuse_lost(data_dir: Path) -> None:
    """Raise where there is no data but was: a new, empty database is not what anybody wants then."""
    kept = sorted(data_dir.parent.glob(f"{IN_USE}{KEPT}*"))
    if data_dir.name == IN_USE and kept:
        raise EmbeddedError(
            f"{data_dir} is missing, and {', '.join(map(str, kept))} was kept by a restore",
            f"put it back (`mv {kept[-1]} {data_dir}`), restore a dump (`bin/ananta db restore FILE`),"
            " or start afresh with `bin/ananta reset`",
        )


def remove_unfinished(state_dir: Path, place: Path) -> None:
    """Remove what a restore left that was cut off before it changed anything."""
    for folder in (place / RESTORING, place / RESTORED, state_dir / FILES_UNFINISHED):
        if folder.is_dir():
            shutil.rmtree(folder)


def replace(data_dir: Path, kept: Kept | None) -> None:
    """Put what was restored in place of the data. At each moment a start finds the one or the other, whole."""
    restored = data_dir.with_name(RESTORED)
    if kept is not None:
        _keep_files(kept.files)
    _rename(data_dir.with_name(RESTORING), restored)
    if kept is not None:
        _rename(data_dir, kept.data)
    _rename(restored, data_dir)


def _keep_files(kept: Path) -> None:
    """A second name for each file: those that no restored row knows are removed within a day of the start."""
    files, unfinished = kept.with_name(FILES), kept.with_name(FILES_UNFINISHED)
    files.mkdir(exist_ok=True)
    shutil.copytree(files, unfinished, symlinks=True, copy_function=_link)
    _rename(unfinished, kept)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without second names
        shutil.copy2(source, target)


def _rename(source: Path, target: Path) -> None:
    source.rename(target)
    sync_folder(target.parent)
