"""Logs that do not grow without end: a large one is put aside under its name with .1, also while it is written."""

import contextlib
import shutil
from pathlib import Path

LOG_BYTES = 10 * 1024 * 1024


def aside(log_file: Path) -> Path:
    """Where a log's older part lies."""
    return log_file.with_name(f"{log_file.name}.1")


def rotate_all(folder: Path) -> None:
    """Put aside what has grown large. On a full disk a log stays where it is, until there is room for its copy."""
    for log_file in folder.glob("*.log"):
        with contextlib.suppress(OSError):
            if log_file.stat().st_size > LOG_BYTES:
                rotate(log_file)


def rotate(log_file: Path) -> None:
    """Copy the log, then empty it: its writer has it open, appends, and so goes on at the start.

    What is written during the copy is copied too; a line between the last copy and the emptying may be lost.
    """
    copy = log_file.with_name(f".{log_file.name}.1")
    try:
        with log_file.open("r+b") as source, copy.open("wb") as target:
            shutil.copyfileobj(source, target)
            copy.replace(aside(log_file))
            shutil.copyfileobj(source, target)
            target.flush()
            source.truncate(0)
    finally:
        copy.unlink(missing_ok=True)
