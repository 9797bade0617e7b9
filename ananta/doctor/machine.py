"""The machine and the state folder: versions, clock, ports, disk, processes."""

import asyncio
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from ananta.doctor.findings import Finding, fine, problem, skipped
from ananta.embedded import disk, ports, probes, processes, run_state
from ananta.embedded.binaries import node_program, postgres_package, postgres_version, postgrest_binary
from ananta.embedded.errors import EmbeddedError
from ananta.embedded.postgres import EmbeddedPostgres
from ananta.embedded.stack import ready_paths
from ananta.settings import ROOT

OLDEST_PYTHON, OLDEST_NODE, OLDEST_POSTGREST = (3, 11), 20, 12
SANE_SINCE = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
DRIFT_SECONDS = 1.0
SAMPLE_SECONDS = 0.2
MANY_RESTARTS = 5
_SET_UP = "remove the folder `node_modules` and run bin/ananta again: it installs what package-lock.json names"


def versions(state_dir: Path) -> Iterator[Finding]:
    """This product, Python, PostgreSQL (programs and data), PostgREST, Node."""
    manifest = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    yield fine("version", f"Ananta {manifest['project']['version']}")
    python = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= OLDEST_PYTHON:
        yield fine("python", f"Python {python}")
    else:
        yield problem("python", f"Python {python} is too old", "put Python 3.11 or newer on PATH, remove .ananta/venv")
    yield _postgres(state_dir)
    try:
        yield _program("postgrest", postgrest_binary(ROOT), OLDEST_POSTGREST, _SET_UP)
    except EmbeddedError as error:
        yield problem("postgrest", error.message, error.hint)
    try:
        yield _program("node", node_program(state_dir), OLDEST_NODE, "put Node 20 or newer on PATH, or none")
    except EmbeddedError as error:
        yield skipped("node", f"{error.message}; only `types`, `meta` and set-up need it", error.hint)


def _postgres(state_dir: Path) -> Finding:
    try:
        version = postgres_version(postgres_package(ROOT))
        major = EmbeddedPostgres(state_dir, port=1).check_data()
    except EmbeddedError as error:
        return problem("postgresql", error.message, error.hint)
    return fine("postgresql", f"PostgreSQL {version}; " + (f"data of {major}" if major else "no data yet"))


def _program(name: str, program: Path, oldest: int, do: str) -> Finding:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=20)
        said = done.stdout.strip()
        major = int(said.removeprefix("PostgREST ").lstrip("v").partition(".")[0])
    except (OSError, subprocess.SubprocessError, ValueError):
        return problem(name, f"{program} does not run", do)
    if major < oldest:
        return problem(name, f"{program} is {said}; {oldest} or newer is needed", do)
    return fine(name, said if said.startswith("P") else f"Node {said}")


def clock(state_dir: Path) -> Iterator[Finding]:
    """A clock that stands where a clock may, runs as fast as the monotonic one, and is not behind our own files."""
    wall, steady = time.time(), time.monotonic()
    time.sleep(SAMPLE_SECONDS)
    ahead = (time.time() - wall) - (time.monotonic() - steady)
    do = "set the machine's clock and keep it by NTP (`timedatectl set-ntp true`); tokens and leases are kept by it"
    newest = max((path.stat().st_mtime for path in state_dir.glob("*") if path.is_file()), default=0.0)
    if wall < SANE_SINCE:
        yield problem("clock", f"it says {datetime.fromtimestamp(wall, UTC):%Y-%m-%d}", do)
    elif abs(ahead) > SAMPLE_SECONDS / 2:
        yield problem("clock", f"it moved {ahead:+.1f} s while {SAMPLE_SECONDS} s passed", do)
    elif newest > wall + DRIFT_SECONDS:
        yield problem("clock", f"files of the state folder are {newest - wall:.0f} s in its future: it went back", do)
    else:
        yield fine("clock", f"{datetime.fromtimestamp(wall, UTC):%Y-%m-%d %H:%M:%S} UTC, steady")


def disk_space(state_dir: Path) -> Iterator[Finding]:
    """Room for the state folder and the database's files."""
    folder, free = disk.shortest(state_dir, EmbeddedPostgres(state_dir, port=1).place)
    says = f"{free / 2**30:.1f} GB are free in {folder}"
    if free >= disk.LOW_BYTES:
        yield fine("disk", says)
        return
    do = f"make room; below {disk.MINIMUM_BYTES // 2**20} MB nothing starts. What is large: `du -xh {folder} | sort -h`"
    yield problem("disk", says, do)


def gateway_port(state: run_state.RunState | None, port: int) -> Iterator[Finding]:
    """The gateway's port is ours or free. The others are chosen anew at each start where they are taken."""
    ours = state is not None and state.is_alive()
    if state is not None and ours:
        yield fine("ports", f"{', '.join(str(each.port) for each in state.services if each.port)}: ours")
    elif processes.is_port_free(port):
        yield fine("ports", f"{port} is free")
    else:
        yield problem("ports", f"{port} is taken by another program", "`bin/ananta up --port N`, N being a free one")


def services(state_dir: Path, state: run_state.RunState | None) -> Iterator[Finding]:
    """Each process lives and does what it is for; nothing is left of an earlier run."""
    postgres = EmbeddedPostgres(state_dir, port=1)
    if state is None or not state.is_alive():
        left = [each.name for each in state.services if each.is_alive()] if state else []
        if left or state is not None:
            says = f"the supervisor ended without stopping; left: {', '.join(left) or 'nothing'}"
            yield problem("processes", says, "`bin/ananta down` ends what is left, `bin/ananta up` starts again")
        elif found := list(processes.postgres_in(postgres.data_dir)):
            says = f"PostgreSQL of an earlier run is left: processes {', '.join(map(str, found))}"
            yield problem("processes", says, "`bin/ananta up` ends it and starts again")
        else:
            yield fine("processes", "not running, and nothing is left of an earlier run")
        return
    silent = asyncio.run(_silent(state_dir, state))
    for each in state.services:
        do = f"`bin/ananta logs {each.name}`"
        if each.state != run_state.RUNNING or not each.is_alive():
            yield problem(each.name, f"{each.state}; restarts: {each.restarts}, last exit: {each.exit_code}", do)
        elif each.name in silent:
            yield problem(each.name, "runs, and does not answer as it should", do)
        elif each.restarts >= MANY_RESTARTS:
            yield problem(each.name, f"runs, after {each.restarts} restarts; last exit: {each.exit_code}", do)
        else:
            yield fine(each.name, f"runs and answers; restarts: {each.restarts}" if each.port else "runs")


async def _silent(state_dir: Path, state: run_state.RunState) -> set[str]:
    """The services that do not pass the probe of their start (the worker's queues are looked at by themselves)."""
    gateway = next((each.port for each in state.services if each.name == "gateway" and each.port), 0)
    known = ports.recorded(state_dir) | {"gateway": gateway}
    silent = set()
    for name, listeners, paths in ready_paths():
        asked = [probes.http_ok(known.get(listener, 0), path) for listener in listeners for path in paths]
        if not await probes.all_of(*asked)():
            silent.add(name)
    return silent
