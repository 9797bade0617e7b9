"""The matrix of tenancy: every table, view and function x every command x whose rows, tried over HTTP by one caller.

What must come out is declared in ``exposed.toml``; beside it stand two rules for all. Nothing of another tenant is ever
seen, counted or changed, whatever is sent. And what names another tenant's row is answered like what names no row at
all: not even that the row exists is told.
"""

import asyncio
import re
import secrets
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import httpx

from tests.support.canaries import Canaries, Row, Side
from tests.support.exposure import Function, Rules, Table, isolation_column

REFUSED = {400, 401, 403, 404, 405, 406, 409, 415, 422}
RETURNING = {"Prefer": "return=representation"}
# What a client reads of an answer beside its body; the others tell the time, the length and the server's name.
TELLING = (
    "content-range",
    "content-type",
    "location",
    "preference-applied",
    "www-authenticate",
    "proxy-status",
    "allow",
)
_OF_THE_CALL = re.compile(r'"correlation_id":\s*"[^"]*",?')
Send = Callable[..., Awaitable[httpx.Response]]


@dataclass
class Caller:
    """Who asks. ``role`` is one of exposed.toml's; ``stripped``, an owner whose token has no permissions;
    ``anonymous``; or ``nobody``, whose token must not be accepted."""

    name: str
    role: str
    send: Send

    @property
    def is_outside(self) -> bool:
        """Whether this caller is a member of nothing."""
        return self.role in ("anonymous", "nobody")


@dataclass
class Matrix:
    """Probes of one plane: how many there were, of what, and what came out otherwise than it must."""

    rules: Rules
    tables: dict[str, Table]
    functions: dict[str, Function]
    canaries: Canaries
    base: str
    failures: list[str] = field(default_factory=list)
    probe_count: int = 0
    covered: set[tuple[str, str]] = field(default_factory=set)

    def may(self, caller: Caller, command: str, table: Table) -> bool:
        """Whether it is declared that this caller may do this to rows of its own."""
        rule = self.rules.tables.get(table.name)
        if rule is None:
            self.failures.append(f"{table.name}: exposed without an expectation")
            return False
        if caller.role == "stripped":
            return command == "select" and rule.kind == "shared" and command in rule.least
        return caller.role != "nobody" and self.rules.may(caller.role, command, table.name)


async def together(works: list[Awaitable[None]]) -> None:
    """Ten at a time."""
    limit = asyncio.Semaphore(10)

    async def one(work: Awaitable[None]) -> None:
        async with limit:
            await work

    await asyncio.gather(*(one(work) for work in works))


@dataclass
class Asking:
    """A caller who belongs to ``own``, if to any, asking about one object; ``other`` is not to be noticed."""

    matrix: Matrix
    name: str
    path: str
    caller: Caller
    own: Side
    other: Side

    async def run_alone(self) -> None:
        """What must not run beside other probes."""

    async def ask(
        self,
        method: str,
        what: str = "",
        *,
        refused: bool = False,
        params: Any = None,
        json: Any = None,
        headers: Any = None,
    ) -> httpx.Response:
        """One probe: it is looked at for faults of ours and for leaks, and whether it is refused if it must be."""
        response = await self.caller.send(method, self.path, params=params or {}, json=json, headers=headers or {})
        self.matrix.probe_count += 1
        what = what or method
        if response.status_code >= 500:
            self.fail(what, response, "a fault of ours")
        if refused and response.status_code not in REFUSED:
            self.fail(what, response, "not refused")
        if self.caller.role != "operator":
            self._look_for_leaks(what, response)
        return response

    async def alike(
        self, what: str, method: str, make: Callable[[Row], dict[str, Any]], theirs: Row, marker: str | None = None
    ) -> list[httpx.Response]:
        """A request that names another tenant's row, and the same naming none: the answers must not differ."""
        nobodys = made_up(theirs, marker or self.other.marker)
        names = [name for name in theirs if theirs[name] != nobodys[name]]
        answers = [await self.ask(method, what, **make(row)) for row in (theirs, nobodys)]
        shapes = [_shape(answer, row, names) for answer, row in zip(answers, (theirs, nobodys), strict=True)]
        if shapes[0] != shapes[1]:
            self.fail(what, answers[0], f"answered otherwise than for a row that is not there: {shapes[1]}")
        return answers

    def nothing(self, what: str, response: httpx.Response) -> None:
        """Neither done nor counted."""
        if response.status_code not in REFUSED and rows_of(response):
            self.fail(what, response, "it was done")
        counted = response.headers.get("content-range", "*/0").rpartition("/")[2]
        if response.status_code < 300 and counted not in ("0", "*"):
            self.fail(what, response, "it was counted")

    def fail(self, what: str, response: httpx.Response, why: str) -> None:
        """Note what came out otherwise than it must."""
        request = response.request
        self.matrix.failures.append(
            f"{self.caller.name}: {what} {self.name}: {why}: {request.method} {request.url.query.decode()[:200]}"
            f" -> {response.status_code} {response.text[:200]}"
        )

    def _look_for_leaks(self, what: str, response: httpx.Response) -> None:
        """Nothing that identifies the other tenant stands in body or headers, but what the caller sent itself."""
        told = response.text + unquote("\n".join(response.headers.values()))
        if self.other.marker not in told and self.other.pattern.search(told) is None:
            return
        request = response.request
        sent = unquote(str(request.url)) + request.content.decode("utf-8", "replace")
        found = {self.other.marker} if self.other.marker in told else set()
        found |= set(self.other.pattern.findall(told))
        leaked = sorted(secret for secret in found if secret not in sent)
        if leaked:
            self.fail(what, response, f"something of another tenant: {leaked}")
        elif set(_values(rows_of(response), self.matrix.rules.isolation_column)) & {self.other.id}:
            self.fail(what, response, "a row of another tenant")


def made_up(row: Row, marker: str) -> Row:
    """A row like it that nobody has: other ids, other words."""
    stranger = f"{marker[:-8]}{secrets.token_hex(4)}"
    return {name: _made_up(value, marker, stranger) for name, value in row.items()}


def _made_up(value: Any, marker: str, stranger: str) -> Any:
    if isinstance(value, str) and re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value):
        return str(uuid.uuid4())
    if isinstance(value, str):
        for written, other in ((marker, stranger), (marker.replace("-", "_"), stranger.replace("-", "_"))):
            value = value.replace(written, other)
    return value


def _shape(response: httpx.Response, row: Row, names: list[str]) -> tuple[int, str]:
    """What an answer tells, but for the values that the request named."""
    rows = rows_of(response)
    head = [response.headers.get("content-range", "")] if rows else [response.headers.get(name, "") for name in TELLING]
    text = _OF_THE_CALL.sub("", unquote("\n".join([f"{len(rows)} rows" if rows else response.text, *head])))
    for name in names:
        text = text.replace(row[name], f"<{name}>")
        text = text.replace(re.sub(r"[^A-Z0-9]", "", row[name].upper()), f"<{name} as compared>")
    return response.status_code, text


def rows_of(response: httpx.Response) -> list[Row]:
    """The rows in an answer of JSON."""
    if response.status_code >= 300 or not response.content or "json" not in response.headers.get("content-type", ""):
        return []
    content = response.json()
    rows = content if isinstance(content, list) else [content]
    return [row for row in rows if isinstance(row, dict)]


def _values(rows: Any, column: str) -> list[Any]:
    """The values of a column, at any depth of an answer."""
    if isinstance(rows, list):
        return [value for row in rows for value in _values(row, column)]
    if isinstance(rows, dict):
        below = [v for value in rows.values() if isinstance(value, (dict, list)) for v in _values(value, column)]
        return [*below, rows[column]] if isinstance(rows.get(column), str) else below
    return []


def fingerprint(query: Any, rules: Rules, tables: dict[str, Table], side: Side) -> dict[str, str]:
    """A digest of everything a tenant has, by table: equal before and after means untouched.

    But its own API calls, of before, which the gateway reports in its own time.
    """
    found = {}
    for table in tables.values():
        column = isolation_column(rules, table.name)
        if column in table.columns and not table.is_view:
            statement = (
                "select md5(coalesce(string_agg(to_jsonb(t)::text, ',' order by to_jsonb(t)::text), '')) as digest"  # noqa: S608
                f" from {rules.schema}.{table.name} as t where {column} = %s"
                + (" and metric <> 'api_calls'" if table.name == "usage_totals" else "")
            )
            found[table.name] = query(statement, (side.id,))[0]["digest"]
    return found
