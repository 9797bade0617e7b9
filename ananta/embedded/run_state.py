"""What runs, as a file: ``run.json`` in the state folder; the supervisor writes it, ``status`` and ``down`` read it."""

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ananta.embedded import processes
from ananta.embedded.errors import EmbeddedError

STARTING, RUNNING, RESTARTING, STOPPED = "starting", "running", "restarting", "stopped"
FILE_NAME = "run.json"


@dataclass
class ServiceState:
    """One process under the supervisor. ``exit_code`` is the last one's that ended, minus the number of its signal."""

    name: str
    state: str = STOPPED
    pid: int | None = None
    started: str | None = None
    port: int | None = None
    restarts: int = 0
    exit_code: int | None = None
    since: float = field(default_factory=time.time)
    stop_signal: int = signal.SIGTERM

    def is_alive(self) -> bool:
        """Whether its process still is the one that was started."""
        return self.pid is not None and self.started is not None and processes.is_same_process(self.pid, self.started)


@dataclass
class RunState:
    """The supervisor and its services. A process is its id *and* its start: ids are used again."""

    pid: int
    started: str
    is_ready: bool = False
    public_url: str = ""
    services: list[ServiceState] = field(default_factory=list)

    def is_alive(self) -> bool:
        """Whether the supervisor runs."""
        return processes.is_same_process(self.pid, self.started)


def save(state_dir: Path, state: RunState) -> None:
    """Write the file, whole or not at all."""
    temporary = state_dir / f".{FILE_NAME}.{os.getpid()}"
    try:
        temporary.write_text(json.dumps(asdict(state), indent=1) + "\n", encoding="utf-8")
        temporary.replace(state_dir / FILE_NAME)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def load(state_dir: Path) -> RunState | None:
    """The last state written, or None."""
    try:
        content: dict[str, Any] = json.loads((state_dir / FILE_NAME).read_text(encoding="utf-8"))
        services = [ServiceState(**service) for service in content.pop("services")]
        return RunState(services=services, **content)
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return None


def forget(state_dir: Path) -> None:
    """Remove the file."""
    (state_dir / FILE_NAME).unlink(missing_ok=True)


@contextmanager
def only_one(state_dir: Path) -> Iterator[None]:
    """Hold the state folder for one supervisor; the lock goes with its process, however that ends."""
    try:
        state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (state_dir / "run.lock").open("w", encoding="ascii")
    except OSError as error:
        raise EmbeddedError(
            f"cannot write to {state_dir}: {error.strerror}", "mend that, or set ANANTA_STATE_DIR to a folder of yours"
        ) from None
    with lock as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            running = load(state_dir)
            where = f" at {running.public_url}" if running is not None and running.public_url else ""
            raise EmbeddedError(
                f"Ananta already runs{where}", "see `bin/ananta status`; `bin/ananta down` stops it"
            ) from None
        yield


def end_leftovers(state: RunState) -> list[str]:
    """End services that outlived their supervisor; gives their names."""
    left = [service for service in reversed(state.services) if service.is_alive()]
    for service in left:
        _end(service)
    return [service.name for service in left]


def _end(service: ServiceState) -> None:
    if service.pid is None:
        return
    for number, seconds in ((service.stop_signal, 10.0), (signal.SIGKILL, 5.0)):
        if service.is_alive():
            processes.signal_quietly(service.pid, number)
        if processes.wait_until(lambda: not service.is_alive(), seconds):
            return
