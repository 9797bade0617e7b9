"""Probes of one function by one caller: every argument that may name a row is given another tenant's."""

import itertools
import json
from typing import Any

from tests.support.canaries import Row, Side
from tests.support.exposure import Argument, Function, Table, is_tenant_table
from tests.support.matrix import Asking, Caller, Matrix, rows_of
from tests.support.table_probes import ANSWERS

# What a call is given that is about something else, by type; of another type, the word x, which may be refused.
_HARMLESS: dict[str, Any] = {
    "uuid": "00000000-0000-4000-8000-000000000000",
    "jsonb": [],
    "boolean": False,
    "integer": 1,
    "bigint": 1,
    "numeric": 1,
    "date": "2026-01-01",
    "timestamp with time zone": "2026-01-01T00:00:00Z",
}
# What cannot name a row, whatever it means.
_NAMELESS = {"boolean", "date", "timestamp with time zone", "interval"}
ANYTHING = "anything"


class FunctionProbe(Asking):
    """Probes of one function by one caller."""

    def __init__(self, matrix: Matrix, function: Function, caller: Caller, own: Side, other: Side) -> None:
        super().__init__(matrix, function.name, f"{matrix.base}/rpc/{function.name}", caller, own, other)
        self.function = function

    async def run(self) -> None:
        """A call with nothing of anybody's; then each argument with something of the other tenant's."""
        meanings = {}
        for argument in self.function.arguments:
            meaning = meaning_of(self.matrix, self.function, argument)
            if meaning is None:
                self.matrix.failures.append(f"{self.name}: argument {argument.name} has no known meaning")
                return
            meanings[argument.name] = meaning
        await self._who_may()
        for argument in self.function.arguments:
            if self.caller.role != "operator" and argument.type not in _NAMELESS:
                await self._foreign(argument, meanings)
            self.matrix.covered.add((self.name, argument.name))
        self.matrix.covered.add((self.name, "call"))

    async def _who_may(self) -> None:
        declared = self.function.signature in self.matrix.rules.functions
        if not declared:
            self.matrix.failures.append(f"{self.function.signature}: exposed without an expectation")
        body = {argument.name: self._nobodys(argument) for argument in self.function.arguments}
        for method in ("POST", "GET"):
            arguments = {"json": body} if method == "POST" else {"params": _as_query(body)}
            response = await self.ask(method, "call", **arguments)
            if self.caller.role == "stripped":
                if self.own.marker in response.text:
                    self.fail("call", response, "rows for a token without permissions")
                continue
            is_known = self.caller.role != "nobody" and declared
            may = is_known and self.matrix.rules.may_call(self.caller.role, self.function.signature)
            if method == "POST" and (response.status_code not in (401, 403)) != may:
                self.fail("call", response, f"expected {'an answer' if may else 'a refusal'}")

    def _nobodys(self, argument: Argument) -> Any:
        return [] if argument.type.endswith("[]") else _HARMLESS.get(argument.type, "x")

    async def _foreign(self, argument: Argument, meanings: dict[str, Any]) -> None:
        own = {other.name: self._of_own(other, meanings[other.name]) for other in self.function.arguments}
        for theirs in self._their_rows(argument, meanings[argument.name]):

            def body(row: Row, key: str = theirs["key"]) -> Row:
                value = row if argument.type == "jsonb" else row[key]
                return own | {argument.name: [value] if argument.type.endswith(("jsonb", "[]")) else value}

            row = theirs["row"]
            what = f"argument {argument.name}"
            for headers in ({}, *ANSWERS.values()):
                answer, _ = await self.alike(what, "POST", lambda r, h=headers: {"json": body(r), "headers": h}, row)
                if self.caller.role == "stripped" and rows_of(answer):
                    self.fail(what, answer, "rows for a token without permissions")
            await self.alike(what, "GET", lambda r: {"params": _as_query(body(r))}, row)

    def _their_rows(self, argument: Argument, meaning: Any) -> list[Row]:
        """Rows of the other tenant that an argument is given: of the table it names, or else of every table."""
        tables = [meaning] if isinstance(meaning, Table) and self._is_tenant(meaning) else []
        tables = tables or [
            table for table in self.matrix.tables.values() if self._is_tenant(table) and not table.is_view
        ]
        found = [{"row": self.matrix.canaries.row(table, self.other), "key": table.key[-1]} for table in tables]
        if argument.type in ("uuid", "uuid[]"):
            found = [entry for entry in found if entry["row"] and len(str(entry["row"][entry["key"]])) == 36]
        return found if isinstance(meaning, Table) and self._is_tenant(meaning) else found[:3]

    def _of_own(self, argument: Argument, meaning: Any) -> Any:
        if isinstance(meaning, Table) and argument.type in ("uuid", "text"):
            return self.matrix.canaries.row(meaning, self.own)[meaning.key[-1]]
        return self._nobodys(argument)

    def _is_tenant(self, table: Table) -> bool:
        return is_tenant_table(self.matrix.rules, table)


def meaning_of(matrix: Matrix, function: Function, argument: Argument) -> Table | str | None:
    """What an argument names: rows of a table, by its name (bom_id) or as declared; anything; or nobody knows."""
    declared = matrix.rules.arguments.get(f"{function.name}.{argument.name}")
    if declared is not None:
        return ANYTHING if declared == ANYTHING else matrix.tables.get(declared)
    if argument.type in _NAMELESS:
        return ANYTHING
    singular = argument.name.removesuffix("s").removesuffix("_id")
    if singular == argument.name:
        return None
    plurals = [f"{singular}s", f"{singular.removesuffix('y')}ies", f"{singular}es"]
    exact = [name for name in plurals if name in matrix.tables]
    longer = [name for name, plural in itertools.product(matrix.tables, plurals) if name.endswith(f"_{plural}")]
    found = exact or longer
    return matrix.tables[found[0]] if len(found) == 1 else None


def _as_query(body: Row) -> dict[str, str]:
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}
