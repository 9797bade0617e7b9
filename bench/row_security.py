"""What row level security costs: statements under the policies, with the claims that PostgREST sets, against the same
as the tables' owner with the literal tenant; each statement of the one after the same of the other.

    bin/ananta bench row-security [--rows 1000000] [--organizations 100] [--rounds 5] [--repeats 30] [--inserts 10000]
        [--search-rows 10000 500000] [--only reads inserts search scans] [--planes control app]

reads: every exposed table by key, fifty rows, all rows counted, of the largest and of a middling tenant (goal P1);
scans: all rows without an index (P2); inserts: for each table that a member may insert into, as it is and with triggers
and references off (P3); search: part numbers, for tenants of so many rows (P4).
"""

import argparse
import contextlib
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
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
from bench.member_inserts import insert_figures
from tests.conftest import PASSWORDS
from tests.support.exposure import Table, isolation_column

# What the policies' own look-ups read: without its indexes, these would be measured.
LOOKED_UP = {"users", "user_tenants", "projects"}
# The catalogue's index serves what holds or is like a text; components have keys, of the tenant and the number.
SEARCHES = (
    ("of one number", "components", "normalized_mpn = %s", ("A1B299",)),
    ("that begins, by range", "components", "normalized_mpn >= %s and normalized_mpn < %s", ("A1B2", "A1B3")),
    ("that holds", "components", "normalized_mpn like %s", ("%A1B2%",)),
    ("that holds", "catalogue_parts", "normalized_mpn like %s", ("%A1B2%",)),
    ("that is similar", "catalogue_parts", "normalized_mpn operator(extensions.%%) %s", ("A1B299",)),
)
# What clients call instead of like, whose index the policies forbid; as the owner it is like.
BEGINS = ("select * from public.search_components(%s, page_size => 20)", ("A1B2",))
BEGINS_LITERALLY = (
    "select * from public.components where organization_id = %s and normalized_mpn like %s"
    " order by normalized_mpn, normalized_manufacturer limit 20"
)
SEARCH = "select * from public.{} where {} order by normalized_mpn limit 20"
Statement = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Case:
    """One statement, under the policies and with the literal tenant."""

    name: str
    role: str
    tenant: int
    policies: Statement
    literal: Statement


@dataclass
class RowSecurity:
    """A filled plane, and two connections to it: a member's, and the tables' owner's."""

    filled: Filled
    member: psycopg.Connection[Any]
    owner: psycopg.Connection[Any]
    kept: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    cases: dict[str, Case] = field(default_factory=dict)

    # -- goal P1

    def reads(self, tenants: tuple[int, ...]) -> Iterator[Case]:
        """By key, fifty, and counted, of every table that a member reads."""
        for table in self._readable():
            name, column = f"{self.filled.rules.schema}.{table.name}", isolation_column(self.filled.rules, table.name)
            key = [part for part in table.key if part != column] or list(table.key)
            for tenant in tenants:
                where, value = self.literal(table, tenant)
                first = f"select {', '.join(key)} from {name}{where} offset 2 limit 1"  # noqa: S608
                row = self.owner.execute(first.encode(), value).fetchone()
                if row is None:
                    continue
                by_key = " and ".join(f"{part} = %s" for part in key)
                for kind, text, values in (
                    ("by key", f"select * from {name} where {by_key}", row),  # noqa: S608
                    ("list of 50", f"select * from {name} order by {', '.join(key)} limit 50", ()),  # noqa: S608
                    ("count", f"select count(*) from {name}", ()),  # noqa: S608
                ):
                    yield self.case(table, tenant, kind, (text, tuple(values)))

    # -- goal P2

    def scans(self, tenants: tuple[int, ...]) -> Iterator[Case]:
        """All rows of every table that a member reads; their indexes are dropped."""
        for table in self._readable():
            if table.name not in LOOKED_UP:
                self.filled.drop_indexes(table)
                text = f"select count(*) from {self.filled.rules.schema}.{table.name}"  # noqa: S608
                for tenant in tenants:
                    yield self.case(table, tenant, "scan", (text, ()))

    # -- measuring

    def compare(self, cases: list[Case], rounds: int, repeats: int) -> None:
        """The cases in turn, round by round; the ratios of the medians and of the 95th percentiles are kept."""
        self.cases |= {case.name: case for case in cases}
        for _ in range(rounds):
            for case in cases:
                under, without = self._times(case, repeats)
                self.kept[case.name].append(statistics.median(under) / statistics.median(without))
                self.kept[f"{case.name}, p95"].append(_late(under) / _late(without))

    def _times(self, case: Case, repeats: int) -> tuple[list[float], list[float]]:
        with self.acting(case):
            found = self._once(self.member, case.policies), self._once(self.owner, case.literal)
            if found[0][1] != found[1][1]:
                raise SystemExit(f"{case.name}: the policies show something else than the literal filter")
            # A slow one is not repeated for minutes.
            enough = max(3, min(repeats, int(2 / max(found[0][0], 0.001))))
            pairs = [
                (self._once(self.member, case.policies)[0], self._once(self.owner, case.literal)[0])
                for _ in range(enough)
            ]
        return [pair[0] for pair in pairs], [pair[1] for pair in pairs]

    def figure(self, name: str, goal: str) -> Figure:
        """A case's figure; the plans explain one that misses its goal."""
        figure = Figure(name, "", goal, self.kept[name])
        return replace(figure, why=self._plans(self.cases[name.removesuffix(", p95")])) if figure.is_missed else figure

    def _plans(self, case: Case) -> str:
        with self.acting(case):
            told = [
                (f"-- {title}: {statement[0]}", *(row[0] for row in self._explain(connection, statement)))
                for title, connection, statement in (
                    ("under the policies", self.member, case.policies),
                    ("literally", self.owner, case.literal),
                )
            ]
        return "\n".join(line for lines in told for line in lines)

    @staticmethod
    def _explain(connection: psycopg.Connection[Any], statement: Statement) -> list[tuple[str]]:
        return connection.execute(f"explain (analyze, buffers) {statement[0]}".encode(), statement[1]).fetchall()

    @contextlib.contextmanager
    def acting(self, case: Case) -> Iterator[None]:
        """A transaction as PostgREST begins it, undone."""
        with self.member.transaction(force_rollback=True), self.owner.transaction(force_rollback=True):
            self.member.execute(
                "select set_config('request.jwt.claims', %s, true)", (self.filled.claims(case.tenant, case.role),)
            )
            self.member.execute("set local role authenticated")
            yield

    def _once(self, connection: psycopg.Connection[Any], statement: Statement) -> tuple[float, int]:
        started = time.perf_counter()
        rows = connection.execute(statement[0].encode(), statement[1], prepare=True).fetchall()
        seconds = time.perf_counter() - started
        return seconds, rows[0][0] if rows and len(rows[0]) == 1 else len(rows)

    def case(self, table: Table, tenant: int, kind: str, statement: Statement, size: str = "") -> Case:
        """A statement, which has an ORDER BY if it has a LIMIT, and the same with the literal tenant."""
        text, values = statement
        where, value = self.literal(table, tenant)
        head, order, tail = text.partition(" order by ")
        literal = f"{head}{where.replace(' where ', ' and ') if ' where ' in head else where}{order}{tail}"
        role = self.filled.least_role(table.name, "select") or ""
        size = size or ("large" if tenant == 0 else "middling")
        name = f"{self.filled.plane} {table.name}, {kind}, {size}"
        return Case(name, role, tenant, (text, values), (literal, values + value))

    def literal(self, table: Table, tenant: int) -> tuple[str, tuple[Any, ...]]:
        """The tenant's filter, if a table has tenants."""
        column = isolation_column(self.filled.rules, table.name)
        return (f" where {column} = %s", (self.filled.ids[tenant],)) if column in table.columns else ("", ())

    def _readable(self) -> Iterator[Table]:
        for table in self.filled.tables.values():
            if table.key and self.filled.least_role(table.name, "select"):
                yield table


def _late(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)] if len(times) < 40 else statistics.quantiles(times, n=20)[-1]


def _figures(security: RowSecurity, kinds: tuple[str, ...], goals: tuple[str, str]) -> list[Figure]:
    """The middle and the worst statement of each kind, and each statement that misses its goal."""
    found = []
    plane = security.filled.plane
    for kind in kinds:
        for suffix, goal in zip(("", ", p95"), goals, strict=True):
            if not goal:
                continue
            tables = {
                n: v for n, v in security.kept.items() if f", {kind}, " in n and n.endswith("p95") == bool(suffix)
            }
            rounds = list(zip(*tables.values(), strict=True))
            found.append(Figure(f"{plane}, {kind}{suffix}: middle table", "", goal, [*map(statistics.median, rounds)]))
            limit = float(goal.split()[1])
            missed = {n: v for n, v in tables.items() if statistics.median(v) > limit}
            worst = max(tables, key=lambda n: statistics.median(tables[n]))
            found.append(
                Figure(f"{plane}, {kind}{suffix}: tables within", "%", "100", [100 * (1 - len(missed) / len(tables))])
            )
            found += [security.figure(name, goal) for name in sorted(missed | {worst: tables[worst]})]
    return found


def search_figures(security: RowSecurity, arguments: argparse.Namespace) -> list[Figure]:
    """Part numbers of the shared catalogue, and of tenants of so many components (goal P4)."""
    filled = security.filled
    sizes = filled.add_components(arguments.search_rows)
    cases = [
        security.case(filled.tables[table], tenant, kind, (SEARCH.format(table, where), values), f"{rows} rows")
        for tenant, rows in sizes.items()
        for kind, table, where, values in SEARCHES
    ]
    cases += [
        Case(
            f"{filled.plane} components, that begins, by search_components, {rows} rows",
            "viewer",
            tenant,
            BEGINS,
            (BEGINS_LITERALLY, (filled.ids[tenant], "A1B2%")),
        )
        for tenant, rows in sizes.items()
    ]
    security.compare(cases, arguments.rounds, arguments.repeats)
    return [security.figure(case.name, "<= 2") for case in cases]


def measure(filled: Filled, dsn: str, arguments: argparse.Namespace) -> None:
    """Everything asked for, of one plane, each with its report."""
    tenants, rounds, repeats = (0, filled.tenants // 2), arguments.rounds, arguments.repeats
    with psycopg.connect(dsn, autocommit=True) as member, psycopg.connect(dsn, autocommit=True) as owner:
        owner.execute("set role ananta_owner")
        security = RowSecurity(filled, member, owner)
        figures: list[Figure] = []
        for stage in arguments.only:
            if stage == "reads":
                security.compare(list(security.reads(tenants)), rounds, repeats)
                figures = _figures(security, ("by key", "list of 50", "count"), ("<= 1.5", "<= 2"))
            elif stage == "inserts":
                figures = insert_figures(filled, dsn, arguments.inserts, rounds)
            elif stage == "search" and filled.plane is Plane.APP:
                figures = search_figures(security, arguments)
            elif stage == "scans":
                security.compare(list(security.scans(tenants)), rounds, min(5, repeats))
                figures = _figures(security, ("scan",), ("<= 1.3", ""))
            else:
                continue
            report(f"row-security-{filled.plane}-{stage}", figures, seed=0)


def main() -> None:
    """Parse the arguments, run, report."""
    parser = argparse.ArgumentParser(prog="bin/ananta bench row-security", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--organizations", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--inserts", type=int, default=10_000)
    parser.add_argument("--search-rows", type=int, nargs=2, default=[10_000, 500_000])
    stages = ["reads", "inserts", "search", "scans"]  # scans leave no index
    parser.add_argument("--only", nargs="+", choices=stages, default=stages)
    parser.add_argument("--planes", nargs="+", type=Plane, default=list(Plane))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ananta-bench-") as folder:
        server = EmbeddedPostgres(Path(folder), durable=False)
        try:
            dsn = server.start()
            database_setup.prepare(dsn, PASSWORDS)
            for plane in arguments.planes:
                database = conninfo.make_conninfo(dsn, dbname=database_setup.DATABASES[plane])
                with psycopg.connect(database, autocommit=True, row_factory=dict_row) as db:
                    filled = Filled(db, plane, arguments.rows, arguments.organizations).fill()
                    measure(filled, database, arguments)
        finally:
            server.destroy()


if __name__ == "__main__":
    main()
