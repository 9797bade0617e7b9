"""The matrix of tenancy: every table x every command x whose rows, tried over HTTP by one caller.

What must come out is declared in ``exposed.toml``; beside it stands one rule for all: nothing of another tenant is ever
seen, counted or changed, whatever is sent.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.canaries import Canaries, Row, Side
from tests.support.exposure import Rules, Table, isolation_column

REFUSED = {400, 401, 403, 404, 405, 406, 409, 415}
RETURNING = {"Prefer": "return=representation"}
Send = Callable[..., Awaitable[httpx.Response]]


@dataclass
class Caller:
    """Who asks. ``role`` is one of exposed.toml's, ``anonymous``, or ``nobody``, whose token must not be accepted."""

    name: str
    role: str
    send: Send

    @property
    def is_outside(self) -> bool:
        """Whether this caller is a member of nothing."""
        return self.role in ("anonymous", "nobody")


@dataclass
class Matrix:
    """Probes of one plane: how many there were, and what came out otherwise than it must."""

    rules: Rules
    tables: dict[str, Table]
    canaries: Canaries
    base: str
    failures: list[str] = field(default_factory=list)
    probe_count: int = 0

    async def run(self, caller: Caller, own: Side, other: Side, only: set[str] | None = None) -> None:
        """All probes of all tables by one caller, who belongs to ``own`` if to any."""
        limit = asyncio.Semaphore(10)

        async def one(table: Table) -> None:
            async with limit:
                probe = TableProbe(self, table, caller, own, other)
                await probe.run()

        await asyncio.gather(*(one(t) for name, t in self.tables.items() if only is None or name in only))
        self.canaries.clean()

    def expects(self, caller: Caller, command: str, table: Table) -> bool:
        """Whether it is declared that this caller may do this to rows of its own."""
        if table.name not in self.rules.tables:
            self.failures.append(f"{table.name}: exposed without an expectation")
            return False
        return caller.role != "nobody" and self.rules.may(caller.role, command, table.name)


@dataclass
class TableProbe:
    """Probes of one table by one caller."""

    matrix: Matrix
    table: Table
    caller: Caller
    own: Side
    other: Side

    async def run(self) -> None:
        """Everything, one after the other: a probe may leave its trace only in the table that it is about."""
        self.column = isolation_column(self.matrix.rules, self.table.name)
        self.is_tenant = self.column in self.table.columns
        self.is_operator = self.caller.role == "operator"
        self.path = f"{self.matrix.base}/{self.table.name}"
        self.mine = self.matrix.canaries.row(self.table, self.own)
        self.theirs = self.matrix.canaries.row(self.table, self.other)
        if self.caller.is_outside:
            await self._outside()
        else:
            await self._select()
            await self._insert()
            await self._update()
            await self._delete()
        if self.is_tenant and not self.is_operator:
            if self.caller.is_outside:
                await self._cross_outside()
            else:
                await self._cross_select()
                await self._cross_insert()
                await self._cross_update()
                await self._cross_delete()

    # -- what the role may do with rows of its own

    async def _select(self) -> None:
        expected = self.matrix.expects(self.caller, "select", self.table)
        wanted = self.matrix.canaries.row(self.table, self.own)
        response = await self._ask("GET", params=self._key(wanted))
        rows = self._rows(response)
        is_seen = expected and (self.is_operator or self.table.name not in self.matrix.rules.anonymous_tables)
        if bool(rows) != is_seen:
            self._fail("select", response, f"{len(rows)} rows, expected {'one' if is_seen else 'none'}")
        response = await self._ask("GET", params={"limit": "1000"}, headers={"Prefer": "count=exact"})
        if bool(self._rows(response)) != expected:
            self._fail("select", response, f"rows: {not expected}, expected: {expected}")
        total = response.headers.get("content-range", "").rpartition("/")[2]
        if expected and total.isdigit() and int(total) <= 1000 and int(total) != len(self._rows(response)):
            self._fail("count", response, f"{total} counted, {len(self._rows(response))} seen")
        await self._ask("GET", "select", refused=True, headers={"Accept": "application/vnd.pgrst.plan+json"})
        await self._ask("GET", "select", refused=True, params={"select": f"{self.table.key[0]}.count()"})

    async def _insert(self) -> None:
        expected = self.matrix.expects(self.caller, "insert", self.table)
        row = self.matrix.canaries.fresh(self.table, self.own)
        response = await self._ask("POST", json=self._writable("insert", row), headers=RETURNING)
        self._judge("insert", response, expected)

    async def _update(self) -> None:
        expected = self.matrix.expects(self.caller, "update", self.table)
        response = await self._ask(
            "PATCH", params=self._key(self.mine), json=self._change(self.mine), headers=RETURNING
        )
        self._judge("update", response, expected)

    async def _delete(self) -> None:
        expected = self.matrix.expects(self.caller, "delete", self.table)
        target = self.mine
        rule = self.matrix.rules.tables.get(self.table.name)
        if rule and "delete" in {*rule.least, *rule.operator}:
            canaries = self.matrix.canaries
            target = canaries.insert(self.table, canaries.fresh(self.table, self.own))
            canaries.forget(self.table, target)
        response = await self._ask("DELETE", params=self._key(target), headers=RETURNING)
        self._judge("delete", response, expected, deleted=True)

    async def _outside(self) -> None:
        for command, method, body in (
            ("select", "GET", None),
            ("insert", "POST", self._sendable(self.mine)),
            ("update", "PATCH", self._change(self.mine)),
            ("delete", "DELETE", None),
        ):
            expected = self.matrix.expects(self.caller, command, self.table)
            params = {} if method == "POST" else self._key(self.mine)
            response = await self._ask(method, params=params, json=body, headers=RETURNING)
            if not expected and response.status_code not in (401, 403):
                self._fail(command, response, "not refused")
            if expected and (response.status_code != 200 or self._rows(response)):
                self._fail(command, response, "a row that is not public, or no answer")
            if expected and not self._rows(await self._ask("GET")):
                self._fail(command, response, "no public rows")

    # -- what nobody may do with rows of another tenant

    async def _cross_outside(self) -> None:
        for method in ("GET", "HEAD", "PATCH", "DELETE"):
            body = self._change(self.theirs) if method == "PATCH" else None
            await self._ask(
                method, f"{method} by tenant", refused=True, params={self.column: f"eq.{self.other.id}"}, json=body
            )
        await self._ask("POST", "insert", refused=True, json=self._sendable(self.theirs))

    async def _cross_select(self) -> None:
        theirs = f"{self.column}.eq.{self.other.id}"
        filters = [
            self._key(self.theirs),
            {self.column: f"eq.{self.other.id}"},
            {self.column: f"neq.{self.own.id}"},
            {"or": f"({self.column}.eq.{self.own.id},{theirs})", "order": f"{self.column}.desc"},
            {"not.and": f"({self.column}.eq.{self.own.id},{self.column}.not.is.null)"},
        ]
        for params in filters:
            response = await self._ask("GET", "select", params=params, headers={"Prefer": "count=exact"})
            if "or" not in params:
                self._nothing("select", response)
        response = await self._ask("HEAD", "count", params=filters[1], headers={"Prefer": "count=exact"})
        if response.headers.get("content-range", "*/0") != "*/0":
            self._fail("count", response, response.headers["content-range"])
        for embed in self._embeds():
            await self._ask("GET", f"embed {embed}", params={"select": f"*,{embed}(*)"})
            params = {
                "select": f"*,{embed}!inner(*)",
                f"{embed.partition('!')[0]}.{self.column}": f"eq.{self.other.id}",
            }
            await self._ask("GET", f"embed {embed}", params=params)

    async def _cross_insert(self) -> None:
        canaries = self.matrix.canaries
        row = self._writable("insert", canaries.sample(self.table, self.own, is_fresh=False))
        foreign = row | {self.column: self.other.id}
        for headers in (RETURNING, {"Prefer": "return=minimal"}):
            await self._ask("POST", "insert for another tenant", refused=True, json=foreign, headers=headers)
        await self._ask("POST", "bulk insert", refused=True, json=[row, foreign], headers=RETURNING)
        params = {"on_conflict": ",".join(self.table.key)}
        for stolen in (row | self._key_of(self.theirs), foreign | self._key_of(self.theirs)):
            for answer in ("representation", "minimal"):
                merge = {"Prefer": f"resolution=merge-duplicates,return={answer}"}
                await self._ask("POST", "upsert over another's row", refused=True, json=stolen, headers=merge)
                await self._ask(
                    "POST", "upsert over another's row", refused=True, json=stolen, headers=merge, params=params
                )
            ignore = {"Prefer": "resolution=ignore-duplicates,return=representation"}
            response = await self._ask("POST", "insert over another's row", json=stolen, headers=ignore)
            self._nothing("insert over another's row", response)
            await self._ask("PUT", "put over another's row", refused=True, json=stolen, params=self._key(self.theirs))
        for reference, target in self._references():
            await self._ask("POST", f"reference {reference}", refused=True, json=row | target, headers=RETURNING)

    async def _cross_update(self) -> None:
        change = self._change(self.theirs)
        for params in (
            self._key(self.theirs),
            {self.column: f"eq.{self.other.id}"},
            {self.column: f"neq.{self.own.id}"},
        ):
            for headers in (RETURNING, {"Prefer": "return=minimal,count=exact"}):
                response = await self._ask("PATCH", "update another's row", params=params, json=change, headers=headers)
                self._nothing("update another's row", response)
        moved = {self.column: self.other.id}
        await self._patch_mine("move a row to another tenant", moved)
        await self._patch_mine("take another row's key", self._key_of(self.theirs))
        for reference, target in self._references():
            await self._patch_mine(f"reference {reference}", {k: v for k, v in target.items() if k != self.column})

    async def _patch_mine(self, what: str, body: Row) -> None:
        """A change of one's own row that must not be."""
        for headers in (RETURNING, {"Prefer": "return=minimal,count=exact"}):
            response = await self._ask("PATCH", what, params=self._key(self.mine), json=body, headers=headers)
            self._nothing(what, response)

    async def _cross_delete(self) -> None:
        for params in (
            self._key(self.theirs),
            {self.column: f"eq.{self.other.id}"},
            {self.column: f"neq.{self.own.id}"},
        ):
            for headers in (RETURNING, {"Prefer": "return=minimal,count=exact"}):
                response = await self._ask("DELETE", "delete another's row", params=params, headers=headers)
                self._nothing("delete another's row", response)

    # -- how

    async def _ask(
        self,
        method: str,
        what: str = "",
        *,
        refused: bool = False,
        params: Any = None,
        json: Any = None,
        headers: Any = None,
    ) -> httpx.Response:
        response = await self.caller.send(method, self.path, params=params or {}, json=json, headers=headers or {})
        self.matrix.probe_count += 1
        if response.status_code >= 500:
            self._fail(what, response, "a fault of ours")
        if refused and response.status_code not in REFUSED:
            self._fail(what, response, "not refused")
        if not self.is_operator:
            self._look_for_leaks(what or method, response)
        return response

    def _look_for_leaks(self, what: str, response: httpx.Response) -> None:
        if self.other.marker in response.text:
            self._fail(what, response, "something of another tenant")
        for value in _values(self._rows(response), {self.column, self.matrix.rules.isolation_column}):
            if self.is_tenant and value not in (None, self.own.id) and value == self.other.id:
                self._fail(what, response, "a row of another tenant")

    def _judge(self, command: str, response: httpx.Response, expected: bool, *, deleted: bool = False) -> None:
        rows = self._rows(response)
        if not deleted and command == "insert":
            for row in rows:
                self.matrix.canaries.remove(self.table, row)
        if expected and len(rows) != 1:
            self._fail(command, response, "refused, though it may")
        if not expected:
            self._nothing(command, response)

    def _nothing(self, what: str, response: httpx.Response) -> None:
        if response.status_code not in REFUSED and self._rows(response):
            self._fail(what, response, "it was done")
        if response.status_code < 300 and response.headers.get("content-range", "*/0").rpartition("/")[2] not in (
            "0",
            "*",
        ):
            self._fail(what, response, "it was counted")

    def _fail(self, what: str, response: httpx.Response, why: str) -> None:
        request = response.request
        self.matrix.failures.append(
            f"{self.caller.name}: {what} {self.table.name}: {why}: {request.method} {request.url.query.decode()[:200]}"
            f" -> {response.status_code} {response.text[:200]}"
        )

    def _rows(self, response: httpx.Response) -> list[Row]:
        if response.status_code >= 300 or not response.content:
            return []
        content = response.json()
        return content if isinstance(content, list) else [content]

    def _key_of(self, row: Row) -> Row:
        return {column: row[column] for column in self.table.key}

    def _key(self, row: Row) -> dict[str, str]:
        return {column: f"eq.{value}" for column, value in self._key_of(row).items()}

    def _writable(self, command: str, row: Row) -> Row:
        """What of a row the caller may send: all columns granted, or all there are where none is."""
        rule = self.matrix.rules.tables.get(self.table.name)
        columns = rule.columns[command] if rule and not self.is_operator else []
        return {k: v for k, v in row.items() if k in columns} if columns else row

    def _sendable(self, row: Row) -> Row:
        return {k: v for k, v in row.items() if not self.table.columns[k].is_generated}

    def _change(self, row: Row) -> Row:
        """A change that does nothing to one's own row: a column with the value that it has."""
        rule = self.matrix.rules.tables.get(self.table.name)
        columns = (rule.columns["update"] if rule and not self.is_operator else []) or list(self._sendable(row))
        held = {*self.table.key, self.column, *(c for r in self.table.references for c in r.columns)}
        name = next((c for c in columns if c not in held), columns[0])
        return {name: row[name]}

    def _references(self) -> list[tuple[str, Row]]:
        """Each foreign key to a tenant table, pointed at the other tenant's row."""
        found = []
        for reference in self.table.references:
            target = (
                self.matrix.tables.get(reference.target)
                if reference.target_schema == self.matrix.rules.schema
                else None
            )
            if target is not None and self.matrix.rules.isolation_column in target.columns:
                row = self.matrix.canaries.row(target, self.other)
                pairs = zip(reference.columns, reference.target_columns, strict=True)
                found.append((reference.name, {here: row[there] for here, there in pairs if here != self.column}))
        return found

    def _embeds(self) -> list[str]:
        """Every relation of the table to another, in both directions."""
        there = [f"{r.target}!{r.name}" for r in self.table.references if r.target in self.matrix.tables]
        back = [
            f"{other.name}!{r.name}"
            for other in self.matrix.tables.values()
            for r in other.references
            if r.target == self.table.name
        ]
        return there + back


def _values(rows: Any, columns: set[str]) -> list[Any]:
    """The values of some columns, at any depth of an answer."""
    if isinstance(rows, list):
        return [value for row in rows for value in _values(row, columns)]
    if isinstance(rows, dict):
        here = [value for name, value in rows.items() if name in columns and not isinstance(value, (dict, list))]
        return here + [v for value in rows.values() if isinstance(value, (dict, list)) for v in _values(value, columns)]
    return []


def fingerprint(query: Any, rules: Rules, tables: dict[str, Table], side: Side) -> dict[str, str]:
    """A digest of everything a tenant has, by table: equal before and after means untouched."""
    found = {}
    for table in tables.values():
        column = isolation_column(rules, table.name)
        if column in table.columns:
            statement = (
                "select md5(coalesce(string_agg(to_jsonb(t)::text, ',' order by to_jsonb(t)::text), '')) as digest"  # noqa: S608
                f" from {rules.schema}.{table.name} as t where {column} = %s"
            )
            found[table.name] = query(statement, (side.id,))[0]["digest"]
    return found
