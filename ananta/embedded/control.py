"""What the commands ``up``, ``down``, ``status`` and ``reset`` do."""

import contextlib
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import typer

from ananta.embedded import data_folder, disk, log_files, private, processes, report, run_state
from ananta.embedded.errors import EmbeddedError

PACKAGES = {"tools", "venv", "cache", "setup.lock"}
_FILES = ("secrets.json", "ports.json", "run.json", "demo-logins.json", "data-folder", "postgrest-*.conf")
MADE = (
    *("postgres", "keys", "logs", "files", "files.kept-*", "files.unfinished", "mailbox", "issuer.sqlite3*", "bench"),
    *(".secrets.lock", "run.lock", *_FILES, *(f".{name}.*" for name in _FILES)),  # the latter: cut off while written
)
READY_SECONDS = 180.0
DOWN_SECONDS = 90.0


def start(state_dir: Path, port: int) -> None:
    """Run in the foreground until a signal."""
    from ananta.embedded.stack import Stack
    from ananta.logs import configure_logging

    configure_logging(stream=sys.stderr)
    began = time.monotonic()
    stack = Stack(state_dir, port, say=_say)

    def on_ready() -> None:
        _say(f"ready in {time.monotonic() - began:.1f} s")
        report.show_addresses(state_dir, stack.public_url)
        typer.echo("Ctrl-C stops it.", err=True)

    stack.run(on_ready)
    _say("stopped")


def start_detached(state_dir: Path, port: int) -> None:
    """Run in the background; returns when it is ready, raises when it is not."""
    private.begin()
    with run_state.only_one(state_dir):  # refused before anything is written
        log_file = state_dir / "logs" / "supervisor.log"
        log_file.parent.mkdir(parents=True, exist_ok=True)
        log_files.rotate_all(log_file.parent)  # not while we read it
    with log_file.open("ab") as output:
        began = output.tell()
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", "ananta", "up", "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # the tables, with the demo's passwords: shown below, and in no log
            stderr=output,
            start_new_session=True,
        )
    try:
        _wait_for_ready(child, state_dir, log_file, began)
    except BaseException:
        child.terminate()
        raise
    running = run_state.load(state_dir)
    report.show_addresses(state_dir, running.public_url if running is not None else "")
    _say("it runs in the background; `bin/ananta down` stops it")


def _wait_for_ready(child: subprocess.Popen[bytes], state_dir: Path, log_file: Path, began: int) -> None:
    shown = 0

    def said() -> str:
        return log_file.read_bytes()[began:].decode("utf-8", errors="replace")

    def is_ready_or_gone() -> bool:
        nonlocal shown
        lines = said().splitlines()
        for line in lines[shown:]:
            if line.startswith("ananta: ") and child.poll() is None:
                typer.echo(line, err=True)
        shown = len(lines)
        state = run_state.load(state_dir)
        return child.poll() is not None or (state is not None and state.pid == child.pid and state.is_ready)

    if not processes.wait_until(is_ready_or_gone, READY_SECONDS, pause=0.1):
        raise EmbeddedError(f"not ready within {READY_SECONDS:.0f} s", f"see {log_file}")
    if child.poll() is not None:
        message, _, hint = said().strip().rpartition("error: ")[2].partition("\n")
        raise EmbeddedError(message, hint)


def stop(state_dir: Path) -> None:
    """Stop what runs, by the supervisor or, where that is gone, one by one."""
    state = run_state.load(state_dir)
    if state is None:
        _say("not running")
        return
    if state.is_alive():
        processes.signal_quietly(state.pid, signal.SIGTERM)
        if not processes.wait_until(lambda: not state.is_alive(), DOWN_SECONDS, pause=0.05):
            raise EmbeddedError(
                f"the supervisor (process {state.pid}) does not end", "`kill -9` it, then run this again"
            )
        _say("stopped")
        return
    ended = run_state.end_leftovers(state)
    run_state.forget(state_dir)
    _say(f"its supervisor was gone; ended: {', '.join(ended) or 'nothing was left'}")


def show_status(state_dir: Path) -> bool:
    """Print the table of processes; says whether all run."""
    from ananta.embedded.postgres import EmbeddedPostgres

    state = run_state.load(state_dir)
    if state is None or not state.is_alive():
        _say("not running" if state is None else "not running: its supervisor ended without stopping")
        return False
    report.show_services(state)
    if sentence := disk.full(state_dir, EmbeddedPostgres(state_dir).place):
        _say(f"{sentence}; once there is room, what ended comes back by itself")
    return state.is_ready and all(
        service.state == run_state.RUNNING and service.is_alive() for service in state.services
    )


def refuse_while_running(state_dir: Path) -> None:
    """Raise when the platform runs."""
    with run_state.only_one(state_dir):
        state = run_state.load(state_dir)
        if state is not None and any(service.is_alive() for service in state.services):
            raise EmbeddedError("processes of an earlier run are left", "`bin/ananta down` ends them")


def made_in(state_dir: Path) -> list[Path]:
    """What Ananta made in the state folder, packages apart. The folder may hold more: it may be anybody's home."""
    return sorted(path for pattern in MADE for path in state_dir.glob(pattern))


def reset(state_dir: Path) -> list[str]:
    """Remove all data, in the state folder and, as root, where the database lies; gives what is left, not ours."""
    from ananta.embedded.postgres import EmbeddedPostgres

    with run_state.only_one(state_dir):
        cluster = EmbeddedPostgres(state_dir)
        elsewhere = data_folder.recorded(state_dir)
        cluster.recover()
        cluster.destroy()
        for entry in made_in(state_dir):
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
        left = [entry.name for entry in state_dir.iterdir() if entry.name not in PACKAGES]
        return sorted(left) + [str(elsewhere)] * (elsewhere is not None and elsewhere.exists())


def _say(message: str) -> None:
    with contextlib.suppress(OSError):  # the terminal may be gone
        typer.echo(f"ananta: {message}", err=True)
