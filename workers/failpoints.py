"""Places where a test makes the process die, as a power cut would: named by ANANTA_FAILPOINT, once per marker file."""

import os
import signal
from pathlib import Path

from ananta.settings import Environment, get_settings


def reach(name: str) -> None:
    """Die here by SIGKILL if this is the failpoint that was asked for and it has not struck before."""
    wanted, _, marker = os.environ.get("ANANTA_FAILPOINT", "").partition("@")
    if wanted != name or get_settings().environment is Environment.PRODUCTION:
        return
    try:
        Path(marker).touch(exist_ok=False)
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
