"""Another tenant's ordinary reads and writes at the gateway while one imports 100,000 lines and floods the API (goal
R19), against the same without; what the noisy one is told.

    bin/ananta bench noisy-tenant [--lines 100000] [--seconds 20] [--rounds 3] [--connections 16]
        [--calls-per-minute 600]

The flood is a process of its own, on the same machine; the quiet tenant calls twenty times a second.
"""

import argparse
import http.client
import json
import multiprocessing
import shutil
import statistics
import tempfile
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ananta.embedded.postgres import EmbeddedPostgres
from ananta.settings import Plane
from bench import bom_files
from bench.harness import Figure, report
from tests.support.companies import Company
from tests.support.platform import Platform
from tests.support.world import World

CATALOGUE_PARTS = 20_000
PAUSE = 0.05
TIMEOUT = 10.0
COMPONENTS = "/api/app/rest/v1/components"
Json = dict[str, str]


def call(connection: http.client.HTTPConnection, headers: Json, *, is_write: bool) -> tuple[int, str | None]:
    """One ordinary request: the status, and Retry-After."""
    if is_write:
        body = json.dumps({"mpn": f"N{uuid.uuid4().hex}"})
        connection.request("POST", COMPONENTS, body, headers | {"Content-Type": "application/json"})
    else:
        connection.request("GET", f"{COMPONENTS}?order=id&limit=50", headers=headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status, answer.headers["Retry-After"]


def flood(
    port: int, headers: Json, seconds: float, connections: int, told: "multiprocessing.Queue[Counter[str]]"
) -> None:
    """As many requests as the gateway answers; counts what they were told."""
    until, seen = time.monotonic() + seconds, Counter[str]()

    def run() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
        number = 0
        while time.monotonic() < until:
            number += 1
            try:
                status, wait = call(connection, headers, is_write=number % 4 == 0)
            except OSError:
                connection.close()
                seen["time-out"] += 1
                continue
            seen[str(status) if status != 429 else f"429 {'with' if wait else 'without'} Retry-After"] += 1

    threads = [threading.Thread(target=run) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told.put(seen)


@dataclass
class NoisyTenant:
    """A platform with two tenants."""

    platform: Platform
    noisy: Company
    quiet: Company
    file: bytes
    seen: Counter[str] = field(default_factory=Counter)
    quiet_seen: Counter[str] = field(default_factory=Counter)

    def ordinary(self, seconds: float) -> dict[str, float]:
        """The 95th percentile of the quiet tenant's reads and of its writes."""
        headers, times = self.quiet.sign_in(), defaultdict[str, list[float]](list)
        connection = http.client.HTTPConnection("127.0.0.1", self.platform.port, timeout=TIMEOUT)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            kind = "write" if len(times["read"]) > len(times["write"]) else "read"
            started = time.perf_counter()
            try:
                status: int | str = call(connection, headers, is_write=kind == "write")[0]
            except OSError:
                connection.close()
                status = "time-out"
            times[kind].append(time.perf_counter() - started)
            self.quiet_seen[str(status)] += 1
            time.sleep(PAUSE)
        return {kind: statistics.quantiles(each, n=20)[-1] for kind, each in times.items()}

    @contextmanager
    def noise(self, seconds: float, connections: int) -> Iterator[None]:
        """An import and a flood of the noisy tenant meanwhile; its import is removed afterwards."""
        self.noisy.query("delete from private.api_rates where organization_id = %s", (self.noisy.id,))
        headers = self.noisy.sign_in()
        accepted = self.noisy.upload(self.file)
        if accepted.status_code != 202:
            raise SystemExit(accepted.text)
        bom_id = accepted.json()["id"]
        context = multiprocessing.get_context("spawn")
        told = context.Queue()
        arguments = (self.platform.port, headers, seconds, connections, told)
        process = context.Process(target=flood, args=arguments)
        process.start()
        try:
            yield
        finally:
            self.seen += told.get(timeout=seconds + 30)
            process.join()
        while self._status(bom_id) not in ("ready", "failed"):
            time.sleep(0.2)
        if self._status(bom_id) == "failed":
            raise SystemExit("the import failed")
        self.noisy.query("delete from public.boms where id = %s", (bom_id,))
        self.noisy.query("delete from public.components where organization_id = %s", (self.noisy.id,))

    def _status(self, bom_id: str) -> str:
        return str(self.noisy.query("select status from public.boms where id = %s", (bom_id,))[0]["status"])


def measure(bench: NoisyTenant, arguments: argparse.Namespace) -> list[Figure]:
    """Alone and beside, in turn."""
    ratios: dict[str, list[float]] = defaultdict(list)
    bench.ordinary(3)  # plans and pages are there
    for _ in range(arguments.rounds):
        alone = bench.ordinary(arguments.seconds)
        with bench.noise(arguments.seconds + 2, arguments.connections):
            time.sleep(2)  # the flood has begun
            beside = bench.ordinary(arguments.seconds)
        for kind in alone:
            ratios[kind].append(beside[kind] / alone[kind])
            print(f"{kind}s: p95 alone {alone[kind] * 1000:.1f} ms, beside {beside[kind] * 1000:.1f} ms", flush=True)
    print("the noisy tenant:", dict(bench.seen), "the quiet one:", dict(bench.quiet_seen))
    others = sum(count for word, count in bench.quiet_seen.items() if not word.startswith("2"))
    return [
        *(
            Figure(f"another tenant's {kind}s, p95: beside / alone", "", "<= 1.5", each)
            for kind, each in ratios.items()
        ),
        Figure("another tenant: time-outs", "", "0", [bench.quiet_seen["time-out"]]),
        Figure("another tenant: other refusals and errors", "", "0", [others - bench.quiet_seen["time-out"]]),
        Figure("noisy tenant: 429 with Retry-After", "", "> 0", [bench.seen["429 with Retry-After"]]),
        Figure("noisy tenant: 429 without", "", "0", [bench.seen["429 without Retry-After"]]),
        Figure("noisy tenant: time-outs", "", "-", [bench.seen["time-out"]]),
    ]


def main() -> None:
    """Parse the arguments, run, report."""
    parser = argparse.ArgumentParser(prog="bin/ananta bench noisy-tenant", description=__doc__)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--calls-per-minute", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ananta-bench-") as folder:
        platform = Platform(Path(folder) / "state", {"ANANTA_BOM_MAX_BYTES": str(100 * 1024 * 1024)})
        platform.start()
        try:
            platform.query(Plane.APP, bom_files.CATALOGUE, (CATALOGUE_PARTS,))
            makers = [row["name"] for row in platform.query(Plane.APP, bom_files.MAKERS)]
            rows = bom_files.lines(arguments.lines, CATALOGUE_PARTS, 1, makers, arguments.seed)
            file = bom_files.write_csv(Path(folder) / "large.csv", rows).read_bytes()
            world = World(platform, {})
            bench = NoisyTenant(platform, Company(world), Company(world), file)
            limit = "update public.organizations set max_api_calls_per_minute = %s where id = %s"
            bench.noisy.query(limit, (arguments.calls_per_minute, bench.noisy.id))
            figures = measure(bench, arguments)
        finally:
            platform.stop()
            shutil.rmtree(EmbeddedPostgres(platform.state_dir).place, ignore_errors=True)
    report("noisy-tenant", figures, seed=arguments.seed)


if __name__ == "__main__":
    main()
