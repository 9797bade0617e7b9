"""A plane's database with rows of many tenants in every exposed table, the first tenant the largest: statements made
from the catalogue, triggers and references off, so that a million rows take a minute or two.

Row ``n`` of a tenant in a table has an id that follows from table, tenant and ``n``, so references need no look-up.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, LiteralString

import psycopg

from ananta.settings import Plane
from tests.support import tokens
from tests.support.canaries import Canaries, Row, Side
from tests.support.exposure import Column, Reference, Rules, Table, isolation_column, read_tables, rules
from tests.support.world import add_organization

Db = psycopg.Connection[dict[str, Any]]
# Shares of the rows of a plane, by what grows with use; a table that is not here gets one in a hundred.
SHARES = {
    "bom_line_items": 0.30, "components": 0.20, "audit_logs": 0.12, "activity_log": 0.12, "alerts": 0.05,
    "bom_line_suggestions": 0.05, "bom_line_alternates": 0.04, "enrichment_queue": 0.03, "workflow_steps": 0.05,
    "projects": 0.005,
}  # fmt: skip
OTHER_SHARE = 0.01
SHARED_ROWS = {"plans": 20, "plan_features": 200, "plan_limits": 200}
OTHER_SHARED_ROWS = 20_000
_NUMBERS = {"integer", "bigint", "smallint", "numeric"}


@dataclass
class Filled:
    """The tenants of a database by size, each with an owner and a member, and what reads their rows.

    ``skew`` is by how much tenants differ: 1 gives the second half of what the first has, 0 gives all the same.
    """

    db: Db
    plane: Plane
    rows: int
    tenants: int
    skew: float = 1.0
    ids: list[str] = field(default_factory=list)
    prototypes: dict[str, Row] = field(default_factory=dict)

    @cached_property
    def rules(self) -> Rules:
        """What the plane exposes."""
        return rules(self.plane)

    @cached_property
    def tables(self) -> dict[str, Table]:
        """The exposed tables as the catalogue has them."""
        return {
            name: table for name, table in read_tables(self.db, self.rules.schema).items() if name in self.rules.tables
        }

    def fill(self) -> "Filled":
        """Make everything. The connection commits each statement."""
        self._make_prototypes()
        self.run("set session_replication_role = replica")
        self._make_tenants(self.prototypes[self.rules.root])
        self.run("create temporary table sizes (number int, id uuid, share double precision)")
        weights = [1 / (number + 1) ** self.skew for number in range(self.tenants)]
        shares = [weight / sum(weights) for weight in weights]
        self.run(
            "insert into sizes select * from unnest(%s::int[], %s::uuid[], %s::double precision[])",
            (list(range(self.tenants)), self.ids, shares),
        )
        for table in self.tables.values():
            if table.name != self.rules.root and not table.is_view:
                self._fill_table(table)
        self._give_roles()
        if self.plane is Plane.CONTROL:
            self.run("update tenant_management.plans set is_public = true")
        self.run("set session_replication_role = origin")
        self.run("vacuum analyze")
        return self

    def drop_indexes(self, table: Table) -> None:
        """Leave a table without keys and indexes, for good."""
        name = f"{self.rules.schema}.{table.name}"
        constraints = (
            "select conname as name from pg_constraint where conrelid = %s::regclass and contype in ('p', 'u')"
        )
        for row in self.run(constraints, (name,)):
            self.run(f"alter table {name} drop constraint {row['name']} cascade")
        indexes = "select indexrelid::regclass::text as name from pg_index where indrelid = %s::regclass"
        for row in self.run(indexes, (name,)):
            self.run(f"drop index {row['name']}")

    def claims(self, tenant: int, role: str) -> str:
        """The claims of a tenant's owner, admin, member or viewer, as the exchange signs them."""
        user = self._user(self.ids[tenant], role)

        def query(_: Plane, statement: str, parameters: tuple[Any, ...]) -> list[Row]:
            return self.run(statement, parameters)

        if self.plane is Plane.APP:
            return json.dumps(tokens.member_claims(query, user))
        return json.dumps(tokens.tenant_member_claims(query, user, self.ids[tenant]))

    def least_role(self, table: str, command: str) -> str | None:
        """Who of a tenant may run a command on a table; a member rather than a viewer."""
        least = self.rules.tables[table].least.get(command)
        return "member" if least == "viewer" else least

    def prototype(self, table: Table) -> str:
        """A row that the table accepts, as JSON."""
        return json.dumps(self.prototypes[table.name])

    def add_components(self, counts: list[int]) -> dict[int, int]:
        """Give the last tenants so many components each; which has how many."""
        tenants = dict(zip(range(self.tenants - len(counts), self.tenants), counts, strict=True))
        values = self.row(self.tables["components"], "s", "n", "s.share")
        self.run("set session_replication_role = replica")
        for tenant, count in tenants.items():
            self.run(
                f"insert into public.components ({', '.join(values)}) select {', '.join(values.values())}"  # noqa: S608
                f" from sizes as s, generate_series({self.count('components', 's.share')} + 1, %s) as n,"
                " jsonb_populate_record(null::public.components, %s::jsonb) as p where s.number = %s",
                (count, self.prototype(self.tables["components"]), tenant),
            )
        self.run("set session_replication_role = origin")
        self.run("vacuum analyze public.components")
        return tenants

    def count(self, table: str, share: str) -> str:
        """SQL for the number of rows of a tenant with this share."""
        if not self._is_tenants(self.tables[table]):
            return str(SHARED_ROWS.get(table, min(self.rows, OTHER_SHARED_ROWS)))
        # At least four, which are the people of every role.
        return f"greatest(4, ({self.rows} * {SHARES.get(table, OTHER_SHARE)} * {share})::int)"

    def row(self, table: Table, tenant: str, number: str, share: str) -> dict[str, str]:
        """SQL for each column of row ``number`` of a tenant: varied where keys and references need it,
        else that of ``p``, a record of the prototype."""
        found: dict[str, str] = {}
        divisor = "1"
        for reference in self._references(table):
            target = self.tables[reference.target]
            count = self.count(target.name, share)
            other = f"(1 + mod(({number} - 1) / ({divisor}), {count}))"
            for here, there in zip(reference.columns, reference.target_columns, strict=True):
                if here != isolation_column(self.rules, table.name):
                    found[here] = self.row(target, tenant, other, share)[there]
            divisor = f"{divisor}::bigint * {count}"
        unique = {column for key in (table.key, *table.uniques) for column in key}
        for column in table.columns.values():
            if column.is_generated or column.name in found:
                continue
            if column.name == isolation_column(self.rules, table.name):
                found[column.name] = f"{tenant}.id"
            elif column.name in unique or column.name in ("mpn", "description", "created_at"):
                found[column.name] = self._value(table, column, tenant, number, divisor)
            else:
                found[column.name] = f"p.{column.name}"
        return found

    # -- how it is made

    def _value(self, table: Table, column: Column, tenant: str, number: str, divisor: str) -> str:
        where = f"{tenant}.number" if self._is_tenants(table) else "0"
        digest = f"md5('{table.name} {column.name} ' || {where} || ' ' || {number})"
        if column.words:
            return f"(array{list(column.words)})[1 + mod(({number} - 1) / ({divisor}), {len(column.words)})]"
        by_type = {
            "uuid": f"md5('{table.name} ' || {where} || ' ' || {number})::uuid",
            "date": "date '9999-12-31'",
            "timestamp with time zone": f"timestamptz '2026-01-01' + {number} * interval '1 second'",
        } | {kind: f"({number} + 1000)::{kind}" for kind in _NUMBERS}  # beyond those of seeds
        by_name = {
            **dict.fromkeys(("sha256", "header_shape"), f"{digest} || {digest}"),
            **dict.fromkeys(("id", "plan_id", "key", "slug", "feature"), f"'t' || {digest}"),
            "email": f"'p' || {number} || '@t' || {where} || '.example'",
            "mpn": f"upper(substr({digest}, 1, 4)) || '-' || {number}",
        } | ({"id": f"'plan-' || {digest}"} if table.name == "plans" else {})
        return by_type.get(column.type) or by_name.get(column.name, digest)

    def _fill_table(self, table: Table) -> None:
        is_tenants = self._is_tenants(table)
        tenant, share = ("s", "s.share") if is_tenants else ("", "1")
        values = self.row(table, tenant, "n", share)
        source = "sizes as s cross join lateral " if is_tenants else ""
        name = f"{self.rules.schema}.{table.name}"
        self.run(
            f"insert into {name} ({', '.join(values)}) select {', '.join(values.values())}"  # noqa: S608
            f" from {source} generate_series(1, {self.count(table.name, share)}) as n,"
            f" jsonb_populate_record(null::{name}, %s::jsonb) as p on conflict do nothing",
            (self.prototype(table),),
        )

    def _references(self, table: Table) -> Sequence[Reference]:
        named = [r for r in table.references if r.target in self.tables and r.target != self.rules.root]
        return [r for r in named if r.target_schema == self.rules.schema and r.target != table.name]

    def _is_tenants(self, table: Table) -> bool:
        return isolation_column(self.rules, table.name) in table.columns and table.name != self.rules.root

    def _give_roles(self) -> None:
        """The first four of each tenant become owner, admin, member and viewer; the others stay viewers."""
        table, user = ("users", "id") if self.plane is Plane.APP else ("user_tenants", "user_id")
        column = self.rules.isolation_column
        name = f"{self.rules.schema}.{table}"
        self.run(
            f"update {name} as u set role = p.role from ({_people(name, column, user)}) as p"  # noqa: S608
            f" where u.{column} = p.tenant and u.{user} = p.person"
        )

    def _user(self, tenant: str, role: str) -> str:
        table, user = ("users", "id") if self.plane is Plane.APP else ("user_tenants", "user_id")
        query = f"select {user}::text as id from {self.rules.schema}.{table}"  # noqa: S608
        query += f" where {self.rules.isolation_column} = %s and role = %s order by {user} limit 1"
        return str(self.run(query, (tenant, role))[0]["id"])

    def _make_tenants(self, prototype: Row) -> None:
        root = self.tables[self.rules.root]
        name = f"{self.rules.schema}.{root.name}"
        unique = {column for key in (root.key, *root.uniques) for column in key}
        values = {column.name: f"p.{column.name}" for column in root.columns.values() if not column.is_generated} | {
            name: f"md5('{name} ' || n)::uuid" for name in unique if root.columns[name].type == "uuid"
        }
        values |= {key: "'t' || md5('t' || n)" for key in ("slug", "key") if key in root.columns}
        values |= {"status": "'active'", "name": "'Tenant ' || n"}
        found = self.run(
            f"insert into {name} ({', '.join(values)}) select {', '.join(values.values())}"  # noqa: S608
            f" from jsonb_populate_record(null::{name}, %s::jsonb) as p, generate_series(1, %s) as n"
            " returning id::text",
            (json.dumps(prototype), self.tenants),
        )
        self.ids = [str(row["id"]) for row in found]

    def _make_prototypes(self) -> None:
        """A row of every table as the tests' canaries are made, in a transaction that leaves none."""
        with self.db.transaction(force_rollback=True):
            self.run("set local session_replication_role = replica")
            side = Side(self._first_tenant(), "bench")
            canaries = Canaries(self.run, self.rules, self.tables)
            canaries.plant(side)
            for name, table in self.tables.items():
                if not table.is_view:
                    self.prototypes[name] = canaries.row(table, side)

    def _first_tenant(self) -> str:
        if self.plane is Plane.APP:
            return add_organization(self.db, max_users=None, max_components=None).organization_id
        self.run("insert into private.issuers (issuer, realm) values ('http://bench.example', 'bench')")
        rows = self.run(
            "with plane as (insert into tenant_management.app_planes (name, base_url, portal_url)"
            " values ('bench', 'x', 'x') returning id) insert into tenant_management.tenants (key, name, app_plane_id)"
            " select 'bench', 'Bench', id from plane returning id::text"
        )
        return str(rows[0]["id"])

    def run(self, statement: LiteralString | str, parameters: tuple[Any, ...] = ()) -> list[Row]:
        """Run something as the superuser."""
        cursor = self.db.execute(statement.encode(), parameters or None)
        return cursor.fetchall() if cursor.description else []


def _people(name: str, column: str, user: str) -> str:
    """SQL for the people of each tenant with their roles."""
    number = f"row_number() over (partition by {column} order by {user})"
    roles = "array['owner', 'admin', 'member', 'viewer']"
    return f"select {column} as tenant, {user} as person, ({roles})[least({number}, 4)] as role from {name}"  # noqa: S608
