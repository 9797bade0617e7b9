"""The edge's way into its plane's database: short transactions that carry correlation id and caller."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from pydantic import SecretStr

from ananta import traces
from ananta.connections import Connection, ConnectionPool
from edge_api.correlation import correlation_id

Claims = Mapping[str, Any]
# For a transaction, before its connection is given up: more than the login's statement_timeout; one that reads a
# snapshot has many statements.
_SECONDS, _SNAPSHOT_SECONDS = 20.0, 300.0


class Database:
    """A connection pool of one plane, under the login of its edge."""

    def __init__(self, url: SecretStr | None) -> None:
        if url is None:
            raise SystemExit(
                "The database URL of this edge is not set (ANANTA_CONTROL_EDGE_DATABASE_URL or ANANTA_APP_…)."
            )
        self._pool = ConnectionPool(
            url.get_secret_value(), application_name="edge", max_size=10, wait_seconds=10, reconnect_seconds=300
        )

    def running(self) -> AbstractAsyncContextManager[None]:
        """Open for the life of the app."""
        return self._pool.running()

    @asynccontextmanager
    async def transaction(
        self, claims: Claims | None = None, *, as_caller: bool = False, is_snapshot: bool = False
    ) -> AsyncIterator[Connection]:
        """One transaction. With ``claims`` the database first checks them, as it does for PostgREST.

        ``as_caller`` then gives up the edge's own rights for those of the caller, policies included. With
        ``is_snapshot`` all its statements see the same moment, and write nothing.
        """
        with traces.span("transaction", "CLIENT", db__system__name="postgresql"):
            async with self._pool.connection(_SNAPSHOT_SECONDS if is_snapshot else _SECONDS) as connection:
                await self._begin(connection, claims, as_caller=as_caller, is_snapshot=is_snapshot)
                yield connection

    async def _begin(
        self, connection: Connection, claims: Claims | None, *, as_caller: bool, is_snapshot: bool
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
        async with self._pool.connection(_SECONDS) as connection:
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
