"""What the embedded run writes is for its user alone."""

import contextlib
import os
from pathlib import Path

from ananta.embedded.errors import EmbeddedError
from ananta.settings_loading import load

_OTHERS = 0o077
# Made before this was so, or by a shell: the folders close what is in them.
_NAMES = ("files", "mailbox", "keys", "logs", "run.json", "run.lock", "ports.json", ".secrets.lock")


def own_state_dir() -> Path:
    """This user's state folder; refused when it is another's, or no folder."""
    folder = load().state_dir.resolve()
    mend = "set ANANTA_STATE_DIR to a folder of yours"
    if folder.exists() and not folder.is_dir():
        raise EmbeddedError(f"{folder} is no folder", mend)
    if folder.exists() and folder.stat().st_uid != os.geteuid():
        raise EmbeddedError(f"{folder} belongs to another user", f"run as that user, or {mend}")
    return folder


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
