"""What the audit log costs: the same writes with its triggers and without, in turn, and writers of one tenant against
writers of several.

    bin/ananta bench audit-log [--rounds 7] [--writes 300] [--rows 10000] [--writers 4]
"""

import argparse
import shutil
import tempfile
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import psycopg
from psycopg import conninfo
from psycopg.rows import dict_row

from ananta import database_setup
from ananta.embedded.postgres import EmbeddedPostgres
from ananta.settings import Plane
from bench.harness import Figure, report
from tests.conftest import PASSWORDS
from tests.support.audit import AuditedCompany

RENAME = "update public.projects set name = gen_random_uuid()::text where organization_id = %s and is_default"
INSERT = "insert into public.components (mpn) select %s || n from generate_series(1, %s) as n"


class AuditBench:
    """Organizations in a database of its own, durable as in production."""

    def __init__(self, dsn: str, writers: int) -> None:
        self.dsn = dsn
        self.db: psycopg.Connection[dict[str, Any]] = psycopg.connect(dsn, row_factory=dict_row)
        self.companies = [AuditedCompany(self.db, audit_days=90) for _ in range(writers)]
        self.db.commit()

    def switch(self, table: str, word: str) -> None:
        """``enable`` or ``disable`` the audit triggers of a table."""
        for event in ("insert", "update", "delete"):
            self.db.execute(f"alter table public.{table} {word} trigger _800_audit_{event}".encode())
        self.db.commit()

    def single(self, writes: int) -> float:
        """Seconds that so many writes of one row take, each in its own transaction."""
        started = time.perf_counter()
        for _ in range(writes):
            self.db.execute(RENAME, (self.companies[0].id,))
            self.db.commit()
        return time.perf_counter() - started

    def bulk(self, rows: int) -> float:
        """Seconds that a client's insert of many components takes."""
        self.companies[0].act_as_owner()
        started = time.perf_counter()
        self.db.execute(INSERT, (uuid.uuid4().hex, rows))
        self.db.commit()
        seconds = time.perf_counter() - started
        self.db.execute("set session_replication_role = replica")
        self.db.execute("delete from public.components")
        self.db.execute("set session_replication_role = origin")
        self.db.commit()
        return seconds

    def together(self, writes: int, *, of_one_tenant: bool) -> float:
        """Writes a second of writers at the same time."""

        def write(organization_id: str) -> None:
            with psycopg.connect(self.dsn) as connection:
                for _ in range(writes):
                    connection.execute(
                        "insert into public.projects (organization_id, name) values (%s, gen_random_uuid()::text)",
                        (organization_id,),
                    )
                    connection.commit()

        ids = [(self.companies[0] if of_one_tenant else company).id for company in self.companies]
        threads = [threading.Thread(target=write, args=(organization_id,)) for organization_id in ids]
        started = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return writes * len(ids) / (time.perf_counter() - started)

    def verified(self) -> float:
        """Entries a second that verification computes anew."""
        started = time.perf_counter()
        row = self.db.execute(
            "select (select count(*) from private.verify_audit_log()) as problems,"
            " (select count(*) from public.audit_logs) as entries"
        ).fetchone()
        assert row is not None
        assert row["problems"] == 0
        return float(row["entries"] / (time.perf_counter() - started))


def run(bench: AuditBench, arguments: argparse.Namespace) -> list[Figure]:
    """Everything, in turn."""
    single, bulk, hot = [], [], []
    for _ in range(arguments.rounds):
        audited = bench.single(arguments.writes)
        bench.switch("projects", "disable")
        plain = bench.single(arguments.writes)
        bench.switch("projects", "enable")
        single.append(audited / plain)
        audited = bench.bulk(arguments.rows)
        bench.switch("components", "disable")
        bulk.append(audited / bench.bulk(arguments.rows))
        bench.switch("components", "enable")
        one = bench.together(arguments.writes // 4, of_one_tenant=True)
        hot.append(one / bench.together(arguments.writes // 4, of_one_tenant=False))
    return [
        Figure("one row, committed: audited / not", "", "<= 4", single),
        Figure(f"{arguments.rows} rows as a client: audited / not", "", "<= 3", bulk),
        Figure(f"{arguments.writers} writers: one tenant / several", "", ">= 0.5", hot),
        Figure("verification: entries/s", "", "-", [bench.verified()]),
    ]


def main() -> None:
    """Parse the arguments, run, report."""
    parser = argparse.ArgumentParser(prog="bin/ananta bench audit-log", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--writes", type=int, default=300)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--writers", type=int, default=4)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ananta-bench-") as folder:
        server = EmbeddedPostgres(Path(folder))
        try:
            dsn = server.start()
            database_setup.prepare(dsn, PASSWORDS)
            database = conninfo.make_conninfo(dsn, dbname=database_setup.DATABASES[Plane.APP])
            figures = run(AuditBench(database, arguments.writers), arguments)
        finally:
            server.stop()
            shutil.rmtree(server.place, ignore_errors=True)
    report("audit-log", figures, seed=0)


if __name__ == "__main__":
    main()
