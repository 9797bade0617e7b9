"""What poison costs those beside it (goal R7): two worker processes send a mail to each of many leads, without and with
messages among them that always raise, hang, or kill their process.

    bin/ananta bench poison [--rounds 5] [--messages 400] [--a-second 20] [--share 0.01]

A message's time is from when it was sent to when it was ended, by the database's clock. As in production it is tried
again after a death when it has been hidden for its visibility time, here 1 s; poison is given up after 3 tries.
"""

import argparse
import random
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from ananta import database_setup
from ananta.embedded import processes
from ananta.embedded.postgres import EmbeddedPostgres
from ananta.settings import Plane
from bench.harness import Figure, report
from tests.conftest import PASSWORDS
from tests.support.worker_processes import environment_for, restarted

SEED = 7
KINDS = ("raises", "hangs", "kills")
ASK = """
    insert into tenant_management.leads (first_name, last_name, company_name, email, source)
    values ('Ada', 'Lovelace', 'Acme', %s, 'website')
    returning private.enqueue('notifications', 'lead.created', id::text, '{}')
"""
TIMES = """
    select extract(epoch from archived_at - enqueued_at)::float8 from pgmq.a_notifications
    where message ->> 'type' = 'lead.created' and msg_id > %s
"""
POISON = "select pgmq.send('notifications', %s || jsonb_build_object('event_id', gen_random_uuid()))"
Db = psycopg.Connection[tuple[Any, ...]]


def one_round(db: Db, options: argparse.Namespace, chance: random.Random, *, is_poisoned: bool) -> float:
    """The time, in seconds, that 95 of 100 leads wait at most."""
    (begin,) = db.execute("select coalesce(max(msg_id), 0) from pgmq.a_notifications").fetchone() or (0,)
    poison = set(chance.sample(range(options.messages), round(options.messages * options.share)) if is_poisoned else [])
    for number in range(options.messages):
        db.execute(ASK, (f"{chance.randrange(2**60):x}@poison.example",))
        if number in poison:
            body = {"type": "poison", "id": "1", "v": 1, "poison": chance.choice(KINDS)}
            db.execute(POISON, (Jsonb(body),))
        time.sleep(chance.expovariate(options.a_second))
    if not processes.wait_until(lambda: is_empty(db), 120):
        raise SystemExit("messages were left")
    times = [row[0] for row in db.execute(TIMES, (begin,))]
    if len(times) != options.messages:
        raise SystemExit(f"{len(times)} of {options.messages} were done")
    return float(statistics.quantiles(times, n=20)[-1])


def is_empty(db: Db) -> bool:
    """Whether nothing is left in the queue."""
    return not db.execute("select from pgmq.q_notifications limit 1").fetchone()


def measure(server: EmbeddedPostgres, folder: Path, options: argparse.Namespace) -> list[Figure]:
    """Rounds without and with poison in turn, on a server of their own."""
    dsn, chance = server.start(), random.Random(SEED)  # noqa: S311 - a load
    database_setup.prepare(dsn, PASSWORDS)
    control = psycopg.conninfo.make_conninfo(dsn, dbname=database_setup.DATABASES[Plane.CONTROL])
    environment, found = environment_for(dsn, folder), []
    with psycopg.connect(control, autocommit=True) as db, ExitStack() as stack:
        codes = [stack.enter_context(restarted(environment, folder / f"{number}.log")) for number in (1, 2)]
        one_round(db, argparse.Namespace(**vars(options) | {"messages": 20}), chance, is_poisoned=False)
        for number in range(options.rounds):
            order = [False, True][:: 1 if number % 2 else -1]
            found.append(
                {is_poisoned: one_round(db, options, chance, is_poisoned=is_poisoned) for is_poisoned in order}
            )
        given_up = db.execute("select count(*) from private.dead_letters").fetchone()
        print(f"{sum(map(len, codes))} deaths, {given_up[0] if given_up else 0} messages given up")
    share = f"{options.share:.0%} poison"
    return [
        Figure(f"p95 of the others with {share} / without", "", "<= 1.2", [r[True] / r[False] for r in found]),
        Figure("p95 without", "ms", "-", [r[False] * 1000 for r in found]),
        Figure(f"p95 with {share}", "ms", "-", [r[True] * 1000 for r in found]),
    ]


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--messages", type=int, default=400)
    parser.add_argument("--a-second", type=float, default=20)
    parser.add_argument("--share", type=float, default=0.01)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Path(folder) / "cluster", durable=False)
        try:
            figures = measure(server, Path(folder), options)
        finally:
            server.stop()
    report("poison", figures, seed=SEED)


if __name__ == "__main__":
    main()
