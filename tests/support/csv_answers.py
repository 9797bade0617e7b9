"""Every exposed table of a plane as CSV, with formulas wherever a text may stand."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg
from psycopg.types.json import Jsonb

from ananta.settings import Plane
from tests.support.exposure import Rules, Table
from tests.support.http_client import HTTP
from tests.support.isolation import Isolation, isolation
from tests.support.spreadsheets import formulas, table
from tests.support.world import World

FORMULA = "=cmd|' /C calc'!A0;\n@SUM(1)"


@contextmanager
def sown(world: World, plane: Plane) -> Iterator[dict[str, int]]:
    """A row in every table, and a formula in each of its texts that takes one, for a while; table to how many do."""
    with isolation(world, plane) as made:
        sown_field = Field(made)
        for name, rule in made.tables.items():
            if rule.is_view:
                continue
            row = dict(made.canaries.row(rule, made.sides["alpha"]))
            sown_field.count[name] = sum(sown_field.sow(rule, row, column) for column in _texts(rule))
        try:
            yield sown_field.count
        finally:
            sown_field.clear()


@dataclass
class Field:
    """What was sown, and how it was before."""

    made: Isolation
    count: dict[str, int] = field(default_factory=dict)
    before: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)

    def sow(self, rule: Table, row: dict[str, Any], column: str) -> bool:
        """Put the formula into a column; False where a check, a reference or a trigger takes no such text."""
        table = f"{self.made.rules.schema}.{rule.name}"
        kind, key = rule.columns[column].type, " and ".join(f"{name}::text = %s" for name in rule.key)
        value = {"text[]": [FORMULA], "jsonb": Jsonb({FORMULA: FORMULA})}.get(kind, FORMULA)
        old = row[column] if kind != "jsonb" or row[column] is None else Jsonb(row[column])
        statement = f"update {table} as t set {column} = %s where {key} returning to_jsonb(t) as row"  # noqa: S608
        try:
            changed = self.made.query(statement, (value, *(str(row[name]) for name in rule.key)))
        except psycopg.Error:
            return False
        row.update(changed[0]["row"])  # a key may be made of the column
        self.before.append((statement, (old, *(str(row[name]) for name in rule.key))))
        return True

    def clear(self) -> None:
        """Put back what was there; a tenant has one address, and the next who plants needs its place."""
        for statement, parameters in reversed(self.before):
            self.made.query(statement, parameters)
        for side in self.made.sides.values():
            if "addresses" in side.rows:
                self.made.canaries.remove(self.made.tables["addresses"], side.rows["addresses"])


def _texts(rule: Table) -> list[str]:
    free = (c for c in rule.columns.values() if not c.is_generated and not c.words and c.name not in rule.key)
    return [c.name for c in free if c.type in ("text", "extensions.citext", "citext", "text[]", "jsonb")]


def reader(world: World, plane: Plane, rules: Rules, name: str) -> str | None:
    """The token of somebody who sees the rows of a table."""
    if "select" in rules.tables[name].least:
        return world.token(plane, "alpha", "owner")
    return world.operator_token() if "select" in rules.tables[name].operator else None


def ask(url: str, token: str | None, accept: str, method: str = "GET", **arguments: Any) -> httpx.Response:
    """One request."""
    headers = {"Accept": accept} | ({"Authorization": f"Bearer {token}"} if token else {})
    return HTTP.request(method, url, headers=headers | arguments.pop("headers", {}), **arguments)


def faults(url: str, token: str | None) -> list[str]:
    """What is wrong with a table's CSV, beside its JSON."""
    answer, plain = ask(url, token, "text/csv"), ask(url, token, "application/json")
    if (answer.status_code, answer.headers["content-type"]) != (plain.status_code, "text/csv; charset=utf-8"):
        return [f"{answer.status_code} {answer.headers['content-type']}: {answer.text[:200]}"]
    rows = json.loads(plain.text, parse_float=str, parse_int=str)
    found = [f"a formula: {cell!r}" for cell in formulas(answer.text)]
    shown = table(answer.text)
    if [list(row) for row in shown] != [list(row) for row in rows]:
        return [*found, f"{len(shown)} rows or their names differ from {len(rows)}"]
    for row, cells in zip(rows, shown, strict=True):
        found += [
            f"{name}: {cells[name]!r} is not {value!r}" for name, value in row.items() if not _same(value, cells[name])
        ]
    return found


def _same(value: Any, cell: str) -> bool:
    if isinstance(value, dict | list):
        return json.loads(cell.replace("'", ""), parse_float=str, parse_int=str) == _without_apostrophes(value)
    written = (
        "" if value is None else {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value
    )
    return cell.replace("'", "") == written.replace("'", "")


def _without_apostrophes(value: Any) -> Any:
    return json.loads(json.dumps(value).replace("'", ""))


def query_faults(world: World, plane: Plane, rules: Rules, name: str) -> list[str]:
    """What is wrong with a table's CSV at the gateway, as a whole and by columns, and at PostgREST itself."""
    token = reader(world, plane, rules, name)
    gateway = f"{world.platform.url}/api/{plane}/rest/v1/{name}?limit=500"
    direct = f"http://127.0.0.1:{world.platform.ports[f'{plane}_rest']}/{name}?limit=500"
    names = list(ask(gateway, token, "application/json").json()[0])
    chosen = f"{gateway}&select={','.join(reversed(names))}"
    return [
        f"{url.partition('?')[2]}: {fault}"
        for url in (gateway, f"{gateway}&select=*", chosen, direct)
        for fault in faults(url, token)
    ]
