"""Probes of one table or view by one caller: what the role may do with rows of its own, and nobody with another's."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from tests.support.canaries import Row, Side
from tests.support.exposure import Table, isolation_column
from tests.support.matrix import RETURNING, Asking, Caller, Matrix, made_up, rows_of

COUNTED = {"Prefer": "count=exact"}
MINIMAL = {"Prefer": "return=minimal,count=exact"}
MERGE = "resolution=merge-duplicates,return=representation"
ANSWERS = {
    "CSV": {"Accept": "text/csv"},
    "one object": {"Accept": "application/vnd.pgrst.object+json"},
    "no nulls": {"Accept": "application/vnd.pgrst.array+json;nulls=stripped"},
    "a plan": {"Accept": "application/vnd.pgrst.plan+json"},
    "GeoJSON": {"Accept": "application/geo+json"},
}


class TableProbe(Asking):
    """Probes of one table by one caller."""

    def __init__(self, matrix: Matrix, table: Table, caller: Caller, own: Side, other: Side) -> None:
        super().__init__(matrix, table.name, f"{matrix.base}/{table.name}", caller, own, other)
        self.table = table
        self.column = isolation_column(matrix.rules, table.name)
        self.is_tenant = self.column in table.columns
        self.is_operator = caller.role == "operator"
        self.mine = matrix.canaries.row(table, own)
        self.theirs = matrix.canaries.row(table, other)

    def sections(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """What there is to try, by kind; every kind must come to probes."""
        if self.caller.is_outside:
            found = {"own": self._outside}
            return found | {"other's": self._cross_outside} if self.is_tenant else found
        found = {"select": self._select, "insert": self._insert, "update": self._update, "delete": self._delete}
        if not self.is_tenant or self.is_operator:
            return found
        found |= {
            "filter": self._cross_filter,
            "answers": self._cross_answers,
            "insert other's": self._cross_insert,
            "upsert": self._cross_upsert,
            "update other's": self._cross_update,
            "delete other's": self._cross_delete,
        }
        found |= {"embed": self._cross_embed} if self._embeds() else {}
        return found | ({"reference": self._cross_reference} if self._references() else {})

    async def run(self) -> None:
        """Everything, one after the other: a probe may leave its trace only in the table that it is about."""
        await self._run(self.sections())

    async def run_alone(self) -> None:
        """What makes, for a moment, rows of one's own in the other's words: no other probe may see them."""
        is_member = self.is_tenant and not self.is_operator and not self.caller.is_outside
        await self._run({"unique": self._cross_unique} if is_member and self._uniques() else {})

    async def _run(self, sections: dict[str, Callable[[], Awaitable[None]]]) -> None:
        for kind, section in sections.items():
            before = self.matrix.probe_count
            await section()
            if self.matrix.probe_count > before:
                self.matrix.covered.add((self.name, kind))
            else:
                self.matrix.failures.append(f"{self.name}: no probe of kind {kind}")

    # -- what the role may do with rows of its own

    async def _select(self) -> None:
        expected = self.matrix.may(self.caller, "select", self.table)
        response = await self.ask("GET", params=self._key(self.mine))
        rows = rows_of(response)
        is_seen = expected and (self.is_operator or self.name not in self.matrix.rules.anonymous_tables)
        if bool(rows) != is_seen:
            self.fail("select", response, f"{len(rows)} rows, expected {'one' if is_seen else 'none'}")
        response = await self.ask("GET", params={"limit": "1000"}, headers=COUNTED)
        if bool(rows_of(response)) != expected:
            self.fail("select", response, f"rows: {not expected}, expected: {expected}")
        total = response.headers.get("content-range", "").rpartition("/")[2]
        if expected and total.isdigit() and int(total) <= 1000 and int(total) != len(rows_of(response)):
            self.fail("count", response, f"{total} counted, {len(rows_of(response))} seen")
        await self.ask("GET", "a plan", refused=True, headers=ANSWERS["a plan"])
        await self.ask("GET", "an aggregate", refused=True, params={"select": f"{self.table.key[0]}.count()"})

    async def _insert(self) -> None:
        row = self.matrix.canaries.fresh(self.table, self.own)
        response = await self.ask("POST", json=self._writable("insert", row), headers=RETURNING)
        for made in rows_of(response):
            self.matrix.canaries.remove(self.table, made)
        self._judge("insert", response)

    async def _update(self) -> None:
        response = await self.ask("PATCH", params=self._key(self.mine), json=self._change(self.mine), headers=RETURNING)
        self._judge("update", response)

    async def _delete(self) -> None:
        target = self.mine
        rule = self.matrix.rules.tables.get(self.name)
        if rule and "delete" in {*rule.least, *rule.operator}:
            canaries = self.matrix.canaries
            target = canaries.insert(self.table, canaries.fresh(self.table, self.own))
            canaries.forget(self.table, target)
        response = await self.ask("DELETE", params=self._key(target), headers=RETURNING)
        self._judge("delete", response)

    def _judge(self, command: str, response: httpx.Response) -> None:
        if not self.matrix.may(self.caller, command, self.table):
            self.nothing(command, response)
        elif len(rows_of(response)) != 1:
            self.fail(command, response, "refused, though it may")

    async def _outside(self) -> None:
        for command, method, body in (
            ("select", "GET", None),
            ("insert", "POST", self._sendable(self.mine)),
            ("update", "PATCH", self._change(self.mine)),
            ("delete", "DELETE", None),
        ):
            expected = self.matrix.may(self.caller, command, self.table)
            params = {} if method == "POST" else self._key(self.mine)
            response = await self.ask(method, params=params, json=body, headers=RETURNING)
            if not expected and response.status_code not in (401, 403):
                self.fail(command, response, "not refused")
            if expected and (response.status_code != 200 or rows_of(response)):
                self.fail(command, response, "a row that is not public, or no answer")
            if expected and not rows_of(await self.ask("GET")):
                self.fail(command, response, "no public rows")

    # -- what nobody may do with rows of another tenant

    async def _cross_outside(self) -> None:
        for method in ("GET", "HEAD", "PATCH", "DELETE"):
            body = self._change(self.theirs) if method == "PATCH" else None
            params = {self.column: f"eq.{self.other.id}"}
            await self.ask(method, f"{method} by tenant", refused=True, params=params, json=body)
        await self.ask("POST", "insert", refused=True, json=self._sendable(self.theirs))
        for form, headers in ANSWERS.items():
            await self.ask("GET", form, refused=True, params=self._key(self.theirs), headers=headers)
        await self.ask("OPTIONS", "OPTIONS")

    async def _cross_filter(self) -> None:
        """By every column of the other's row, and by conditions that a policy might be joined to with or."""
        theirs = f"{self.column}.eq.{self.other.id}"
        for params in (
            {self.column: f"neq.{self.own.id}"},
            {"not.and": f"({self.column}.eq.{self.own.id},{self.column}.not.is.null)"},
        ):
            self.nothing("filter", await self.ask("GET", "filter", params=params, headers=COUNTED))
        either = {"or": f"({self.column}.eq.{self.own.id},{theirs})", "order": f"{self.column}.desc"}
        await self.ask("GET", "filter", params=either, headers=COUNTED)
        strangers = made_up(self.theirs, self.other.marker)
        for name, value in self.theirs.items():
            if value in (strangers[name], self.mine[name]):
                continue

            def by_name(row: Row, name: str = name) -> dict[str, Any]:
                return {"params": {name: f"eq.{row[name]}"}, "headers": COUNTED}

            answer, _ = await self.alike(f"filter {name}", "GET", by_name, self.theirs)
            self.nothing(f"filter {name}", answer)
            either = {"or": f'({name}.eq."{value}",{theirs})'}
            self.nothing(f"filter {name}", await self.ask("GET", f"filter {name}", params=either, headers=COUNTED))

    async def _cross_answers(self) -> None:
        """In every form of answer, and as nothing but a head."""
        for form, headers in ANSWERS.items():
            await self.alike(form, "GET", self._by_key(headers), self.theirs)
        await self.alike("HEAD", "HEAD", self._by_key(COUNTED), self.theirs)
        for form in ("exact", "planned", "estimated"):
            params, headers = {self.column: f"eq.{self.other.id}"}, {"Prefer": f"count={form}"}
            response = await self.ask("HEAD", f"count {form}", params=params, headers=headers)
            if response.headers.get("content-range", "*/0") != "*/0":
                self.fail(f"count {form}", response, response.headers["content-range"])
        await self.ask("OPTIONS", "OPTIONS")

    async def _cross_embed(self) -> None:
        """Every relation in both directions: whole, joined, filtered by the other's id, and asked whether any."""
        for embed, target, is_one in self._embeds():
            row, name = self.matrix.canaries.row(target, self.other), embed.partition("!")[0]
            column = isolation_column(self.matrix.rules, target.name)
            await self.ask("GET", f"embed {embed}", params={"select": f"*,{embed}(*)"})
            if is_one:
                await self.ask("GET", f"spread {embed}", params={"select": f"*,...{embed}({target.key[0]})"})
            mine = self.matrix.canaries.row(target, self.own)
            key = next((name for name in reversed(target.key) if row[name] != mine[name]), None)

            def inner(row: Row, embed: str = embed, name: str = name, key: str | None = key) -> dict[str, Any]:
                return {
                    "params": {"select": f"*,{embed}!inner(*)", f"{name}.{key}": f"eq.{row[key]}"},
                    "headers": COUNTED,
                }

            def any_of(row: Row, embed: str = embed, name: str = name, key: str | None = key) -> dict[str, Any]:
                params = {
                    "select": f"{self.table.key[0]},{embed}()",
                    name: "not.is.null",
                    f"{name}.{key}": f"eq.{row[key]}",
                }
                return {"params": params, "headers": COUNTED}

            if column in target.columns:
                if key is not None:
                    await self.alike(f"embed {embed}", "GET", inner, row)
                    await self.alike(f"embed {embed}", "GET", any_of, row)
                params = {"select": f"*,{embed}!inner(*)", f"{name}.{column}": f"eq.{self.other.id}"}
                self.nothing(f"embed {embed}", await self.ask("GET", f"embed {embed}", params=params))

    async def _cross_insert(self) -> None:
        row = self._row_to_send()
        foreign = row | {self.column: self.other.id}
        for headers in (RETURNING, {"Prefer": "return=minimal"}, {"Prefer": "missing=default"}):
            await self.ask("POST", "insert for another tenant", refused=True, json=foreign, headers=headers)
        await self.ask("POST", "bulk insert", refused=True, json=[row, foreign], headers=RETURNING)

    async def _cross_upsert(self) -> None:
        """Over another's primary key: the one thing told is that a key is taken which nobody can guess."""
        row = self._row_to_send()
        params = {"on_conflict": ",".join(self.table.key)}
        for stolen in (row | self._key_of(self.theirs), row | {self.column: self.other.id} | self._key_of(self.theirs)):
            for answer in ("representation", "minimal"):
                merge = {"Prefer": f"resolution=merge-duplicates,return={answer}"}
                for chosen in ({}, params):
                    await self.ask("POST", "upsert", refused=True, json=stolen, headers=merge, params=chosen)
            ignore = {"Prefer": "resolution=ignore-duplicates,return=representation"}
            self.nothing("upsert", await self.ask("POST", "upsert", json=stolen, headers=ignore))
            await self.ask("PUT", "put", refused=True, json=stolen, params=self._key(self.theirs))

    async def _cross_unique(self) -> None:
        """On every other unique key: the other's values are as free for us as anybody's."""
        row = self._row_to_send()
        taken = self.other.decoys.get(self.name, self.theirs)
        marker = self.other.decoy_marker if self.name in self.other.decoys else self.other.marker
        for unique in self._uniques():
            params = {"on_conflict": ",".join(unique)}
            what = f"upsert on {params['on_conflict']}"

            def make(values: Row, unique: tuple[str, ...] = unique, params: Row = params) -> dict[str, Any]:
                return {"params": params, "json": row | self._taken(unique, values), "headers": {"Prefer": MERGE}}

            # Values out of a list (an address's kind) are one's own row's as well: the upsert would change that.
            if self._taken(unique, taken) != self._taken(unique, self.mine):
                for answer in await self.alike(what, "POST", make, taken, marker):
                    for made in rows_of(answer):
                        self.matrix.canaries.remove(self.table, made)
            foreign = make(self.theirs)
            foreign["json"] |= {self.column: self.other.id}
            await self.ask("POST", what, refused=True, **foreign)

    async def _cross_reference(self) -> None:
        row = self._row_to_send()
        for reference, pairs, target in self._references():

            def point(values: Row, pairs: dict[str, str] = pairs) -> Row:
                return {here: values[there] for here, there in pairs.items() if here != self.column}

            def insert(values: Row) -> dict[str, Any]:
                return {"json": row | point(values), "headers": RETURNING}

            def update(values: Row) -> dict[str, Any]:
                return {"params": self._key(self.mine), "json": point(values), "headers": RETURNING}

            what = f"reference {reference}"
            await self.ask("POST", what, refused=True, **insert(target))
            await self.alike(what, "POST", insert, target)
            await self._patch_mine(what, point(target))
            await self.alike(what, "PATCH", update, target)

    async def _cross_update(self) -> None:
        change = self._change(self.theirs)
        for params in self._their_filters():
            for headers in (RETURNING, MINIMAL):
                response = await self.ask("PATCH", "update", params=params, json=change, headers=headers)
                self.nothing("update another's row", response)
        for form in ("one object", "CSV"):
            headers = RETURNING | ANSWERS[form]
            await self.alike(
                form,
                "PATCH",
                lambda row, h=headers: {"params": self._key(row), "json": change, "headers": h},
                self.theirs,
            )
        await self._patch_mine("move a row to another tenant", {self.column: self.other.id})
        await self._patch_mine("take another row's key", self._key_of(self.theirs))

    async def _cross_delete(self) -> None:
        for params in self._their_filters():
            for headers in (RETURNING, MINIMAL):
                response = await self.ask("DELETE", "delete", params=params, headers=headers)
                self.nothing("delete another's row", response)
        for form in ("one object", "CSV"):
            headers = RETURNING | ANSWERS[form]
            await self.alike(
                form, "DELETE", lambda row, h=headers: {"params": self._key(row), "headers": h}, self.theirs
            )

    async def _patch_mine(self, what: str, body: Row) -> None:
        """A change of one's own row that must not be."""
        for headers in (RETURNING, MINIMAL):
            response = await self.ask("PATCH", what, params=self._key(self.mine), json=body, headers=headers)
            self.nothing(what, response)

    # -- how

    def _by_key(self, headers: Row) -> Callable[[Row], dict[str, Any]]:
        return lambda row: {"params": self._key(row), "headers": headers}

    def _their_filters(self) -> list[dict[str, str]]:
        return [self._key(self.theirs), {self.column: f"eq.{self.other.id}"}, {self.column: f"neq.{self.own.id}"}]

    def _key_of(self, row: Row) -> Row:
        return self._of(self.table.key, row)

    def _of(self, columns: tuple[str, ...], row: Row) -> Row:
        return {column: row[column] for column in columns}

    def _key(self, row: Row) -> dict[str, str]:
        return {column: f"eq.{value}" for column, value in self._key_of(row).items()}

    def _row_to_send(self) -> Row:
        return self._writable("insert", self.matrix.canaries.sample(self.table, self.own, is_fresh=False))

    def _writable(self, command: str, row: Row) -> Row:
        """What of a row the caller may send: all columns granted, or all there are where none is."""
        rule = self.matrix.rules.tables.get(self.name)
        columns = rule.columns[command] if rule and not self.is_operator else []
        return {k: v for k, v in row.items() if k in columns} if columns else row

    def _sendable(self, row: Row) -> Row:
        return {k: v for k, v in row.items() if not self.table.columns[k].is_generated}

    def _change(self, row: Row) -> Row:
        """A change that does nothing to one's own row: a column with the value that it has."""
        rule = self.matrix.rules.tables.get(self.name)
        columns = (rule.columns["update"] if rule and not self.is_operator else []) or list(self._sendable(row))
        held = {*self.table.key, self.column, *(c for r in self.table.references for c in r.columns)}
        name = next((c for c in columns if c not in held), columns[0])
        return {name: row[name]}

    def _taken(self, unique: tuple[str, ...], values: Row) -> Row:
        """What makes a row collide on a key: its columns, or what the generated ones of them are made of."""
        if any(self.table.columns[name].is_generated for name in unique):
            held = {*self.table.key, self.column, *(c for r in self.table.references for c in r.columns)}
            return {name: value for name, value in self._writable("insert", values).items() if name not in held}
        return {name: values[name] for name in unique if name != self.column}

    def _uniques(self) -> list[tuple[str, ...]]:
        """Unique keys beside the primary, which say something of their own."""
        return [unique for unique in self.table.uniques if not set(self.table.key) <= set(unique)]

    def _references(self) -> list[tuple[str, dict[str, str], Row]]:
        """Each foreign key to a tenant table: its columns, here and there, and the other tenant's row there."""
        found = []
        for reference in self.table.references:
            here = reference.target_schema == self.matrix.rules.schema
            target = self.matrix.tables.get(reference.target) if here else None
            if target is not None and self.matrix.rules.isolation_column in target.columns:
                pairs = dict(zip(reference.columns, reference.target_columns, strict=True))
                found.append((reference.name, pairs, self.matrix.canaries.row(target, self.other)))
        return found

    def _embeds(self) -> list[tuple[str, Table, bool]]:
        """Every relation of the table to another, in both directions; whether it leads to one row."""
        tables = self.matrix.tables
        there = [(f"{r.target}!{r.name}", tables[r.target], True) for r in self.table.references if r.target in tables]
        back = [
            (f"{other.name}!{r.name}", other, False)
            for other in tables.values()
            for r in other.references
            if r.target == self.name
        ]
        return there + back


class ViewProbe(Asking):
    """Probes of a view: no row of it is anybody's canary, so what it shows is known by the marks in it."""

    def __init__(self, matrix: Matrix, table: Table, caller: Caller, own: Side, other: Side) -> None:
        super().__init__(matrix, table.name, f"{matrix.base}/{table.name}", caller, own, other)
        self.table = table

    async def run(self) -> None:
        """Read it in every form, filter it by the other tenant, and try to write to it."""
        expected = self.matrix.may(self.caller, "select", self.table)
        for headers in (COUNTED, *ANSWERS.values()):
            response = await self.ask("GET", "view", params={"limit": "1000"}, headers=headers)
            if expected and headers is COUNTED and response.status_code != 200:
                self.fail("view", response, "refused, though it may")
            if not expected:
                self.nothing("view", response)
        column = isolation_column(self.matrix.rules, self.name)
        if column in self.table.columns and self.caller.role != "operator":
            for test in (f"eq.{self.other.id}", f"neq.{self.own.id}"):
                for method in ("GET", "HEAD"):
                    response = await self.ask(method, "filter view", params={column: test}, headers=COUNTED)
                    self.nothing("filter view", response)
        body = {next(iter(self.table.columns)): None}
        for method, params in (("POST", {}), ("PATCH", {column: "not.is.null"}), ("DELETE", {column: "not.is.null"})):
            await self.ask(method, "write to a view", refused=True, params=params, json=body)
        self.matrix.covered.add((self.name, "view"))
