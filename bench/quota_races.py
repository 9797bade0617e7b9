"""Races for the last places of each limit (goal R12): 0 overshoot, and counters equal to the counts after each round.

    bin/ananta bench quota-races [--rounds 200] [--clients 32] [--metrics users components storage_bytes] [--seed N]

`bin/ananta test` runs the same with fewer rounds. Exit code 1 when anything was not as it must be.
"""

import argparse
import secrets
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg.rows import dict_row

from ananta import database_setup
from ananta.embedded.postgres import EmbeddedPostgres
from ananta.settings import Plane
from tests.conftest import PASSWORDS
from tests.support.quota_races import METRICS, Race


def main() -> int:
    """Parse the arguments, run, print counts and faults."""
    parser = argparse.ArgumentParser(prog="bin/ananta bench quota-races", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--metrics", nargs="+", choices=METRICS, default=METRICS)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ananta-bench-") as folder:
        server = EmbeddedPostgres(Path(folder) / "cluster", durable=False)
        try:
            dsn = server.start()
            database_setup.prepare(dsn, PASSWORDS)
            races = _run(psycopg.conninfo.make_conninfo(dsn, dbname=database_setup.DATABASES[Plane.APP]), arguments)
        finally:
            server.stop()
    faults = [fault for race in races for fault in race.faults]
    print("\n".join(["", *faults[:20], f"{len(faults)} faults"]))
    return 1 if faults else 0


def _run(dsn: str, arguments: argparse.Namespace) -> list[Race]:
    races = []
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as db:
        for metric in arguments.metrics:
            started = time.perf_counter()
            race = Race(dsn, db, metric, arguments.clients, arguments.seed).run(arguments.rounds)
            print(f"{arguments.rounds} rounds of {race} in {time.perf_counter() - started:.0f} s", flush=True)
            races.append(race)
    return races


if __name__ == "__main__":
    sys.exit(main())
