"""What the embedded run writes is for its user alone."""

import contextlib
import os
from pathlib import Path

_OTHERS = 0o077
# Made before this was so, or by a shell: the folders close what is in them.
_NAMES = ("files", "mailbox", "keys", "logs", "run.json", "run.lock", "ports.json", ".secrets.lock")


def begin() -> None:
    """From here on nothing that this process and its children make is open to others."""
    os.umask(_OTHERS)


def close(state_dir: Path) -> None:
    """Close what an earlier run left open."""
    for name in _NAMES:
        path = state_dir / name
        with contextlib.suppress(FileNotFoundError):
            mode = path.lstat().st_mode
            if mode & _OTHERS and not path.is_symlink():
                path.chmod(mode & 0o7777 & ~_OTHERS)
