"""The consumer loop on messages that ask for nothing, against reading and deleting them bare (goal P9), and beside
Procrastinate and PgQueuer on a database of their own; and the loop on a queue that also holds messages that wait for
another try, against one that holds none, and after a minute of a transaction left open (goal P10).

    bin/ananta bench queues [--messages 5000] [--batches 50 200] [--waiting 200000] [--open-seconds 60] [--rounds 5]

The peers are installed on first use, into the state folder. What Procrastinate and PgQueuer know of a job, and which of
ours they lack (a ledger of events, dead letters, turns of tenants), is theirs; the work is the same.
"""

import argparse
import asyncio
import os
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import structlog
from psycopg import conninfo, sql
from psycopg.rows import dict_row
from pydantic import SecretStr

from ananta import database_setup
from ananta.embedded.postgres import EmbeddedPostgres
from ananta.settings import ROOT, Plane
from bench.harness import RESULTS, Figure, report
from bench.peers import installed
from tests.conftest import PASSWORDS
from workers.consumer import Consumer, listen
from workers.database import WorkerDatabase
from workers.messages import Finish, Message

QUEUE = "bom_suggestions"
PEERS_DATABASE = "peers"
FILL = """
    select pgmq.send_batch(%s, array(
        select jsonb_build_object('event_id', gen_random_uuid(), 'type', 'bench.nothing', 'id', gen_random_uuid(),
            'organization_id', gen_random_uuid(), 'correlation_id', 'bench', 'v', 1)
        from generate_series(1, %s)), %s::integer)
"""
PEERS = {"Procrastinate": ("procrastinate_queue.py", ">= 10"), "PgQueuer": ("pgqueuer_queue.py", ">= 1")}


@dataclass
class Queues:
    """A server with an application plane, its queues empty."""

    dsn: str
    db: psycopg.Connection[dict[str, Any]]

    def plane(self, role: str) -> str:
        """The application plane's database as a role."""
        return conninfo.make_conninfo(
            self.dsn, dbname=database_setup.DATABASES[Plane.APP], user=role, password=PASSWORDS[role]
        )

    def fill(self, number: int, delay_seconds: int = 0) -> None:
        """Put messages in, to be seen after a delay."""
        for start in range(0, number, 10_000):
            self.db.execute(FILL, (QUEUE, min(10_000, number - start), delay_seconds))

    def empty(self) -> None:
        """Nothing is left, and no dead rows."""
        self.db.execute("select pgmq.purge_queue(%s)", (QUEUE,))
        for table in (f"pgmq.q_{QUEUE}", f"pgmq.a_{QUEUE}", "private.processed_events"):
            self.db.execute(sql.SQL("truncate {}").format(sql.Identifier(*table.split("."))))
            self.db.execute(sql.SQL("vacuum analyze {}").format(sql.Identifier(*table.split("."))))

    def bare_rate(self, number: int, batch: int) -> float:
        """Messages a second that are read and deleted, and that is all."""
        self.fill(number)
        started = time.perf_counter()
        while ids := [
            row["msg_id"] for row in self.db.execute("select msg_id from pgmq.read(%s, 30, %s)", (QUEUE, batch))
        ]:
            self.db.execute("select pgmq.delete(%s, %s::bigint[])", (QUEUE, ids))
        return number / (time.perf_counter() - started)

    def consumer_rate(self, number: int, batch: int) -> float:
        """Messages a second through the consumer loop, as a worker runs it, with ``batch`` places."""
        self.fill(number)
        return number / asyncio.run(self._consume(number, batch))

    async def _consume(self, number: int, batch: int) -> float:
        left, stop, database = number, asyncio.Event(), WorkerDatabase(SecretStr(self.plane("app_worker")), "APP")

        async def nothing(_message: Message) -> Finish:
            nonlocal left
            left -= 1
            if not left:
                stop.set()
            return Finish()

        consumer = Consumer(database, QUEUE, nothing, concurrency=batch)
        async with database.running():
            started = time.perf_counter()
            listener = asyncio.create_task(listen(database, [consumer], stop))
            await consumer.run(stop)
            seconds = time.perf_counter() - started
            listener.cancel()
        return seconds

    def peer_rate(self, script: str, number: int, batch: int) -> float:
        """Jobs a second of a peer, in a process and a database of its own."""
        url = conninfo.conninfo_to_dict(self.dsn)
        environment = os.environ | {
            "PEER_DATABASE_URL": f"postgresql://{url['user']}:{url['password']}@{url['host']}:{url['port']}/{PEERS_DATABASE}"
        }
        command = [str(installed.python()), str(installed.PEERS / script), str(number), str(batch)]
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{script} failed: {done.stderr[-1000:]}")
        return number / float(done.stdout.split()[-1])

    @contextmanager
    def open_transaction(self) -> Iterator[None]:
        """A transaction that sees the queue as it is now, until the end: nothing deleted since can be removed."""
        with psycopg.connect(conninfo.make_conninfo(self.dsn, dbname=self.db.info.dbname)) as connection:
            connection.execute("set transaction isolation level repeatable read")
            connection.execute("select txid_current()")
            yield


def measure(queues: Queues, arguments: argparse.Namespace) -> list[Figure]:
    """Everything in turn, round by round."""
    found: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    number, smallest = arguments.messages, min(arguments.batches)
    for _ in range(arguments.rounds):
        for batch in arguments.batches:
            queues.empty()
            bare = queues.bare_rate(number, batch)
            queues.empty()
            loop = queues.consumer_rate(number, batch)
            goal, anchor = (">= 0.6", "0.63") if batch >= 200 else (">= 0.4", "0.36")
            found[f"loop / bare, {batch} at a time", goal, anchor].append(loop / bare)
            found[f"loop, {batch} at a time: messages/s", "-", ""].append(loop)
            for name, (script, wanted) in PEERS.items():
                found[f"loop / {name}, {batch} at a time", wanted, ""].append(
                    loop / queues.peer_rate(script, number, batch)
                )
        queues.empty()
        before = queues.consumer_rate(number, smallest)
        queues.empty()
        queues.fill(arguments.waiting, delay_seconds=3600)
        found[f"loop beside {arguments.waiting} waiting messages / without", ">= 0.8", "0.03"].append(
            queues.consumer_rate(number, smallest) / before
        )
    queues.empty()
    before = queues.consumer_rate(number, smallest)
    with queues.open_transaction():
        until = time.monotonic() + arguments.open_seconds
        while (left := until - time.monotonic()) > 0:
            queues.consumer_rate(number, smallest)
            time.sleep(min(1, left))
        found[f"loop after {arguments.open_seconds:g} s of an open transaction / before", ">= 0.5", "0.16"].append(
            queues.consumer_rate(number, smallest) / before
        )
    figures = [Figure(name, "", goal, values, anchor) for (name, goal, anchor), values in found.items()]
    if any(figure.is_missed for figure in figures):
        queues.empty()
        with installed.flame_graph(RESULTS / f"queues-{time.strftime('%Y%m%d-%H%M%S')}.svg") as seen:
            queues.consumer_rate(number, smallest)
        why = f"the loop's time: {seen.relative_to(ROOT)}" if seen else ""
        figures = [replace(figure, why=why) if figure.is_missed else figure for figure in figures]
    return figures


def main() -> None:
    """Parse the arguments, run, report."""
    parser = argparse.ArgumentParser(prog="bin/ananta bench queues", description=__doc__)
    parser.add_argument("--messages", type=int, default=5_000)
    parser.add_argument("--batches", type=int, nargs="+", default=[50, 200])
    parser.add_argument("--waiting", type=int, default=200_000)
    parser.add_argument("--open-seconds", type=float, default=60)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    installed.python()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))  # a line a message is not measured
    with tempfile.TemporaryDirectory(prefix="ananta-bench-") as folder:
        server = EmbeddedPostgres(Path(folder) / "cluster")
        try:
            dsn = server.start()
            database_setup.prepare(dsn, PASSWORDS)
            with psycopg.connect(dsn, autocommit=True) as db:
                db.execute(sql.SQL("create database {}").format(sql.Identifier(PEERS_DATABASE)))
            app = conninfo.make_conninfo(dsn, dbname=database_setup.DATABASES[Plane.APP])
            with psycopg.connect(app, autocommit=True, row_factory=dict_row) as db:
                figures = measure(Queues(dsn, db), arguments)
        finally:
            server.stop()
    report("queues", figures, seed=0)


if __name__ == "__main__":
    main()
