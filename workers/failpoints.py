"""Places where a test makes the process die, as a power cut would: ANANTA_FAILPOINT names them, ``name@marker,…``.

Each strikes once: where its marker file is not there yet, which is then made.
"""

import os
import signal
from pathlib import Path

from ananta.settings import Environment, get_settings


def reach(name: str) -> None:
    """Die here by SIGKILL if this is a failpoint that was asked for and it has not struck before."""
    settings = get_settings()
    asked = dict(point.partition("@")[::2] for point in settings.failpoint.split(","))
    if name not in asked or settings.environment is Environment.PRODUCTION:
        return
    try:
        Path(asked[name]).touch(exist_ok=False)
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
