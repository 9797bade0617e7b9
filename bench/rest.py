"""PostgREST beside what else might serve the tables: FastAPI with SQLAlchemy, Django REST framework, FastAPI with bare
asyncpg, each with the same token, transaction, claims and policies (goal P5); and beside the database alone, which
pgbench gives the transaction of PostgREST (goal P6).

    bin/ananta bench rest [--rows 10000] [--connections 16] [--seconds 3] [--rounds 5]

The peers are installed on first use, into the state folder. Each has two processes, as this is what two cores serve
best, and as many connections as PostgREST. Without pgbench on PATH, P6 is left out.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
from psycopg import conninfo

from ananta.embedded import processes
from ananta.embedded.postgres import EmbeddedPostgres
from ananta.settings import ROOT, Plane
from bench.harness import Figure, report
from bench.http_load import Endpoint, rate
from bench.lists import Caller, add_caller
from bench.peers import installed
from tests.support.platform import Platform

UVICORN = ("uvicorn", "--workers", "2", "--no-access-log", "--log-level", "warning", "--host", "127.0.0.1", "--port")
GUNICORN = ("gunicorn", "--workers", "2", "--threads", "5", "--log-level", "warning", "--bind")
PEERS = {
    "FastAPI with SQLAlchemy": (*UVICORN, "{port}", "bench.peers.fastapi_sqlalchemy:app"),
    "Django REST framework": (*GUNICORN, "127.0.0.1:{port}", "bench.peers.django_rest:app"),
    "FastAPI with asyncpg": (*UVICORN, "{port}", "bench.peers.fastapi_asyncpg:app"),
}
GOALS = {"FastAPI with SQLAlchemy": ">= 3", "Django REST framework": ">= 3", "FastAPI with asyncpg": "-"}
# Ratios measured before there was this project, with PostgREST 12.0 on two cores.
ANCHORS = {
    ("FastAPI with SQLAlchemy", "list of 50"): "3.5",
    ("FastAPI with SQLAlchemy", "one row"): "3.6",
    ("FastAPI with SQLAlchemy", "new row"): "5.6",
    ("Django REST framework", "list of 50"): "3.6",
    ("Django REST framework", "one row"): "4.2",
    ("Django REST framework", "new row"): "4.8",
}
POSTGREST = "PostgREST"
NEW = json.dumps({"mpn": "N-[<id>]"})
# The statements of PostgREST 12 for a list, as the database's log shows them.
TRANSACTION = """begin isolation level read committed read only;
select set_config('search_path', '"public", "extensions"', true), set_config('role', 'authenticated', true),
    set_config('request.jwt.claims', :claims, true), set_config('request.method', 'GET', true),
    set_config('request.path', '/components', true), set_config('request.headers', '{}', true),
    set_config('request.cookies', '{}', true);
select private.check_request();
with pgrst_source as (select public.components.* from public.components order by public.components.id limit 50)
select null::bigint as total_result_set, pg_catalog.count(_postgrest_t) as page_total,
    coalesce(json_agg(_postgrest_t), '[]') as body,
    nullif(current_setting('response.headers', true), '') as response_headers,
    nullif(current_setting('response.status', true), '') as response_status
from (select * from pgrst_source) as _postgrest_t;
commit;
"""


@dataclass(frozen=True)
class Server:
    """One of those compared; rows are under ``/components``."""

    name: str
    port: int

    def one(self, row_id: str) -> str:
        """The address of one row."""
        path = f"/components?id=eq.{row_id}" if self.name == POSTGREST else f"/components/{row_id}"
        return f"http://127.0.0.1:{self.port}{path}"

    def many(self, limit: int) -> str:
        """The address of the first rows."""
        return f"http://127.0.0.1:{self.port}/components?{'order=id&' if self.name == POSTGREST else ''}limit={limit}"

    def endpoints(self, caller: Caller) -> dict[str, Endpoint]:
        """What is measured, by name; the token is signed now."""
        headers = caller.headers()
        return {
            "list of 50": Endpoint(self.many(50), headers),
            "one row": Endpoint(self.one(caller.deep_id), headers),
            "new row": Endpoint(self.many(1), headers | {"Prefer": "return=representation"}, NEW),
        }


@contextlib.contextmanager
def serving(name: str, platform: Platform) -> Iterator[Server]:
    """A peer on a free port, with PostgREST's login, until the end."""
    port = processes.free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANANTA_")} | {
        "PYTHONPATH": str(ROOT),
        "PEER_DATABASE_URL": platform.dsn(Plane.APP, "app_authenticator"),
        "PEER_KEY_SET_FILE": str(platform.state_dir / "keys" / "app-token.jwks.json"),
    }
    module, *arguments = (part.format(port=port) for part in PEERS[name])
    command = processes.bound_command([str(installed.python()), "-m", module, *arguments], death_signal=signal.SIGTERM)
    process = subprocess.Popen(command, env=environment, cwd=ROOT, start_new_session=True)
    try:
        if not processes.wait_until(lambda: _answers(port), 30):
            raise SystemExit(f"{name} does not start")
        yield Server(name, port)
    finally:
        process.terminate()
        process.wait(20)


def _answers(port: int) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"http://127.0.0.1:{port}/components").status_code == 401
    return False


def pgbench_rate(platform: Platform, caller: Caller, connections: int, seconds: float, folder: Path) -> float | None:
    """PostgREST's own transaction a second, given by pgbench; None without it."""
    program = shutil.which("pgbench")
    if program is None:
        return None
    script = folder / "transaction.sql"
    script.write_text(TRANSACTION, encoding="utf-8")
    place = conninfo.conninfo_to_dict(platform.dsn(Plane.APP, "app_authenticator"))
    environment = os.environ | {
        "PGHOST": str(place["host"]),
        "PGPORT": str(place["port"]),
        "PGUSER": str(place["user"]),
        "PGPASSWORD": str(place["password"]),
        "PGDATABASE": str(place["dbname"]),
    }
    command = [program, "-n", "-M", "prepared", "-c", str(connections), "-T", f"{max(1, seconds):.0f}"]
    command += ["-D", f"claims={json.dumps(caller.claims())}", "-f", str(script)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    found = [line for line in done.stdout.splitlines() if line.startswith("tps")]
    if done.returncode or not found:
        raise SystemExit(f"pgbench failed: {done.stderr[-500:]}")
    return float(found[-1].split("=")[1].split()[0])


def measure(platform: Platform, arguments: argparse.Namespace, folder: Path) -> list[Figure]:
    """Everything in turn, round by round."""
    caller = add_caller(platform, arguments.rows, arguments.rows // 2)
    found: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    with contextlib.ExitStack() as stack:
        ours = Server(POSTGREST, platform.ports["app_rest"])
        peers = [stack.enter_context(serving(name, platform)) for name in PEERS]
        for server in (ours, *peers):
            for endpoint in server.endpoints(caller).values():
                rate(endpoint, arguments.connections, 1)  # warm
        for _ in range(arguments.rounds):
            rates = {
                server.name: {
                    what: rate(endpoint, arguments.connections, arguments.seconds)
                    for what, endpoint in server.endpoints(caller).items()
                }
                for server in (ours, *peers)
            }
            for what, reached in rates[POSTGREST].items():
                found[f"{POSTGREST}, {what}: answers/s", "-", ""].append(reached)
                for peer in peers:
                    name, anchor = f"{POSTGREST} / {peer.name}, {what}", ANCHORS.get((peer.name, what), "")
                    found[name, GOALS[peer.name], anchor].append(reached / rates[peer.name][what])
            alone = pgbench_rate(platform, caller, arguments.connections, arguments.seconds, folder)
            if alone:
                name = f"{POSTGREST} / its transactions by pgbench, list of 50"
                found[name, ">= 0.25", "0.27"].append(rates[POSTGREST]["list of 50"] / alone)
    return [Figure(name, "", goal, values, anchor) for (name, goal, anchor), values in found.items()]


def main() -> None:
    """Parse the arguments, run, report."""
    parser = argparse.ArgumentParser(prog="bin/ananta bench rest", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    installed.python()
    installed.autocannon()
    with tempfile.TemporaryDirectory(prefix="ananta-bench-") as folder:
        platform = Platform(Path(folder) / "state")
        platform.start()
        try:
            figures = measure(platform, arguments, Path(folder))
        finally:
            platform.stop()
            shutil.rmtree(EmbeddedPostgres(platform.state_dir).place, ignore_errors=True)
    report("rest", figures, seed=0)


if __name__ == "__main__":
    main()
