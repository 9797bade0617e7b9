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

from ananta.embedded.credentials import sync_folder, write_private
from ananta.embedded.errors import EmbeddedError

IN_USE, RESTORING, RESTORED = "data", "data.restoring", "data.restored"
FILES, FILES_UNFINISHED = "files", "files.unfinished"
KEPT = ".kept-"
FILE_NAME, BELONGS_TO = "data-folder", "belongs-to"


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


def record(state_dir: Path, data_dir: Path) -> None:
    """Note in the state folder where its data is: without it, data that is lost looks like data not made yet."""
    if data_dir.name == IN_USE and recorded(state_dir) != data_dir:
        write_private(state_dir / FILE_NAME, f"{data_dir}\n")


def forget(state_dir: Path) -> None:
    """Remove the note: there is to be no data."""
    (state_dir / FILE_NAME).unlink(missing_ok=True)


def refuse_lost(state_dir: Path, data_dir: Path) -> None:
    """Raise where there is no data but was: a new, empty database is not what anybody wants then."""
    if data_dir.name != IN_USE:
        return
    kept = sorted(data_dir.parent.glob(f"{IN_USE}{KEPT}*"))
    noted = recorded(state_dir)
    if noted is None and not kept:
        return
    message = f"the database of {state_dir} is gone: there is none in {data_dir}"
    if kept:
        message += f"; a restore kept {', '.join(map(str, kept))}"
    way = _way_back(data_dir, kept, noted)
    raise EmbeddedError(
        message, f"{way}; or restore a dump (`bin/ananta db restore FILE`), or start afresh (`bin/ananta reset`)"
    )


def _way_back(data_dir: Path, kept: list[Path], noted: Path | None) -> str:
    if noted is not None and noted != data_dir and noted.is_dir():
        owner = _owner(noted)
        if owner is not None and recorded(owner) == noted:
            return f"this is a copy of {owner}, whose database is {noted}: take a dump there, restore it here"
        command = f"mkdir -p {data_dir.parent} && mv {noted} {data_dir}"
        return f"the folder was moved, its database was not: `{command}`"
    if kept:
        return f"put it back: `mv {kept[-1]} {data_dir}`"
    return "put it back from a backup"


def _owner(data_dir: Path) -> Path | None:
    """The state folder of the data of a root's run."""
    try:
        return Path((data_dir.parent / BELONGS_TO).read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        return None


def recorded(state_dir: Path) -> Path | None:
    """Where the data was when it was last seen; None before it is made."""
    try:
        return Path((state_dir / FILE_NAME).read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        return None


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
