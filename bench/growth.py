"""Whether one tenant's requests get slower as others come: the same figures beside 10, 1,000 and 10,000 organizations
of one size, as a ratio against the fewest; each statement in all the databases in turn.

    bin/ananta bench growth [--organizations 10 1000 10000] [--each 200] [--rounds 5] [--repeats 40]
"""

import argparse
import contextlib
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import conninfo
from psycopg.rows import dict_row

from ananta import database_setup
from ananta.embedded.postgres import EmbeddedPostgres
from ananta.settings import Plane
from bench.filled import Filled
from bench.harness import Figure, report
from tests.conftest import PASSWORDS

APP = database_setup.DATABASES[Plane.APP]
# What a tenant has beside its rows in exposed tables.
PRIVATE = (
    "insert into private.issuers (issuer, realm) select 'http://' || o.slug, o.slug from public.organizations as o",
    "insert into private.organization_issuers (issuer, organization_id) select 'http://' || o.slug, o.id"
    " from public.organizations as o",
    "insert into private.user_identities (issuer, subject, organization_id, user_id) select 'http://' || o.slug,"
    " u.id::text, o.id, u.id from public.organizations as o join public.users as u on u.organization_id = o.id",
    "update public.users set joined_at = created_at",
    "insert into private.api_rates (organization_id, level, measured_at)"
    " select o.id, 1, now() from public.organizations as o",
)
FIGURES = {
    "list of 50": ("authenticated", "select * from public.components order by id limit 50"),
    "by key": ("authenticated", "select * from public.components where id = '{component}'"),
    "insert": ("authenticated", "insert into public.components (mpn) values (gen_random_uuid()) returning id"),
    "sign-in (exchange)": (
        "ananta_edge",
        "select private.exchange_identity('{issuer}', '{user}', 'nobody@bench.example', true)",
    ),
    "pre-request": ("authenticated", "select private.check_request()"),
    "dashboard_summary": ("authenticated", "select public.dashboard_summary()"),
    "current_usage": ("authenticated", "select * from public.current_usage()"),
}


class Grown:
    """A database with so many organizations, and a member of one in the middle."""

    def __init__(self, dsn: str, organizations: int, each: int) -> None:
        with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as db:
            self.filled = Filled(db, Plane.APP, organizations * each, organizations, skew=0).fill()
            db.execute("set session_replication_role = replica")
            for statement in PRIVATE:
                db.execute(statement.encode())
            db.execute("vacuum analyze")
            tenant = organizations // 2
            self.claims = self.filled.claims(tenant, "member")
            row = db.execute(
                "select c.id::text as component, i.issuer, i.subject as user from public.components as c"
                " join private.user_identities as i using (organization_id) where c.organization_id = %s limit 1",
                (self.filled.ids[tenant],),
            ).fetchone()
        assert row is not None
        self.words: dict[str, Any] = row
        self.connection: psycopg.Connection[Any] = psycopg.connect(dsn, autocommit=True)

    @contextlib.contextmanager
    def acting(self, role: str) -> Iterator[None]:
        """A transaction as PostgREST begins it, undone."""
        with self.connection.transaction(force_rollback=True):
            claims = self.claims if role == "authenticated" else ""
            self.connection.execute("select set_config('request.jwt.claims', %s, true)", (claims,))
            self.connection.execute(f"set local role {role}".encode())
            yield

    def seconds(self, name: str) -> float:
        """How long one statement takes."""
        role, text = FIGURES[name]
        with self.acting(role):
            started = time.perf_counter()
            self.connection.execute(text.format(**self.words).encode(), prepare=True).fetchall()
            return time.perf_counter() - started


def measure(grown: dict[int, Grown], rounds: int, repeats: int) -> list[Figure]:
    """Every figure, in each database after the other, time by time."""
    ratios: dict[str, list[float]] = defaultdict(list)
    fewest, *more = grown
    for _ in range(rounds):
        for name in FIGURES:
            times: dict[int, list[float]] = {count: [] for count in grown}
            for number in range(repeats + 3):
                for count, database in grown.items():
                    seconds = database.seconds(name)
                    if number >= 3:  # plans and pages are there
                        times[count].append(seconds)
            for count in more:
                ratio = statistics.median(times[count]) / statistics.median(times[fewest])
                ratios[f"{name}: {count} organizations / {fewest}"].append(ratio)
    return [Figure(name, "", "<= 1.5", values) for name, values in ratios.items()]


def main() -> None:
    """Parse the arguments, run, report."""
    parser = argparse.ArgumentParser(prog="bin/ananta bench growth", description=__doc__)
    parser.add_argument("--organizations", type=int, nargs="+", default=[10, 1_000, 10_000])
    parser.add_argument("--each", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=40)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ananta-bench-") as folder:
        server = EmbeddedPostgres(Path(folder), durable=False)
        try:
            dsn = server.start()
            database_setup.prepare(dsn, PASSWORDS)
            grown = {}
            for count in sorted(arguments.organizations):
                with psycopg.connect(dsn, autocommit=True) as connection:
                    connection.execute(f"create database grown_{count} template {APP} owner ananta_owner".encode())
                database = conninfo.make_conninfo(dsn, dbname=f"grown_{count}")
                grown[count] = Grown(database, count, arguments.each)
                print(f"{count} organizations are there", flush=True)
            figures = measure(grown, arguments.rounds, arguments.repeats)
            for made in grown.values():
                made.connection.close()
        finally:
            server.destroy()
    report("growth", figures, seed=0)


if __name__ == "__main__":
    main()
