"""What messages that nobody may read yet cost those that are due (goal P10), and how a backlog is worked off.

    bin/ananta bench queue-reads [--hidden 100000] [--each 200] [--rounds 5] [--seconds 3]

Each round takes and ends messages one by one: in an empty queue, and beside the hidden ones of a hundred tenants; by
our reading and by pgmq.read. Then the worker's loop works on a backlog of one tenant, while another sends one now and
then.
"""

import argparse
import asyncio
import logging
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg
from pydantic import SecretStr

from ananta import database_setup
from ananta.embedded.postgres import EmbeddedPostgres
from ananta.logs import configure_logging
from ananta.settings import Plane
from bench.harness import Figure, report
from tests.conftest import PASSWORDS
from workers.consumer import Consumer
from workers.database import WorkerDatabase
from workers.messages import Finish, Message

SEED = 6
LOUD, QUIET = f"{7:032x}", f"{3:032x}"
SEND = """select pgmq.send(%s, jsonb_build_object(
    'event_id', gen_random_uuid(), 'type', 'bench', 'id', n::text, 'organization_id', %s::text))
    from generate_series(1, %s) as n"""
FILL = """insert into pgmq.q_bench (vt, message) select now() + interval '1 day', jsonb_build_object(
    'event_id', gen_random_uuid(), 'type', 'bench', 'id', n::text, 'organization_id', md5((n %% 100)::text))
    from generate_series(1, %s) as n"""
OURS = """select private.end_messages(
        'bench', array[t.msg_id], array[t.read_count], array[private.message_event_id(t.message)])
    from private.take_messages('bench', 60, 1, '', '{}', 3) as t"""
PGMQ = "select pgmq.archive('bench', t.msg_id) from pgmq.read('bench', 60, 1) as t"
Db = psycopg.Connection[tuple[Any, ...]]


def rate(db: Db, query: str, each: int) -> float:
    """Messages a second, each taken and ended in a transaction of its own."""
    db.execute(SEND, ("bench", QUIET, each))
    began = time.perf_counter()
    for _ in range(each):
        if db.execute(query.encode()).rowcount != 1:
            raise SystemExit("a message was not found")
    return each / (time.perf_counter() - began)


async def backlog(url: str, db: Db, seconds: float) -> tuple[float, float]:
    """Messages a second of the loud tenant, and how long the quiet one's wait (the slowest of ten), in seconds."""
    waits: dict[str, float] = {}
    count = 0

    async def handle(message: Message) -> Finish:
        nonlocal count
        count += 1
        if message.owner == QUIET:
            waits[message.event_id] = time.perf_counter() - sent
        return Finish()

    database, stop = WorkerDatabase(SecretStr(url), "APP"), asyncio.Event()
    async with database.running():
        task = asyncio.create_task(Consumer(database, "bench", handle, concurrency=50).run(stop))
        began = time.perf_counter()
        for _ in range(10):
            await asyncio.sleep(seconds / 10)
            sent = time.perf_counter()
            db.execute(SEND, ("bench", QUIET, 1))
        elapsed, done = time.perf_counter() - began, count
        stop.set()
        await task
    return done / elapsed, max(waits.values())


def measure(server: EmbeddedPostgres, options: argparse.Namespace) -> list[Figure]:
    """All figures, on a server of their own."""
    dsn = server.start()
    database_setup.prepare(dsn, PASSWORDS)
    app = psycopg.conninfo.make_conninfo(dsn, dbname=database_setup.DATABASES[Plane.APP])
    worker = psycopg.conninfo.make_conninfo(app, user="app_worker", password=PASSWORDS["app_worker"])
    found: dict[str, list[float]] = {"ours": [], "pgmq": [], "ours empty": []}
    with psycopg.connect(app, autocommit=True) as db:
        db.execute("set role ananta_owner")
        db.execute("select pgmq.create('bench')")
        db.execute("create index on pgmq.q_bench (private.message_owner(message), vt)")
        for number in range(options.rounds):
            order = [("ours", OURS), ("pgmq", PGMQ)][:: 1 if number % 2 else -1]
            empty = {name: rate(db, query, options.each) for name, query in order}
            db.execute(FILL, (options.hidden,))
            for name, query in order:
                found[name].append(rate(db, query, options.each) / empty[name])
            found["ours empty"].append(empty["ours"] / empty["pgmq"])
            db.execute("truncate pgmq.q_bench")
        db.execute(SEND, ("bench", LOUD, options.hidden))
        loops = [asyncio.run(backlog(worker, db, options.seconds)) for _ in range(options.rounds)]
    return [
        Figure(f"reading beside {options.hidden} hidden / in an empty queue", "", ">= 0.8", found["ours"]),
        Figure("the same by pgmq.read", "", "-", found["pgmq"], "0.03"),
        Figure("reading by turns with ledger / pgmq.read and archive, empty", "", "-", found["ours empty"]),
        Figure(f"loop on a backlog of {options.hidden}", "messages/s", "-", [rate for rate, _ in loops]),
        Figure("another tenant's slowest wait beside it", "ms", "-", [wait * 1000 for _, wait in loops]),
    ]


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hidden", type=int, default=100_000)
    parser.add_argument("--each", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    options = parser.parse_args()
    configure_logging(level=logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Path(folder) / "cluster", durable=False)
        try:
            figures = measure(server, options)
        finally:
            server.stop()
    report("queue-reads", figures, seed=SEED)


if __name__ == "__main__":
    main()
