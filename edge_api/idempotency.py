"""``Idempotency-Key``: a request that creates is carried out once, and answered the same again (ADR 19).

The key is a row written in the transaction of the effect. At an edge so is the answer; PostgREST's is kept behind it
(``once_rest.py``).
"""

import asyncio
import hashlib
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
from fastapi import Request
from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from ananta.connections import Row
from edge_api.database import Claims, Database
from edge_api.problems import ProblemError

HEADER = "Idempotency-Key"
REPLAYED = {"Idempotent-Replayed": "true"}
IN_USE = "idempotency_key_in_use"
PATIENCE_SECONDS = 5.0
_MAX_LENGTH = 255
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.2

T = TypeVar("T")


class InUseError(ProblemError):
    """A request with this key is being carried out."""

    def __init__(self) -> None:
        hint = "A request with this Idempotency-Key is being carried out. Repeat it in a moment."
        super().__init__(409, IN_USE, hint, headers={"Retry-After": "1"})


@dataclass(frozen=True)
class Key:
    """The key of a request. ``owner`` is whose it is, where that is not the caller in the claims."""

    value: str
    fingerprint: str
    owner: str | None = None

    async def earlier(self, connection: AsyncConnection[Row]) -> Row | None:
        """Take the key for what this transaction is about to do; the row of the first request where it is taken."""
        query = b"select * from private.take_idempotency_key(%s, %s, %s)"
        try:
            row = await (await connection.execute(query, (self.owner, self.value, self.fingerprint))).fetchone()
        except psycopg.DatabaseError as error:
            if error.diag.message_primary == IN_USE:
                raise InUseError from error
            raise
        return row if row and row["key_hash"] else None

    async def show(self, connection: AsyncConnection[Row], answer: Any, request: str = "") -> None:
        """Refuse an earlier answer that speaks, or whose request spoke, of what the caller may not see any more."""
        said = f"{request.replace(chr(0), '')} {json.dumps(answer)}"
        row = await (await connection.execute(b"select private.speaks_of_hidden(%s) as is_hidden", (said,))).fetchone()
        if row and row["is_hidden"]:
            hint = "It was carried out. What it is about is in a private project now: ask one of its members."
            raise ProblemError(404, "idempotency_answer_hidden", hint)

    async def keep(self, connection: AsyncConnection[Row], answer: Any) -> None:
        """Keep what is answered."""
        await connection.execute(b"select private.keep_answer(%s, %s, %s)", (self.owner, self.value, Jsonb(answer)))


@dataclass(frozen=True)
class Outcome:
    """What a request gave, now or the first time; ``headers`` say which."""

    value: Any
    headers: dict[str, str]


def key_of(request: Request, *parts: Any, owner: str | None = None) -> Key | None:
    """The key of a request that ``parts`` tell from any other to its path; None without one."""
    value = read_key(request)
    return None if value is None else Key(value, fingerprint(request.url.path, *parts), owner)


def read_key(request: Request) -> str | None:
    """The request's Idempotency-Key, or ProblemError ``idempotency_key_invalid``."""
    values = request.headers.getlist(HEADER)
    if not values:
        return None
    if len(values) > 1 or not 0 < len(values[0]) <= _MAX_LENGTH or not values[0].isascii():
        hint = f"Send one Idempotency-Key of 1 to {_MAX_LENGTH} ASCII characters, such as a random UUID."
        raise ProblemError(400, "idempotency_key_invalid", hint)
    return values[0]


def fingerprint(*parts: Any) -> str:
    """The SHA-256 of a request's parts."""
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()


async def once(
    key: Key | None, connection: AsyncConnection[Row], work: Callable[[AsyncConnection[Row]], Awaitable[Any]]
) -> Outcome:
    """What ``work`` gives, kept in its own transaction; or what it gave the first time."""
    if key is None:
        return Outcome(await work(connection), {})
    if (row := await key.earlier(connection)) is not None:
        await key.show(connection, row["answer"])
        return Outcome(row["answer"]["value"], REPLAYED)
    value = await work(connection)
    await key.keep(connection, {"value": value})
    return Outcome(value, {})


async def value_once(
    database: Database,
    key: Key | None,
    query: str,
    parameters: tuple[Any, ...],
    *,
    claims: Claims | None = None,
    check: Callable[[Any], None] | None = None,
) -> Outcome:
    """``Database.value``, once for a key. Where ``check`` raises, nothing was done."""

    async def work(connection: AsyncConnection[Row]) -> Any:
        row = await (await connection.execute(query.encode(), parameters)).fetchone()
        value = next(iter(row.values())) if row else None
        if check is not None:
            check(value)
        return value

    async def attempt() -> Outcome:
        async with database.transaction(claims) as connection:
            return await once(key, connection, work)

    return await patiently(attempt)


async def patiently(attempt: Callable[[], Awaitable[T]]) -> T:
    """Try again while the key is in use, for some seconds: here waiting costs no connection of the database."""
    end, pause = time.monotonic() + PATIENCE_SECONDS, _FIRST_PAUSE
    while True:
        try:
            return await attempt()
        except InUseError:
            if time.monotonic() + pause > end:
                raise
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
