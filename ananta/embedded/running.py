"""The platform of this checkout while it runs, for commands that act on it."""

import os
from pathlib import Path

from ananta.embedded import run_state
from ananta.embedded.errors import EmbeddedError
from ananta.embedded.stack import Stack
from ananta.settings import ROOT


def running_stack(state_dir: Path | None = None) -> Stack:
    """The running stack of a state folder, by default this checkout's; or an error that says how to start it."""
    state_dir = state_dir or Path(os.environ.get("ANANTA_STATE_DIR") or ROOT / ".ananta").resolve()
    state = run_state.load(state_dir)
    if state is None or not state.is_alive():
        raise EmbeddedError("the platform of this checkout does not run", "start it with bin/ananta up")
    return Stack(state_dir, int(state.public_url.rpartition(":")[2]), say=lambda _: None, is_running=True)
