"""Counters that many write at once have shares: as exact as one row, through their whole life, and nobody deadlocks."""

import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from ananta.database_setup import DATABASES
from ananta.settings import Plane
from tests.support.function_mutants import mutated
from tests.support.tallies import tally
from tests.support.world import add_organization

Db = psycopg.Connection[dict[str, Any]]
WRITERS, WIDE, LIMIT = 8, 1_000_000, 2400
TAKE, FOLD = "private.take_usage(uuid, text, bigint)", "private.fold_usage(private.usage_counters)"
_SEEN = """
    select (select count(*) from public.components as c where c.organization_id = s.organization_id) as rows,
        s.current_count as sum, (select count(*) from private.usage_counters as u
            where u.organization_id = s.organization_id and u.current_count <> 0 and u.number > 0) as shares
    from private.usage_sums as s where s.organization_id = %s and s.metric = 'components'
"""


class Crowd:
    """An organization whose components many add and remove at once."""

    def __init__(self, dsn: str, db: Db) -> None:
        self.dsn, self.db = dsn, db
        self.id = add_organization(db, max_users=None, max_components=WIDE).organization_id
        self.outcomes: Counter[str] = Counter()
        self.faults: list[str] = []
        self.limit, self.most_shares = WIDE, 0
        self.full = threading.Event()

    def connect(self) -> Db:
        return psycopg.connect(self.dsn, autocommit=True, row_factory=dict_row)

    def one(self, query: str) -> dict[str, Any]:
        return self.db.execute(query.encode(), (self.id,)).fetchone() or {}

    def share(self) -> None:
        """As if somebody had been waited for."""
        self.db.execute("insert into public.components (organization_id, mpn) values (%s, 'first')", (self.id,))
        self.db.execute(
            "update private.usage_counters as c set reserved_count = private.share_usage(c, 1)"
            " where organization_id = %s and metric = 'components' and number = 0",
            (self.id,),
        )

    def add(self, db: Db, count: int, name: str = "") -> None:
        query = """
            insert into public.components (organization_id, mpn)
            select %s, %s || gen_random_uuid() from generate_series(1, %s)
        """
        db.execute(query, (self.id, name, count))

    def set_limit(self, value: int) -> None:
        self.limit = value
        self.db.execute("update public.organizations set max_components = %s where id = %s", (value, self.id))

    def write(self, place: int, seed: int) -> None:
        """One writer, until there is no room for a single row more."""
        choose = random.Random(f"{seed}/{place}")
        with self.connect() as db:
            while not self.faults:
                what = choose.choices(("add", "many", "remove", "roll back", "swap", "twice"), (10, 1, 2, 1, 1, 1))[0]
                try:
                    self._act(db, what, place, choose.randint(1, 3))
                    self.outcomes[what] += 1
                except psycopg.errors.DatabaseError as error:
                    if error.diag.message_primary != "quota_exceeded":
                        self.faults.append(repr(error))
                        return
                    self.outcomes["refused"] += 1
                    if '"requested": 1}' in str(error.diag.message_detail):
                        return

    def _act(self, db: Db, what: str, place: int, count: int) -> None:
        with db.transaction(force_rollback=what == "roll back"):
            if what in ("remove", "swap"):
                query = """
                    delete from public.components where id in (
                        select id from public.components where organization_id = %s and mpn like %s limit %s)
                """
                db.execute(query, (self.id, f"w{place}x%", count))
            if what == "twice":
                db.execute("select private.lock_usage(%s, 'components')", (self.id,))
                self.add(db, 1, f"w{place}x")
            if what != "remove":
                self.add(db, 30 if what == "many" else count, f"w{place}x")

    def watch(self, reconciles: bool) -> None:
        """Sum and count are one at each moment, and never above the limit."""
        with self.connect() as db:
            while not self.full.wait(0.01):
                limit = self.limit
                seen = db.execute(_SEEN, (self.id,)).fetchone() or {"rows": 0, "sum": 0, "shares": 0}
                self.most_shares = max(self.most_shares, seen["shares"])
                if seen["rows"] != seen["sum"] or seen["rows"] > limit:
                    self.faults.append(f"{seen}, the limit is {limit}")
                if reconciles:
                    drifts = db.execute("select * from private.reconcile_usage(%s)", (self.id,)).fetchall()
                    self.faults += [repr(drift) for drift in drifts]
                    self.full.wait(0.1)

    def run(self, seed: int, watchers: tuple[bool, ...] = (False, True)) -> "Crowd":
        """Grow under a wide limit, with shares; then lower it, and go on until all is full."""
        writers = [threading.Thread(target=self.write, args=(place, seed)) for place in range(WRITERS)]
        others = [threading.Thread(target=self.watch, args=(reconciles,)) for reconciles in watchers]
        for thread in (*writers, *others):
            thread.start()
        while not self.faults and self.one(_SEEN).get("rows", 0) < 400:
            time.sleep(0.01)
        self.set_limit(LIMIT)
        for thread in writers:
            thread.join(120)
        self.full.set()
        for thread in others:
            thread.join(30)
        return self

    def events(self) -> list[int]:
        query = "select message ->> 'percentage' as n from pgmq.q_webhooks where message ->> 'id' = %s order by msg_id"
        return [int(row["n"]) for row in self.db.execute(query, (self.id,)).fetchall()]


def _until_waiting(crowd: Crowd) -> None:
    """Until one of this database waits for a lock."""
    query = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    with crowd.connect() as db:
        while not db.execute(query).rowcount:
            time.sleep(0.01)


@pytest.fixture
def crowd(cluster: str) -> Iterator[Crowd]:
    dsn = psycopg.conninfo.make_conninfo(cluster, dbname=DATABASES[Plane.APP])
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as db:
        made = Crowd(dsn, db)
        yield made
        db.execute("delete from public.organizations where id = %s", (made.id,))
        left = db.execute("select from private.usage_counters where organization_id = %s", (made.id,))
        assert left.rowcount == 0


def test_shares_are_exact_from_the_first_to_the_limit(crowd: Crowd) -> None:
    seed = secrets.randbelow(1_000_000)
    crowd.run(seed)
    tally(f"usage shares, seed {seed}: {crowd.most_shares} counted in at once, {dict(sorted(crowd.outcomes.items()))}")
    assert crowd.faults == []
    assert crowd.most_shares > 1
    assert crowd.one(_SEEN) == {"rows": LIMIT, "sum": LIMIT, "shares": 0}
    assert crowd.events() == [80, 90, 100]


def test_shares_that_are_lost_are_found(crowd: Crowd) -> None:
    with mutated(crowd.db, {FOLD: (("c.current_count + shared_count", "c.current_count"),)}):
        crowd.run(1)
    assert crowd.faults


def _fill(crowd: Crowd) -> list[list[int]]:
    """Thresholds with shares full and the counter beside them at the last one below 80 %, with one more, with all."""
    crowd.set_limit(2000)
    crowd.share()
    for _ in range(32):
        crowd.add(crowd.db, 37)
    found = []
    for count in (414, 1, 400):
        crowd.add(crowd.db, count)
        found.append(crowd.events())
    return found


def test_the_first_threshold_is_not_missed_though_shares_are_full(crowd: Crowd) -> None:
    assert _fill(crowd) == [[], [80], [80, 90, 100]]
    assert crowd.one(_SEEN) == {"rows": 2000, "sum": 2000, "shares": 0}
    with pytest.raises(psycopg.Error, match="quota_exceeded"):
        crowd.add(crowd.db, 1)


def test_a_counter_that_forgets_what_shares_may_count_is_found(crowd: Crowd) -> None:
    wrong = (("counter.current_count + counter.reserved_count", "counter.current_count"),)
    with mutated(crowd.db, {TAKE: wrong}):
        assert _fill(crowd) == [[], [], []]


def test_a_limit_that_falls_waits_for_who_counts_in_a_share(crowd: Crowd) -> None:
    crowd.share()
    with crowd.connect() as writer:
        with writer.transaction():
            crowd.add(writer, 1)
            lower = threading.Thread(target=crowd.set_limit, args=(2,))
            lower.start()
            _until_waiting(crowd)
        lower.join(30)
    assert crowd.events() == [80, 90, 100]
    with pytest.raises(psycopg.Error, match="quota_exceeded"):
        crowd.add(crowd.db, 1)


@pytest.mark.parametrize("count", [100, 500])
def test_who_holds_a_share_gets_the_counter_from_who_waits_for_the_share(crowd: Crowd, count: int) -> None:
    """Else each would wait for the other: the second statement fits no share, and reconciling holds the counter."""
    crowd.set_limit(2000)
    crowd.share()
    drifts = []

    def reconcile() -> None:
        with crowd.connect() as db:
            drifts.extend(db.execute("select * from private.reconcile_usage(%s)", (crowd.id,)).fetchall())

    with crowd.connect() as writer:
        with writer.transaction():
            crowd.add(writer, 1)
            folder = threading.Thread(target=reconcile)
            folder.start()
            _until_waiting(crowd)
            crowd.add(writer, count)
        folder.join(30)
    assert drifts == []
    assert crowd.one(_SEEN) == {"rows": count + 2, "sum": count + 2, "shares": 0}


def test_of_two_who_need_each_others_share_one_is_refused_and_nothing_miscounted(crowd: Crowd) -> None:
    """Neither can be answered before the other ends; what counts upwards once, or locks first, is never here."""
    crowd.set_limit(2000)
    crowd.share()
    both = threading.Barrier(2)

    def write() -> None:
        try:
            with crowd.connect() as db, db.transaction():
                crowd.add(db, 1)
                both.wait(30)
                crowd.add(db, 500)
            crowd.outcomes["kept"] += 1
        except psycopg.Error as error:
            crowd.outcomes[str(error.sqlstate)] += 1

    with mutated(crowd.db, {TAKE: (("10 seconds", "1 second"),)}):
        threads = [threading.Thread(target=write) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    kept = crowd.outcomes["kept"]
    assert (crowd.outcomes["55P03"], kept) in {(1, 1), (2, 0)}, "both, where they give up at the same moment"
    seen = crowd.one(_SEEN)
    assert seen["rows"] == seen["sum"] == 1 + 501 * kept
