"""How long the embedded run takes to be ready (from nothing, again, and after everything was killed) and to stop, and
what it holds and does while nobody asks for anything.

    bin/ananta bench start [--rounds 3] [--idle-seconds 20]

From nothing is with demo data, as a new user has it; programs and packages are there already. Beside it, PostgreSQL
alone: no start can be quicker. Memory is the share of each process (PSS), so that what several hold counts once.
"""

import argparse
import contextlib
import os
import shutil
import signal
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from ananta.embedded import run_state
from ananta.embedded.postgres import EmbeddedPostgres
from bench.harness import Figure, report
from tests.support.platform import Platform

PROC = Path("/proc")


def seconds(work: Callable[[], object]) -> float:
    """How long something takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def services(platform: Platform) -> dict[str, list[Path]]:
    """The processes of each service: its first and all that come of it."""
    state = run_state.load(platform.state_dir)
    parents = {}
    for folder in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parents[int(folder.name)] = int(_stat(folder)[1])
    found = {service.name: [service.pid] for service in state.services if service.pid} if state else {}
    for family in found.values():
        for member in family:  # grows while it is read
            family += [pid for pid, parent in parents.items() if parent == member]
    return {name: [PROC / str(pid) for pid in family] for name, family in found.items()}


def _stat(process: Path) -> list[str]:
    """What the system says of a process, from its state on."""
    return (process / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()


def memory_bytes(process: Path) -> int:
    """A process's share of memory."""
    lines = (process / "smaps_rollup").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def cpu_seconds(process: Path) -> float:
    """The processor time a process has used."""
    fields = _stat(process)
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def kill_everything(platform: Platform) -> None:
    """What a power cut leaves of the processes."""
    state = run_state.load(platform.state_dir)
    assert state is not None
    processes = [process for family in services(platform).values() for process in family]
    for pid in (state.pid, *(int(process.name) for process in processes)):
        os.kill(pid, signal.SIGKILL)
    platform.wait()


def measure_idle(platform: Platform, idle_seconds: float) -> list[Figure]:
    """Memory and processor of each service while nothing happens."""
    found = services(platform)
    before = sum(cpu_seconds(process) for family in found.values() for process in family)
    time.sleep(idle_seconds)
    used = sum(cpu_seconds(process) for family in found.values() for process in family) - before
    held = {name: sum(map(memory_bytes, family)) / 2**20 for name, family in found.items()}
    return [
        *(Figure(f"idle memory: {name}", "MiB", "-", [value]) for name, value in held.items()),
        Figure("idle memory: all", "MiB", "-", [sum(held.values())]),
        Figure("idle processor: all", "% of one core", "-", [100 * used / idle_seconds]),
    ]


def measure(folder: Path, rounds: int, idle_seconds: float) -> list[Figure]:
    """Starts in turn with PostgreSQL's own, round by round."""
    found: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    idle: list[Figure] = []
    for number in range(rounds):
        server = EmbeddedPostgres(folder / f"bare-{number}")
        bare = seconds(server.start)
        server.stop()
        again = seconds(server.start)
        server.destroy()
        platform = Platform(folder / f"state-{number}", {"ANANTA_DEMO_DATA": "on"})
        found["from nothing, with demo data", "s", "-"].append(seconds(platform.start))
        found["from nothing / PostgreSQL alone", "", "-"].append(
            found["from nothing, with demo data", "s", "-"][-1] / bare
        )
        found["stop", "s", "-"].append(seconds(platform.stop))
        found["second start", "s", "<= 10"].append(seconds(platform.start))
        found["second start / PostgreSQL alone", "", "-"].append(found["second start", "s", "<= 10"][-1] / again)
        if number == 0 and (PROC / "self" / "smaps_rollup").is_file():
            idle = measure_idle(platform, idle_seconds)
        kill_everything(platform)
        found["start after everything was killed", "s", "<= 10"].append(seconds(platform.start))
        platform.stop()
        shutil.rmtree(EmbeddedPostgres(platform.state_dir).place, ignore_errors=True)
    return [*(Figure(name, unit, goal, values) for (name, unit, goal), values in found.items()), *idle]


def main() -> None:
    """Parse the arguments, run, report."""
    parser = argparse.ArgumentParser(prog="bin/ananta bench start", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--idle-seconds", type=float, default=20)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ananta-bench-") as folder:
        figures = measure(Path(folder), arguments.rounds, arguments.idle_seconds)
    report("start", figures, seed=0)


if __name__ == "__main__":
    main()
