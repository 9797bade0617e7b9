"""What a PostgreSQL leaves that did not stop: itself, backends without it, a lock file. Others are left alone."""

import signal
import sys
from pathlib import Path

from ananta.embedded import processes
from ananta.embedded.errors import EmbeddedError

STOP_SECONDS = 30.0


def clear(data_dir: Path) -> None:
    """End what runs on a data folder, and remove the lock file: also one that a power cut left empty or garbled."""
    lock_file = data_dir / "postmaster.pid"
    pid = _first_line_number(lock_file)
    if pid is not None and _is_server(pid, data_dir):
        _end(pid)
    end_backends(data_dir)
    if not any(processes.postgres_in(data_dir)):
        lock_file.unlink(missing_ok=True)


def end_backends(data_dir: Path) -> None:
    """Backends outlive a killed server while busy, and hold its shared memory: a new one could not start."""
    if processes.wait_until(lambda: not any(processes.postgres_in(data_dir)), 2.0):
        return
    for pid in processes.postgres_in(data_dir):
        processes.signal_quietly(pid, signal.SIGKILL)
    processes.wait_until(lambda: not any(processes.postgres_in(data_dir)), 5.0)


def _is_server(pid: int, data_dir: Path) -> bool:
    """Whether a process is a server on the data folder, and not one that got its id later."""
    if sys.platform == "linux":
        return pid in set(processes.postgres_in(data_dir))
    return f"postgres -D {data_dir} -c " in processes.command_of(pid)


def _end(pid: int) -> None:
    """End a server whose parent is gone (it may already be stopping by itself)."""
    for number, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0)):
        processes.signal_quietly(pid, number)
        if processes.wait_until(lambda: processes.started_at(pid) is None, seconds):
            return
    raise EmbeddedError(f"a PostgreSQL of this checkout (process {pid}) does not end")


def _first_line_number(path: Path) -> int | None:
    try:
        first = path.read_text(encoding="utf-8", errors="replace").partition("\n")[0].strip()
    except OSError:
        return None
    return int(first) if first.isdecimal() else None
