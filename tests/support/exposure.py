"""What a plane exposes: as declared in its ``exposed.toml``, as the catalogue has it, and the rules between the two."""

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import psycopg

from ananta.settings import ROOT, Plane

Db = psycopg.Connection[dict[str, Any]]
COMMANDS = ("select", "insert", "update", "delete")


@dataclass(frozen=True)
class TableRule:
    """Who may do what on a table."""

    name: str
    kind: str
    least: dict[str, str]
    operator: frozenset[str]
    columns: dict[str, list[str]]


@dataclass(frozen=True)
class Rules:
    """A plane's ``exposed.toml``."""

    plane: Plane
    schema: str
    root: str
    isolation_column: str
    isolation_function: str
    roles: list[str]
    anonymous_tables: frozenset[str]
    anonymous_functions: frozenset[str]
    functions: dict[str, str]
    arguments: dict[str, str]
    aggregates: dict[str, list[str]]
    helpers: dict[str, list[str]]
    tables: dict[str, TableRule]

    def may(self, role: str, command: str, table: str) -> bool:
        """Whether a role may run a command on rows that are its own."""
        rule = self.tables[table]
        if role == "operator":
            return command in rule.operator
        if role == "anonymous":
            return command == "select" and table in self.anonymous_tables
        return command in rule.least and self.roles.index(role) >= self.roles.index(rule.least[command])

    def may_call(self, role: str | None, function: str) -> bool:
        """Whether a role may call a function."""
        if function in self.anonymous_functions:
            return True
        least = self.functions[function]
        if role not in self.roles or "operator" in (role, least):
            return role == least
        return self.roles.index(role) >= self.roles.index(least)


@cache
def rules(plane: Plane) -> Rules:
    """What a plane is declared to expose."""
    declared = tomllib.loads((ROOT / "tests" / plane / "db" / "exposed.toml").read_text(encoding="utf-8"))
    tables = {
        name: TableRule(
            name=name,
            kind=rule["kind"],
            least={command: rule[command] for command in COMMANDS if command in rule},
            operator=frozenset(rule.get("operator", [])),
            columns={command: rule.get(f"{command}_columns", []) for command in ("insert", "update")},
        )
        for name, rule in declared.pop("tables").items()
    }
    anonymous: dict[str, Any] = {
        key: frozenset(declared.pop(key)) for key in ("anonymous_tables", "anonymous_functions")
    }
    declared.setdefault("arguments", {})
    return Rules(plane=plane, tables=tables, **anonymous, **declared)


@dataclass(frozen=True)
class Column:
    """A column, with the words it may hold where a check lists them."""

    name: str
    type: str
    is_required: bool
    is_generated: bool
    has_default: bool
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reference:
    """A foreign key."""

    name: str
    columns: tuple[str, ...]
    target_schema: str
    target: str
    target_columns: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table as the catalogue has it, or what else is read like one: then it has no rows of its own (``is_view``)."""

    name: str
    key: tuple[str, ...]
    columns: dict[str, Column]
    references: list[Reference] = field(default_factory=list)
    uniques: list[tuple[str, ...]] = field(default_factory=list)
    is_view: bool = False


@dataclass(frozen=True)
class Argument:
    """What a caller gives to a function."""

    name: str
    type: str


@dataclass(frozen=True)
class Function:
    """A function as the catalogue has it."""

    name: str
    signature: str
    arguments: tuple[Argument, ...]


_FUNCTIONS = """
    select p.proname as name, oidvectortypes(p.proargtypes) as types, p.proargtypes::regtype[]::text[] as kinds,
        coalesce(p.proargnames, '{}') as names
    from pg_proc as p where p.pronamespace = %s::regnamespace and p.prokind <> 'a' order by p.proname, 2
"""
_COLUMNS = """
    select a.attname as name, format_type(a.atttypid, null) as type, a.attgenerated <> '' as is_generated,
        a.attnotnull as is_required, a.atthasdef as has_default, (
            select pg_get_constraintdef(c.oid) from pg_constraint as c
            where c.conrelid = a.attrelid and c.contype = 'c' and c.conkey = array[a.attnum]
                and pg_get_constraintdef(c.oid) ~ '= ANY'
            limit 1) as vocabulary
    from pg_attribute as a where a.attrelid = %s and a.attnum > 0 and not a.attisdropped order by a.attnum
"""
_REFERENCES = """
    select c.conname as name, n.nspname as target_schema, t.relname as target,
        (select array_agg(a.attname::text order by k.place) from unnest(c.conkey) with ordinality as k (number, place)
         join pg_attribute as a on a.attrelid = c.conrelid and a.attnum = k.number) as columns,
        (select array_agg(a.attname::text order by k.place) from unnest(c.confkey) with ordinality as k (number, place)
         join pg_attribute as a on a.attrelid = c.confrelid and a.attnum = k.number) as target_columns
    from pg_constraint as c join pg_class as t on t.oid = c.confrelid join pg_namespace as n on n.oid = t.relnamespace
    where c.conrelid = %s and c.contype = 'f' order by c.conname
"""
_UNIQUES = """
    select array_agg(a.attname::text order by k.place) as columns
    from pg_index as i, unnest(i.indkey) with ordinality as k (number, place), pg_attribute as a
    where i.indrelid = %s and i.indisunique and not i.indisprimary and i.indpred is null and i.indexprs is null
        and a.attrelid = i.indrelid and a.attnum = k.number
    group by i.indexrelid order by i.indexrelid
"""
_TABLES = """
    select c.oid, c.relname as name, c.relkind as kind,
        coalesce((
            select array_agg(a.attname::text order by k.place)
            from pg_index as i, unnest(i.indkey) with ordinality as k (number, place), pg_attribute as a
            where i.indrelid = c.oid and i.indisprimary and a.attrelid = c.oid and a.attnum = k.number
        ), '{}') as key
    from pg_class as c
    where c.relnamespace = %s::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f') order by c.relname
"""


def read_tables(db: Db, schema: str) -> dict[str, Table]:
    """Every table of a schema, from the catalogue."""
    found = {}
    for row in db.execute(_TABLES, (schema,)).fetchall():
        columns = {}
        for column in db.execute(_COLUMNS, (row["oid"],)).fetchall():
            words = tuple(re.findall(r"'([^']*)'", column.pop("vocabulary") or ""))
            columns[column["name"]] = Column(**column, words=words)
        references = [
            Reference(**(r | {"columns": tuple(r["columns"]), "target_columns": tuple(r["target_columns"])}))
            for r in db.execute(_REFERENCES, (row["oid"],)).fetchall()
        ]
        uniques = [tuple(index["columns"]) for index in db.execute(_UNIQUES, (row["oid"],)).fetchall()]
        is_view = row["kind"] not in ("r", "p")
        found[row["name"]] = Table(row["name"], tuple(row["key"]), columns, references, uniques, is_view)
    return found


def read_functions(db: Db, schema: str) -> dict[str, Function]:
    """Every function of a schema by its signature, from the catalogue."""
    found = {}
    for row in db.execute(_FUNCTIONS, (schema,)).fetchall():
        given = zip(row["names"], row["kinds"], strict=False)
        signature = f"{row['name']}({row['types']})"
        found[signature] = Function(row["name"], signature, tuple(Argument(name, kind) for name, kind in given))
    return found


def is_tenant_table(declared: Rules, table: Table) -> bool:
    """Whether a table holds rows of one tenant: by its column, whatever is declared."""
    return declared.isolation_column in table.columns or table.name == declared.root


def isolation_column(declared: Rules, table: str) -> str:
    """The column that says whose a row is."""
    return "id" if table == declared.root else declared.isolation_column
