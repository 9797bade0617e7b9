"""Lists over HTTP (goal P8): with a count and without, and a page far in against the first, for tenants of so many
components; at the gateway, and at PostgREST behind it. Several connections; each list in turn with what it is compared
to.

    bin/ananta bench lists [--sizes 10000 100000 1000000] [--depth 9000] [--connections 8] [--seconds 2] [--rounds 5]
"""

import argparse
import http.client
import shutil
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from ananta.embedded.postgres import EmbeddedPostgres
from ananta.settings import Plane
from bench.harness import Figure, report
from tests.support import tokens
from tests.support.platform import Platform
from tests.support.world import add_organization

FILL = (
    "insert into public.components (organization_id, mpn) select %s, 'P' || n from generate_series(1, %s) as n",
    "vacuum analyze public.components",
)
GATEWAY, POSTGREST = "gateway", "PostgREST"
PATHS = {GATEWAY: "/api/app/rest/v1", POSTGREST: ""}
LIST = "/components?select=*&order=id&limit=50"


@dataclass(frozen=True)
class Caller:
    """A tenant's owner with so many components."""

    platform: Platform
    user_id: str
    rows: int
    deep_id: str

    def claims(self) -> dict[str, Any]:
        """What its token says."""
        return tokens.member_claims(self.platform.query, self.user_id)

    def headers(self, count: str = "") -> dict[str, str]:
        """A token signed now, and whether to count."""
        token = tokens.platform_key(self.platform.state_dir, Plane.APP).sign(self.claims())
        return {"Authorization": f"Bearer {token}"} | ({"Prefer": f"count={count}"} if count else {})


def add_caller(platform: Platform, rows: int, depth: int) -> Caller:
    """A new tenant, its components put in past triggers."""
    with psycopg.connect(platform.dsn(Plane.APP), autocommit=True, row_factory=dict_row) as db:
        made = add_organization(db, max_users=None, max_components=None)
        db.execute("set session_replication_role = replica")
        db.execute(FILL[0], (made.organization_id, rows))
        db.execute(FILL[1])
        deep = db.execute(
            "select id::text from public.components where organization_id = %s order by id offset %s limit 1",
            (made.organization_id, min(depth, rows - 60)),
        ).fetchone()
    assert deep is not None
    return Caller(platform, made.owner_id, rows, deep["id"])


def rate(caller: Caller, where: str, path: str, arguments: argparse.Namespace, count: str = "") -> float:
    """Answers a second over several connections; a count that takes too long is refused, which is no answer."""
    port = caller.platform.port if where == GATEWAY else caller.platform.ports["app_rest"]
    headers, until = caller.headers(count), time.monotonic() + arguments.seconds
    numbers: list[int] = []

    def call() -> None:
        connection, number = http.client.HTTPConnection("127.0.0.1", port, timeout=30), 0
        while time.monotonic() < until:
            connection.request("GET", PATHS[where] + path, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status in (200, 206):
                number += 1
            elif not (count and b"57014" in body):
                raise SystemExit(f"{path}: {answer.status} {body[:300]!r}")
        connection.close()
        numbers.append(number)

    threads = [threading.Thread(target=call) for _ in range(arguments.connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(numbers) < len(threads):
        raise SystemExit(f"{path}: a client failed")
    return float(sum(numbers) / arguments.seconds)


def measure(platform: Platform, arguments: argparse.Namespace) -> list[Figure]:
    """Everything, in turn."""
    callers = [add_caller(platform, rows, arguments.depth) for rows in arguments.sizes]
    found: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for _ in range(arguments.rounds):
        for caller in callers:
            size = f"{caller.rows} rows"
            for where in PATHS:
                first = rate(caller, where, LIST, arguments)
                counted = rate(caller, where, LIST, arguments, "exact")
                found[f"{where}, {size}: count=exact / no count", ">= 0.6", "0.065 at 10,000"].append(counted / first)
                by_key = rate(caller, where, f"{LIST}&id=gt.{caller.deep_id}", arguments)
                offset = rate(caller, where, f"{LIST}&offset={min(arguments.depth, caller.rows - 60)}", arguments)
                found[f"{where}, {size}: deep page by key / first", ">= 0.7", "0.76"].append(by_key / first)
                found[f"{where}, {size}: deep page by offset / first", "-", "0.25"].append(offset / first)
                found[f"{where}, {size}: lists/s", "-", ""].append(first)
    return [Figure(name, "", goal, values, anchor) for (name, goal, anchor), values in found.items()]


def main() -> None:
    """Parse the arguments, run, report."""
    parser = argparse.ArgumentParser(prog="bin/ananta bench lists", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--depth", type=int, default=9_000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    limits = {"ANANTA_CALLER_CALLS_PER_SECOND": "100000", "ANANTA_CALLER_BURST_CALLS": "1000000"}
    with tempfile.TemporaryDirectory(prefix="ananta-bench-") as folder:
        platform = Platform(Path(folder) / "state", limits)
        platform.start()
        try:
            figures = measure(platform, arguments)
        finally:
            platform.stop()
            shutil.rmtree(EmbeddedPostgres(platform.state_dir).place, ignore_errors=True)
    report("lists", figures, seed=0)


if __name__ == "__main__":
    main()
