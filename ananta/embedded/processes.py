"""Processes of the operating system: born unprivileged, bound to their parent, known by more than a recyclable id."""

import contextlib
import os
import pwd
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_PROC = Path("/proc")
_SPAWN = Path(__file__).with_name("spawn.py")
_PORTS = range(20_000, 30_000)  # below the range from which systems take the ports of outgoing connections


@dataclass(frozen=True)
class RunAs:
    """The unprivileged user a server runs as when we are root."""

    name: str
    uid: int
    gid: int


def unprivileged_user() -> RunAs | None:
    """Whom PostgreSQL runs as: nobody special unless we are root, which it refuses."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return RunAs(name, entry.pw_uid, entry.pw_gid)
    return RunAs("nobody", 65534, 65534)


def bound_command(command: list[str], *, death_signal: int = signal.SIGKILL, run_as: RunAs | None = None) -> list[str]:
    """A command line that becomes ``command`` in a child that the kernel ends when we die (on Linux).

    The kernel watches the thread that started the child: start it from one that lives on, such as the main thread.
    """
    uid, gid = (-1, -1) if run_as is None else (run_as.uid, run_as.gid)
    return [sys.executable, "-ISB", str(_SPAWN), *map(str, (int(death_signal), os.getpid(), uid, gid)), *command]


def started_at(pid: int) -> str | None:
    """A text that is the same as long as ``pid`` is the same process; None when there is none (or it is a zombie)."""
    if sys.platform == "linux":
        try:
            stat = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
        fields = stat.rpartition(")")[2].split()
        return None if fields[0] in "ZX" else f"{_boot_id()}:{fields[19]}"
    state, _, start = _ps(pid, "state=", "lstart=").partition(" ")
    return None if state.startswith("Z") else start.strip() or None


def command_of(pid: int) -> str:
    """A process's command line; empty when there is none."""
    return _ps(pid, "command=")


def _ps(pid: int, *columns: str) -> str:
    """What ``ps`` says, in the same words whatever language and time zone the terminal has."""
    command = ["ps", "-ww", *(part for column in columns for part in ("-o", column)), "-p", str(pid)]
    environment = {"LC_ALL": "C", "TZ": "UTC"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment).stdout.strip()


@cache
def _boot_id() -> str:
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()[:8]
    except OSError:
        return ""


def is_same_process(pid: int, start: str) -> bool:
    """Whether ``pid`` is still the process that started at ``start``, and not one that got its number later."""
    return started_at(pid) == start


def postgres_in(folder: Path) -> Iterator[int]:
    """Ids of the PostgreSQL processes whose working folder is ``folder`` (Linux; elsewhere none).

    Not of a shell or an archiver that somebody runs in there.
    """
    if sys.platform != "linux":
        return
    wanted = folder.resolve()
    for entry in _PROC.iterdir():
        if not entry.name.isdecimal():
            continue
        with contextlib.suppress(OSError):
            program = (entry / "exe").readlink().name.removesuffix(" (deleted)")
            if program == "postgres" and (entry / "cwd").readlink() == wanted:
                yield int(entry.name)


def signal_quietly(pid: int, number: int) -> None:
    """Send a signal to a process that may be gone already, its id another user's."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def signal_group_quietly(group: int, number: int) -> None:
    """Send a signal to what is left of a process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def end_group_of_ended(pid: int) -> None:
    """Kill what is left of the group of a process that ended.

    No id is given again while a group has it: where it is a process's, nothing of the group is left.
    """
    if started_at(pid) is None:
        signal_group_quietly(pid, signal.SIGKILL)


def wait_until(is_true: Callable[[], bool], seconds: float, pause: float = 0.02) -> bool:
    """Poll until ``is_true`` or the time is over; says which."""
    end = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() >= end:
            return False
        time.sleep(pause)
    return True


def is_port_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port(taken: Collection[int] = ()) -> int:
    """A loopback port that is free now and not in ``taken``."""
    for _ in range(200):
        port = random.choice(_PORTS)  # noqa: S311 - not a secret
        if port not in taken and is_port_free(port):
            return port
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
