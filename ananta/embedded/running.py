"""The platform of this checkout while it runs, for commands that act on it."""

from pathlib import Path

from ananta.embedded import run_state
from ananta.embedded.errors import EmbeddedError
from ananta.embedded.private import own_state_dir
from ananta.embedded.stack import Stack


def running_stack(state_dir: Path | None = None) -> Stack:
    """The running stack of a state folder, by default this checkout's; or an error that says how to start it."""
    state_dir = state_dir or own_state_dir()
    state = run_state.load(state_dir)
    if state is None or not state.is_alive():
        raise EmbeddedError("the platform of this checkout does not run", "start it with bin/ananta up")
    return Stack(state_dir, int(state.public_url.rpartition(":")[2]), say=lambda _: None, is_running=True)
