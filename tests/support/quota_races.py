"""Writers race for the last places of a limit: nobody gets one too many, and nobody is refused one that is free.

Each round gives the organization a little more room than it uses, and lets every client at it at once: some add rows,
some give theirs back, some add and roll back. A watcher counts all the while. Afterwards the counter must equal the
count, the count must be what a serial reckoning of the commits gives, and nothing may ever have been above the limit.
"""

import json
import random
import threading
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.support.world import Members, add_organization

Db = psycopg.Connection[dict[str, Any]]
METRICS = ("components", "storage_bytes", "users")
BYTES = 100_000_000  # of a file; the limit is in gigabytes
PERMISSIONS = ["boms:read", "boms:write", "components:read", "components:write", "users:read", "users:write"]
_LIMITS = {"components": "max_components", "storage_bytes": "max_storage_gb", "users": "max_users"}
_COUNT = {
    "components": "select count(*) as n from public.components where organization_id = %s",
    "storage_bytes": "select coalesce(sum(size_bytes), 0)::bigint as n from public.stored_files"
    " where organization_id = %s",
    "users": "select count(*) as n from public.users where organization_id = %s and status = 'active'",
}
_COUNTER = "select current_count as n from private.usage_sums where organization_id = %s and metric = %s"
_ADD = {
    "components": "insert into public.components (mpn) select %s || n from generate_series(1, %s) as n",
    "users": "insert into public.users (email) select %s || n || '@x.example' from generate_series(1, %s) as n",
}
_TAKE = {
    "components": "delete from public.components where mpn like %s || '%%'",
    "storage_bytes": "delete from public.boms where name = %s",
    "users": "update public.users set status = 'deactivated' where email like %s || '%%'",
}
# The limit of a day is not what is raced for.
_INVITED_LONG_AGO = (
    "insert into private.rate_limits values (encode(extensions.digest(%s::text, 'sha256'), 'hex'), now(), -1000000)"
)
_UPLOAD = "select private.create_bom(null, %s, 'f.csv', %s, %s, false, null)"


@dataclass
class Race:
    """One metric's race: what happened, and every place where it was not as it must be."""

    dsn: str
    db: Db
    metric: str
    clients: int
    seed: int
    made: Members = field(init=False)
    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def run(self, rounds: int) -> "Race":
        """All rounds, on connections of their own."""
        self.made = add_organization(self.db, max_users=None, max_components=None)
        connections = [self._connect() for _ in range(self.clients)]
        self.db.execute(_INVITED_LONG_AGO, (f"invitations:{self.made.organization_id}",))
        try:
            for number in range(rounds):
                self._round(number, connections)
        finally:
            for connection in connections:
                connection.close()
            self.db.execute("delete from public.organizations where id = %s", (self.made.organization_id,))
        return self

    def __str__(self) -> str:
        outcomes = ", ".join(f"{count} {name}" for name, count in sorted(self.outcomes.items()))
        return f"{self.metric}, {self.clients} clients, seed {self.seed}: {outcomes}; {len(self.faults)} faults"

    @property
    def _unit(self) -> int:
        return BYTES if self.metric == "storage_bytes" else 1

    def _connect(self) -> Db:
        """Acts as PostgREST does for the owner's request, or as the edge where that is the way in."""
        connection: Db = psycopg.connect(self.dsn, row_factory=dict_row)
        claims = {"sub": self.made.owner_id, "organization_id": self.made.organization_id, "permissions": PERMISSIONS}
        connection.execute("select set_config('request.jwt.claims', %s, false)", (json.dumps(claims),))
        connection.commit()
        return connection

    def _number(self, query: str, *parameters: Any) -> int:
        row = self.db.execute(query.encode(), parameters).fetchone()
        return int(row["n"]) if row else 0

    def _count(self) -> int:
        return self._number(_COUNT[self.metric], self.made.organization_id)

    def _round(self, number: int, connections: list[Db]) -> None:
        choose = random.Random(f"{self.seed}/{self.metric}/{number}")
        before = self._count()
        limit = self._give_room(before, choose)
        plans = [_plan(choose) for _ in connections]
        sums = [0] * len(connections)
        start, done = threading.Barrier(len(connections) + 1), threading.Event()

        def race(place: int) -> None:
            start.wait(60)
            try:
                sums[place] = self._act(connections[place], f"r{number}c{place}x", plans[place], limit)
            except Exception as error:
                self.faults.append(f"round {number}: {error!r}")

        threads = [threading.Thread(target=race, args=(place,)) for place in range(len(connections))]
        watcher = threading.Thread(target=self._watch, args=(limit, done, number))
        for thread in (*threads, watcher):
            thread.start()
        start.wait(60)
        for thread in threads:
            thread.join(120)
        done.set()
        watcher.join(60)
        self._settle(number, before + sum(sums), limit)

    def _give_room(self, used: int, choose: random.Random) -> int:
        """A limit a few places above the use, and its value."""
        if self.metric == "storage_bytes":
            value = used // 1_000_000_000 + choose.randint(1, 2)
            limit = value * 1_000_000_000
        else:
            limit = value = used + choose.randint(0, self.clients)
        query = f"update public.organizations set {_LIMITS[self.metric]} = %s where id = %s"  # noqa: S608
        self.db.execute(query.encode(), (value, self.made.organization_id))
        return limit

    def _act(self, connection: Db, name: str, plan: tuple[str, int], limit: int) -> int:
        """What one client does; the change it committed."""
        kind, size = plan
        size = size * self._unit
        if not self._add(connection, name, size, limit, commit=kind != "rolled back"):
            return 0
        self.outcomes[kind] += 1
        if kind == "rolled back":
            return 0
        if kind == "given back":
            self._take(connection, name)
            return 0
        return size

    def _add(self, connection: Db, name: str, size: int, limit: int, *, commit: bool) -> bool:
        try:
            if self.metric == "storage_bytes":
                connection.execute("set role ananta_edge")
                connection.execute(_UPLOAD, (name, uuid.uuid4().hex * 2, size))
            else:
                connection.execute("set role authenticated")
                connection.execute(_ADD[self.metric].encode(), (name, size))
            (connection.commit if commit else connection.rollback)()
        except psycopg.Error as error:
            connection.rollback()
            self._refused(error, size, limit)
            return False
        return True

    def _take(self, connection: Db, name: str) -> None:
        connection.execute("set role authenticated")
        connection.execute(_TAKE[self.metric].encode(), (name,))
        connection.commit()

    def _refused(self, error: psycopg.Error, size: int, limit: int) -> None:
        if error.diag.message_primary != "quota_exceeded":
            raise error
        self.outcomes["refused"] += 1
        said = json.loads(error.diag.message_detail or "{}")
        if (said["limit"], said["requested"]) != (limit, size) or not limit - size < said["current"] <= limit:
            self.faults.append(f"refused though there was room: {said}")

    def _watch(self, limit: int, done: threading.Event, number: int) -> None:
        with psycopg.connect(self.dsn, autocommit=True, row_factory=dict_row) as connection:
            while not done.wait(0.002):
                row = connection.execute(_COUNT[self.metric].encode(), (self.made.organization_id,)).fetchone()
                if row is not None and row["n"] > limit:
                    self.faults.append(f"round {number}: {row['n']} seen, the limit is {limit}")

    def _settle(self, number: int, expected: int, limit: int) -> None:
        counted, counter = self._count(), self._number(_COUNTER, self.made.organization_id, self.metric)
        if not counted == counter == expected or counted > limit:
            seen = f"counted {counted}, counter {counter}, committed {expected}, limit {limit}"
            self.faults.append(f"round {number}: {seen}")


def _plan(choose: random.Random) -> tuple[str, int]:
    return choose.choices(("kept", "given back", "rolled back"), (6, 3, 1))[0], choose.randint(1, 3)
