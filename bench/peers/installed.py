"""The peers' packages, installed when a measurement first needs them: an environment and npm packages of their own."""

import filecmp
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ananta.embedded.binaries import node_program
from ananta.settings import ROOT, get_settings

PEERS = ROOT / "bench" / "peers"
LOCK = PEERS / "requirements.lock"
AUTOCANNON = PEERS / "node_modules" / "autocannon" / "autocannon.js"


def python() -> Path:
    """The interpreter of the peers' environment."""
    folder = get_settings().state_dir / "bench" / "peers"
    program, stamp = folder / "bin" / "python", folder / LOCK.name
    if not (stamp.is_file() and filecmp.cmp(stamp, LOCK, shallow=False)):
        print("installing the peers' Python packages (about 60 MB)", file=sys.stderr)
        uv = _uv()
        _run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)])
        _run([uv, "pip", "sync", "--quiet", "--python", str(program), "--require-hashes", str(LOCK)])
        shutil.copy(LOCK, stamp)
    return program


@contextmanager
def flame_graph(path: Path) -> Iterator[Path | None]:
    """Where this process spends its time meanwhile, as a flame graph; None where the system lets nobody look."""
    path.parent.mkdir(parents=True, exist_ok=True)
    program = python().with_name("py-spy")
    command = [str(program), "record", "--output", str(path), "--pid", str(os.getpid()), "--duration", "600"]
    watching = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    time.sleep(1)  # it attaches
    try:
        yield path if watching.poll() is None else None
    finally:
        watching.send_signal(signal.SIGINT)
        watching.wait(30)


def autocannon() -> list[str]:
    """The command that puts load on a server."""
    node = str(node_program(get_settings().state_dir))
    if not AUTOCANNON.is_file():
        print("installing autocannon (npm package, about 10 MB)", file=sys.stderr)
        beside = Path(node).parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        npm = [node, str(beside)] if beside.is_file() else [shutil.which("npm") or "npm"]
        _run([*npm, "ci", "--ignore-scripts", "--loglevel=error"], PEERS)
    return [node, "--no-warnings", str(AUTOCANNON)]


def _uv() -> str:
    installed = sorted((get_settings().state_dir / "tools").glob("uv-*/bin/uv"))
    return str(installed[-1]) if installed else shutil.which("uv") or "uv"


def _run(command: Sequence[str], folder: Path = ROOT) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    if subprocess.run(command, cwd=folder, env=environment, stdout=sys.stderr, check=False).returncode:
        raise SystemExit(f"{Path(command[0]).name} failed; what it said is above")
