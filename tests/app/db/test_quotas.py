"""Limits hold exactly in the database: 16 writers at the limit, round after round, and no step over it."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from psycopg.rows import dict_row

from ananta.database_setup import DATABASES
from ananta.settings import Plane
from tests.support.exposure import Db
from tests.support.tallies import tally
from tests.support.world import Members, add_organization

WRITERS = 16
ROUNDS = 12
INSERTS = {
    "components": "insert into public.components (mpn) select %(name)s || n from generate_series(1, %(size)s) as n",
    "users": "insert into public.users (email) select %(name)s || n || '@x.example'"
    " from generate_series(1, %(size)s) as n",
}


@dataclass
class Bench:
    """A database of its own connections, and an organization."""

    dsn: str
    db: Db
    made: Members

    def connect(self) -> psycopg.Connection[dict[str, object]]:
        """A connection that acts as the organization's owner, as PostgREST does for a request."""
        connection = psycopg.connect(self.dsn, row_factory=dict_row)
        claims = {
            "sub": self.made.owner_id,
            "organization_id": self.made.organization_id,
            "permissions": ["components:read", "components:write", "users:read", "users:write"],
        }
        connection.execute("select set_config('request.jwt.claims', %s, false)", (json.dumps(claims),))
        connection.execute("set role authenticated")
        connection.commit()
        return connection

    def limit(self, metric: str, value: int) -> None:
        self.db.execute(
            f"update public.organizations set max_{metric} = %s where id = %s".encode(),  # noqa: S608
            (value, self.made.organization_id),
        )

    def counts(self, metric: str) -> tuple[object, object]:
        condition = " and status = 'active'" if metric == "users" else ""
        counter = (
            "(select current_count from private.usage_sums where organization_id = %(id)s and metric = %(metric)s)"
        )
        query = f"select count(*) as rows, {counter} from public.{metric} where organization_id = %(id)s{condition}"  # noqa: S608
        row = self.db.execute(query.encode(), {"id": self.made.organization_id, "metric": metric}).fetchone()
        assert row is not None
        return row["rows"], row["current_count"]


@pytest.fixture(params=["components", "users"])
def metric(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def bench(cluster: str) -> Iterator[Bench]:
    dsn = psycopg.conninfo.make_conninfo(cluster, dbname=DATABASES[Plane.APP])
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as db:
        made = add_organization(db, max_users=None, max_components=None)
        yield Bench(dsn, db, made)
        db.execute("delete from public.organizations where id = %s", (made.organization_id,))


def test_no_overshoot_with_many_writers(bench: Bench, metric: str) -> None:
    """Each round has room for fewer rows than the writers bring; some of them give theirs back."""
    connections = [bench.connect() for _ in range(WRITERS)]
    outcomes: Counter[str] = Counter()
    barrier = threading.Barrier(WRITERS)
    faults: list[BaseException] = []

    def write(number: int, turn: int) -> None:
        connection = connections[number]
        size = 1 + (number + turn) % 3
        barrier.wait(30)
        try:
            connection.execute(INSERTS[metric].encode(), {"name": f"P{turn}Q{number}R", "size": size})
            if number % 5 == turn % 5:
                connection.rollback()
                outcomes["given back"] += 1
                return
            connection.commit()
            outcomes["stored"] += 1
        except psycopg.DatabaseError as error:
            connection.rollback()
            outcomes[f"{error.sqlstate} {error.diag.message_primary}"] += 1
        except BaseException as fault:
            faults.append(fault)
            raise

    limit = int(str(bench.counts("users")[0])) if metric == "users" else 0
    for turn in range(ROUNDS):
        limit += 9
        bench.limit(metric, limit)
        threads = [threading.Thread(target=write, args=(number, turn)) for number in range(WRITERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        rows, counter = bench.counts(metric)
        assert rows == counter
        assert int(str(rows)) <= limit
        assert int(str(rows)) >= limit - 2, "refused though there was room"
    for connection in connections:
        connection.close()
    tally(f"quota of {metric}, {WRITERS} writers x {ROUNDS} rounds in SQL: {dict(outcomes)}")
    assert not faults
    assert set(outcomes) == {"stored", "given back", "PT402 quota_exceeded"}


def test_counter_follows_every_way_a_row_comes_and_goes(bench: Bench) -> None:
    db, organization = bench.db, bench.made.organization_id
    with bench.connect() as member:
        member.execute("insert into public.components (mpn) values ('A1'), ('A2'), ('A3')")
        member.execute("insert into public.components (mpn) values ('A1'), ('A4') on conflict do nothing")
        member.execute("delete from public.components where mpn = 'A2'")
        member.execute("update public.components set description = 'x'")
    assert bench.counts("components") == (3, 3)
    db.execute(
        "insert into public.users (organization_id, email, status)"
        " values (%s, 'd@x.example', 'deactivated'), (%s, 'e@x.example', 'active')",
        (organization, organization),
    )
    assert bench.counts("users") == (2, 2)
    db.execute("update public.users set status = 'deactivated' where email = 'e@x.example'")
    assert bench.counts("users") == (1, 1)
    db.execute("delete from public.users where organization_id = %s and status = 'deactivated'", (organization,))
    assert bench.counts("users") == (1, 1)


def test_a_lowered_limit_refuses_more_but_not_less(bench: Bench) -> None:
    with bench.connect() as member:
        member.execute("insert into public.components (mpn) values ('A1'), ('A2'), ('A3')")
        member.commit()
        bench.limit("components", 1)
        with pytest.raises(psycopg.DatabaseError, match="quota_exceeded"):
            member.execute("insert into public.components (mpn) values ('A4')")
        member.rollback()
        member.execute("update public.components set description = 'kept'")
        member.execute("delete from public.components where mpn in ('A1', 'A2')")
        member.commit()
    assert bench.counts("components") == (1, 1)
