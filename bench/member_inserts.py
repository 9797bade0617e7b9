"""Many rows into each table that members of a tenant may insert into: by one of them, and by the tables' owner (P3)."""

import time
from collections import defaultdict

import psycopg

from bench.filled import Filled
from bench.harness import Figure
from tests.support.exposure import Table

# A tenant has one row of each kind or key.
FEW = {"addresses", "settings"}
# A trigger finds a comment's BOM.
NEVER_BARE = {"bom_line_comments"}
# A trigger limits the invitations of a day.
ONLY_BARE = {"users"}


def insert_figures(filled: Filled, dsn: str, rows: int, rounds: int) -> list[Figure]:
    """The ratios by table, as it is and without triggers and references."""
    found: dict[str, list[float]] = defaultdict(list)
    with psycopg.connect(dsn, autocommit=True) as db:
        staged = {name: count for name in filled.tables if (count := _stage(filled, filled.tables[name], rows))}
        for number in range(rounds):
            for name, count in staged.items():
                modes = (("origin", "triggers on"), ("replica", "bare"))
                for mode, word in modes[name in ONLY_BARE : 1 if name in NEVER_BARE else 2]:
                    db.execute(f"set session_replication_role = {mode}".encode())
                    roles = sorted(("authenticated", "ananta_owner"), reverse=number % 2 == 0)  # neither always first
                    times = {role: _insert(filled, db, name, role) for role in roles}
                    ratio = times["authenticated"] / times["ananta_owner"]
                    found[f"{filled.plane} {name}, {count} rows inserted, {word}"].append(ratio)
    return [Figure(name, "", "<= 1.15", values) for name, values in found.items()]


def _stage(filled: Filled, table: Table, rows: int) -> int:
    """Rows for the first tenant beyond those it has, in a table that everybody may read; how many there are."""
    rule, name = filled.rules.tables[table.name], f"{filled.rules.schema}.{table.name}"
    if "insert" not in rule.least or rule.least["insert"] == "operator" or table.name in FEW:
        return 0
    values = filled.row(table, "s", "n", "s.share")
    columns = [column for column in rule.columns["insert"] if column in values]
    filled.run("create schema if not exists bench")
    filled.run("grant usage on schema bench to authenticated, ananta_owner")
    filled.run(
        f"create table bench.{table.name} as select {', '.join(f'{values[c]} as {c}' for c in columns)}"  # noqa: S608
        f" from sizes as s, (select count(*) from {name} where {filled.rules.isolation_column} = %s) as e,"
        " generate_series(e.count + 1, e.count + %s) as n, jsonb_populate_record(null::"
        f"{name}, %s::jsonb) as p where s.number = 0",
        (filled.ids[0], rows, filled.prototype(table)),
    )
    for key in (key for key in (table.key, *table.uniques) if set(key) <= set(columns)):
        same = " and ".join(f"t.{column} = s.{column}" for column in key)
        staged = f"delete from bench.{table.name} as s using"  # noqa: S608
        filled.run(f"{staged} {name} as t where {same}")
        filled.run(f"{staged} bench.{table.name} as t where {same} and t.ctid < s.ctid")
    filled.run(f"grant select on bench.{table.name} to authenticated, ananta_owner")
    filled.run(f"vacuum analyze bench.{table.name}")
    return int(filled.run(f"select count(*) from bench.{table.name}")[0]["count"])  # noqa: S608


def _insert(filled: Filled, db: psycopg.Connection[tuple[object, ...]], table: str, role: str) -> float:
    """Seconds that a statement takes which inserts what is staged; it is undone."""
    who = filled.least_role(table, "insert") or ""
    with db.transaction(force_rollback=True):
        db.execute("select set_config('request.jwt.claims', %s, true)", (filled.claims(0, who),))
        db.execute(f"set local role {role}".encode())
        staged = db.execute(f"select * from bench.{table} limit 0".encode())  # noqa: S608
        columns = ", ".join(column.name for column in staged.description or ())
        statement = f"insert into {filled.rules.schema}.{table} ({columns}) select {columns} from bench.{table}"  # noqa: S608
        started = time.perf_counter()
        db.execute(statement.encode())
        return time.perf_counter() - started
