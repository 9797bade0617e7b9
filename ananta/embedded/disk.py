"""Room on the disk: how much is left where the embedded run writes, and one sentence when it is too little."""

import os
import shutil
from pathlib import Path

from ananta.embedded.errors import EmbeddedError

MINIMUM_BYTES = 64 * 1024 * 1024  # a few segments of PostgreSQL's log: with less it does not start
LOW_BYTES = 1024 * 1024 * 1024
_MIB = 1024 * 1024


def free_bytes(folder: Path) -> int:
    """What an ordinary program may still write there, or where the folder would be made; none without free inodes."""
    while not folder.exists():
        folder = folder.parent
    entries = os.statvfs(folder)
    if entries.f_files and not entries.f_favail:
        return 0
    return shutil.disk_usage(folder).free


def shortest(*folders: Path) -> tuple[Path, int]:
    """The folder whose disk has least room, and how much."""
    return min(((folder, free_bytes(folder)) for folder in folders), key=lambda found: found[1])


def full(*folders: Path) -> str | None:
    """A sentence when a disk is full, else None."""
    folder, free = shortest(*folders)
    if free >= MINIMUM_BYTES:
        return None
    return f"the disk of {folder} is full: {free / _MIB:.0f} MB are free, {MINIMUM_BYTES // _MIB} MB are needed"


def refuse_full(*folders: Path) -> None:
    """Raise when a disk is full."""
    if sentence := full(*folders):
        raise EmbeddedError(sentence, "make room there, then run this again; what was confirmed is kept")
