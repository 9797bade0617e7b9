"""Rows of two tenants in every table, each marked so that it is known wherever it turns up."""

import itertools
import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.support.exposure import Column, Rules, Table, isolation_column

Row = dict[str, Any]
Query = Callable[..., list[Row]]

# Values where a column's type and check do not say what would be accepted. A pair is for the canary and for later rows.
_VALUES: dict[str, Any] = {
    "activity_log.expires_on": "9999-12-31",
    "addresses.country": "DE",
    "app_planes.is_open": False,
    "app_planes.placement": "dedicated",
    "audit_logs.expires_on": "9999-12-31",
    "bom_line_items.currency": "EUR",
    "bom_line_items.match_method": "mpn",
    "boms.status": "in_review",
    "bom_line_suggestions.similarity": 0.5,
    "boms.parse_result": None,
    "boms.error": None,
    "invoices.currency": "EUR",
    "invoices.period_end": "2026-02-01T00:00:00Z",
    "invoices.period_start": "2026-01-01T00:00:00Z",
    "invoices.due_at": "2026-03-01T00:00:00Z",
    "invoices.paid_at": None,
    "notification_preferences.channels": ["in_app"],
    "organizations.status": "active",
    "plans.currency": "EUR",
    "settings.key": ("locale", "currency"),
    "settings.value": ("en-x-{marker}", "EUR"),
    "plans.is_public": False,
    "subscriptions.status": ("cancelled", "expired"),
    "tenants.status": "inactive",
    "user_tenants.status": "deactivated",
    "users.role": ("viewer", "viewer"),
    "user_tenants.role": "viewer",
    "workflows.status": "completed",
    "workflow_steps.status": "completed",
}
_SLUGS = {"key", "feature", "slug"}
_HASHES = {"sha256", "header_shape"}
_FILLED_TYPES = {"text", "jsonb", "extensions.citext", "citext"}


@dataclass
class Side:
    """A tenant and its canary rows by table; ``id`` is what the isolation column holds."""

    id: str
    marker: str
    rows: dict[str, Row] = field(default_factory=dict)
    decoys: dict[str, Row] = field(default_factory=dict)
    decoy_marker: str = field(default_factory=lambda: f"taken-{secrets.token_hex(4)}")

    @property
    def pattern(self) -> re.Pattern[str]:
        """What identifies its rows: their ids, and its own."""
        found = {str(row["id"]) for row in self.rows.values() if isinstance(row.get("id"), str)}
        return re.compile("|".join(re.escape(secret) for secret in sorted({self.id, *found} - {""})))


class Canaries:
    """Makes rows as the superuser does, who is asked by no policy."""

    def __init__(self, query: Query, rules: Rules, tables: dict[str, Table]) -> None:
        self._query = query
        self._rules = rules
        self._tables = tables
        self._numbers = itertools.count(secrets.randbelow(100_000_000))
        self._litter: list[tuple[str, Row]] = []
        self.common = Side("", f"canary-common-{secrets.token_hex(3)}")

    def plant(self, side: Side) -> None:
        """One canary row in every table: the tenant's own where a table has tenants, else one for all."""
        root = f"{self._rules.schema}.{self._rules.root}"
        self._query(f"update {root} set name = %s where id = %s", (f"{side.marker} root", side.id))  # noqa: S608
        query = f"select to_jsonb(t) as row from {root} as t where id = %s"  # noqa: S608
        side.rows[self._rules.root] = self._query(query, (side.id,))[0]["row"]
        for table in self._tables.values():
            if not table.is_view:
                self.row(table, side)

    def row(self, table: Table, side: Side) -> Row:
        """The canary row of a table, planted now if it is not there yet."""
        side = self._side_of(table, side)
        if table.name not in side.rows:
            side.rows[table.name] = {}
            side.rows[table.name] = self.insert(table, self.sample(table, side, is_fresh=False))
        return side.rows[table.name]

    def plant_decoy(self, table: Table, side: Side) -> None:
        """A further row, without the tenant's mark: another tenant may use its words, and its audit log keeps them."""
        row = self.sample(table, side, is_fresh=False)
        text = json.dumps(row).replace(side.marker, side.decoy_marker)
        text = text.replace(side.marker.replace("-", "_"), side.decoy_marker.replace("-", "_"))
        side.decoys[table.name] = self.insert(table, json.loads(text))

    def fresh(self, table: Table, side: Side) -> Row:
        """A new row that is not inserted yet; the rows it refers to are new as well."""
        return self.sample(table, self._side_of(table, side), is_fresh=True)

    def insert(self, table: Table, row: Row) -> Row:
        """Insert a row past all policies; where one with the same key exists, that one is the answer."""
        name, columns = f"{self._rules.schema}.{table.name}", ", ".join(row)
        statement = (
            f"insert into {name} as t ({columns}) select {columns} from jsonb_populate_record(null::{name}, %s::jsonb)"  # noqa: S608
            " on conflict do nothing returning to_jsonb(t) as row"
        )
        found = self._query(statement, (json.dumps(row),))
        if not found:
            unique = next(key for key in (table.key, *table.uniques) if set(key) <= set(row))
            key = {column: row[column] for column in unique}
            query = f"select to_jsonb(t) as row from {name} as t where {_condition(key)}"  # noqa: S608
            found = self._query(query, tuple(key.values()))
        return dict(found[0]["row"])

    def forget(self, table: Table, row: Row) -> None:
        """Have a row removed by ``clean``."""
        self._litter.append((table.name, {column: row[column] for column in table.key}))

    def clean(self) -> None:
        """Remove what ``fresh`` and ``forget`` were told of, the last first."""
        while self._litter:
            self._remove(*self._litter.pop())

    def remove(self, table: Table, row: Row) -> None:
        """Remove a row now."""
        self._remove(table.name, {column: row[column] for column in table.key})

    def _remove(self, table: str, key: Row) -> None:
        self._query(f"delete from {self._rules.schema}.{table} where {_condition(key)}", tuple(key.values()))  # noqa: S608

    def sample(self, table: Table, side: Side, *, is_fresh: bool) -> Row:
        """A row that the table accepts."""
        row = {}
        for column in table.columns.values():
            if not column.is_generated and self._is_filled(table, column):
                row[column.name] = self._value(table, column, side, is_fresh=is_fresh)
        if table.name != self._rules.root and self._rules.isolation_column in table.columns:
            row[self._rules.isolation_column] = side.id
        for reference in table.references:
            if reference.target_schema == self._rules.schema and reference.target != self._rules.root:
                target = self._tables[reference.target]
                parent = self._parent(target, side, is_fresh=is_fresh)
                row |= {
                    here: parent[there] for here, there in zip(reference.columns, reference.target_columns, strict=True)
                }
        if table.name == "user_identities":
            row["issuer"] = self._query("select issuer from private.issuers order by issuer limit 1")[0]["issuer"]
        return row

    def _parent(self, target: Table, side: Side, *, is_fresh: bool) -> Row:
        if not is_fresh:
            return self.row(target, side)
        row = self.insert(target, self.fresh(target, side))
        self.forget(target, row)
        return row

    def _side_of(self, table: Table, side: Side) -> Side:
        is_tenant = table.name == self._rules.root or isolation_column(self._rules, table.name) in table.columns
        return side if is_tenant else self.common

    def _is_filled(self, table: Table, column: Column) -> bool:
        if f"{table.name}.{column.name}" in _VALUES:
            return True
        return (
            (column.is_required and not column.has_default)
            or (not column.has_default and not column.words and column.type in _FILLED_TYPES)
            or (bool(column.words) and column.is_required)
        )

    def _value(self, table: Table, column: Column, side: Side, *, is_fresh: bool) -> Any:
        name, number = f"{table.name}.{column.name}", next(self._numbers)
        if name in _VALUES:
            value = _VALUES[name]
            value = value[is_fresh] if isinstance(value, tuple) else value
            return value.format(marker=side.marker) if isinstance(value, str) else value
        if column.words:
            return column.words[min(int(is_fresh), len(column.words) - 1)]
        if column.name in _SLUGS or (column.name == "id" and column.type == "text"):
            separator = "_" if name == "organization_features.feature" else "-"
            return f"{'plan-' if table.name == 'plans' else ''}{side.marker}-{number}".replace("-", separator)
        if column.name in _HASHES:
            return f"{number:064x}"
        return _by_type(column, f"{side.marker} {number}", number)


def _by_type(column: Column, text: str, number: int) -> Any:
    if column.name == "email":
        return f"{text.replace(' ', '-')}@canary.example"
    if column.type == "uuid":
        return f"00000000-0000-4000-8000-{number:012d}"
    values = {"boolean": False, "jsonb": {"canary": text}, "text[]": [text]}
    if column.type in values:
        return values[column.type]
    if column.type in ("integer", "bigint", "numeric"):
        return 1_000_000 + number
    if column.type == "bytea":
        return "\\x63616e617279"
    return "2026-01-01T00:00:00Z" if column.type.startswith(("timestamp", "date")) else text


def _condition(key: Row) -> str:
    return " and ".join(f"{column} = %s" for column in key)
