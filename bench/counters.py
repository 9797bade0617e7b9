"""What counting and limits cost (goal P12): one import of many rows, and one hot tenant with many writers, each with
the counter's triggers and without, in turn.

    bin/ananta bench counters [--rows 10000] [--clients 16] [--each 100] [--rounds 5] [--no-fsync]

A row that is counted in is locked until its transaction is on the disk; --no-fsync shows what counting costs beside
that. Each timing begins without shares.
"""

import argparse
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from ananta import database_setup
from ananta.embedded.postgres import EmbeddedPostgres
from ananta.settings import Plane
from bench.harness import Figure, report
from tests.conftest import PASSWORDS
from tests.support.world import add_organization

LIMIT = 50_000_000
MANY = (
    "insert into public.components (organization_id, mpn) select '{id}', 'P' || n from generate_series(1, {rows}) as n"
)
LOOP = """
    do $$ begin
        for n in 1..{each} loop
            perform pg_sleep({work});
            insert into public.components (organization_id, mpn) values ('{id}', gen_random_uuid());
            commit;
        end loop;
    end $$
"""


@dataclass
class Counters:
    """An organization on a server of its own."""

    dsn: str
    db: psycopg.Connection[dict[str, Any]]
    id: str

    def compare(self, work: Callable[[], None], rounds: int) -> list[tuple[float, float]]:
        """Seconds with and without the counter, each round in turn; the counter must say what is there."""
        found = []
        for _ in range(rounds):
            with_it = self._timed(work)
            counted = self.db.execute("select private.counted_usage(%s, 'components') as n", (self.id,)).fetchone()
            said = self.db.execute(
                "select current_count as n from private.usage_of(%s) where metric = 'components'", (self.id,)
            ).fetchone()
            if counted != said:
                raise SystemExit(f"the counter says {said}, there are {counted}")
            self._empty()
            self.db.execute("alter table public.components disable trigger _500_count_components_insert")
            without = self._timed(work)
            self._empty()
            self.db.execute("alter table public.components enable trigger _500_count_components_insert")
            found.append((with_it, without))
        return found

    def load(self, rows: int) -> None:
        """One statement of many rows."""
        self.db.execute(MANY.format(id=self.id, rows=rows).encode())

    def crowd(self, clients: int, each: int, work: float) -> None:
        """Many writers of one row a transaction, ``work`` seconds in each before the row."""
        loop = LOOP.format(id=self.id, each=each, work=work).encode()

        def write() -> None:
            with psycopg.connect(self.dsn, autocommit=True) as connection:
                connection.execute(loop)

        threads = [threading.Thread(target=write) for _ in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _timed(self, work: Callable[[], None]) -> float:
        started = time.perf_counter()
        work()
        return time.perf_counter() - started

    def _empty(self) -> None:
        self.db.execute("delete from public.components where organization_id = %s", (self.id,))
        self.db.execute("select * from private.reconcile_usage(%s)", (self.id,))
        for table in ("public.components", "private.usage_counters"):
            self.db.execute(f"vacuum {table}".encode())


def main() -> None:
    """Parse the arguments, run, report."""
    parser = argparse.ArgumentParser(prog="bin/ananta bench counters", description=__doc__)
    for name, default in (("rows", 10_000), ("clients", 16), ("each", 100), ("rounds", 5)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--no-fsync", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ananta-bench-") as folder:
        server = EmbeddedPostgres(Path(folder) / "cluster", durable=not arguments.no_fsync)
        try:
            dsn = server.start()
            database_setup.prepare(dsn, PASSWORDS)
            app = psycopg.conninfo.make_conninfo(dsn, dbname=database_setup.DATABASES[Plane.APP])
            with psycopg.connect(app, autocommit=True, row_factory=dict_row) as db:
                made = add_organization(db, max_users=None, max_components=LIMIT)
                figures = _measure(Counters(app, db, made.organization_id), arguments)
        finally:
            server.stop()
    report("counters", figures, seed=0)


def _measure(counters: Counters, arguments: argparse.Namespace) -> list[Figure]:
    rows, clients, each, rounds = arguments.rows, arguments.clients, arguments.each, arguments.rounds
    load = counters.compare(lambda: counters.load(rows), rounds)
    hot = counters.compare(lambda: counters.crowd(clients, each, 0), rounds)
    busy = counters.compare(lambda: counters.crowd(clients, each, 0.005), rounds)
    return [
        Figure(f"{rows} rows in one statement: time with / without", "", "<= 1.10", [a / b for a, b in load], "1.04"),
        Figure(f"hot tenant, {clients} writers: rate with / without", "", ">= 0.7", [b / a for a, b in hot], "0.73"),
        Figure("the same with 5 ms work in each: with / without", "", ">= 0.9", [b / a for a, b in busy], "0.87"),
        Figure("hot tenant with the counter", "tps", "-", [clients * each / a for a, _ in hot]),
    ]


if __name__ == "__main__":
    main()
