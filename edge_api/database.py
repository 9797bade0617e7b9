"""The edge's way into its plane's database: short transactions that carry correlation id and caller."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from pydantic import SecretStr

from ananta import metrics, traces
from edge_api.correlation import correlation_id

Row = dict[str, Any]
Claims = Mapping[str, Any]


class Database:
    """A connection pool of one plane, under the login of its edge."""

    def __init__(self, url: SecretStr | None) -> None:
        if url is None:
            raise SystemExit(
                "The database URL of this edge is not set (ANANTA_CONTROL_EDGE_DATABASE_URL or ANANTA_APP_…)."
            )
        self._role = str(conninfo_to_dict(url.get_secret_value()).get("user"))
        self._pool: AsyncConnectionPool[AsyncConnection[Row]] = AsyncConnectionPool(
            url.get_secret_value(),
            min_size=1,
            max_size=10,
            timeout=10,
            open=False,
            check=AsyncConnectionPool.check_connection,
            kwargs={"row_factory": dict_row, "autocommit": False, "application_name": "edge"},
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Open for the life of the app."""
        async with self._pool:
            with metrics.POOLS.watching(self._role, self._pool):
                yield

    @asynccontextmanager
    async def transaction(
        self, claims: Claims | None = None, *, as_caller: bool = False, is_snapshot: bool = False
    ) -> AsyncIterator[AsyncConnection[Row]]:
        """One transaction. With ``claims`` the database first checks them, as it does for PostgREST.

        ``as_caller`` then gives up the edge's own rights for those of the caller, policies included. With
        ``is_snapshot`` all its statements see the same moment, and write nothing.
        """
        with traces.span("transaction", "CLIENT", db__system__name="postgresql"):
            async with self._pool.connection() as connection:
                await self._begin(connection, claims, as_caller=as_caller, is_snapshot=is_snapshot)
                yield connection

    async def _begin(
        self, connection: AsyncConnection[Row], claims: Claims | None, *, as_caller: bool, is_snapshot: bool
    ) -> None:
        if is_snapshot:
            await connection.execute("set transaction isolation level repeatable read, read only")
        await connection.execute(
            "select private.name_session(%s, %s), set_config('request.jwt.claims', %s, true)",
            (correlation_id(), traces.traceparent(), json.dumps(claims) if claims else ""),
        )
        if claims is not None:
            await connection.execute("select private.check_request()")
        if as_caller:
            await connection.execute("set local role authenticated")

    async def call(self, query: str, parameters: tuple[Any, ...]) -> None:
        """One statement that needs no claims set, in its own transaction: one way to the database and back."""
        async with self._pool.connection() as connection:
            await connection.set_autocommit(True)
            try:
                await connection.execute(query.encode(), parameters)
            finally:
                await connection.set_autocommit(False)

    async def value(
        self, query: str, parameters: tuple[Any, ...] = (), *, claims: Claims | None = None, as_caller: bool = False
    ) -> Any:
        """The single value of a one-row query, in its own transaction."""
        async with self.transaction(claims, as_caller=as_caller) as connection:
            row = await (await connection.execute(query.encode(), parameters)).fetchone()
            return next(iter(row.values())) if row else None
