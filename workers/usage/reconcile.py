"""Usage counters are compared with what they count, one organization after the other: drift is a fault of ours."""

import asyncio
import uuid

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from workers.database import WorkerDatabase

log = structlog.get_logger()


async def reconcile_for_ever(database: WorkerDatabase, hours: int) -> None:
    """Look once every so many hours, for ever; the first time after that many."""
    while True:
        await asyncio.sleep(hours * 3600)
        try:
            await reconcile(database)
        except (psycopg.Error, PoolTimeout) as error:
            log.warning("usage_not_reconciled", error=type(error).__name__)


async def reconcile(database: WorkerDatabase) -> int:
    """Mend every counter that drifted; says how many. Each organization is a transaction: writers wait for one only."""
    found = 0
    for organization_id in await _organizations(database):
        async with database.transaction() as connection:
            query = "select * from private.reconcile_usage(%s)"
            rows = await (await connection.execute(query, (organization_id,))).fetchall()
        for row in rows:
            drift = {name: row[name] for name in ("metric", "recorded_count", "counted_count")}
            log.warning("usage_drift_mended", organization_id=str(organization_id), **drift)
        found += len(rows)
    return found


async def _organizations(database: WorkerDatabase) -> list[uuid.UUID]:
    async with database.transaction() as connection:
        rows = await (await connection.execute("select private.list_organizations() as id")).fetchall()
    return [row["id"] for row in rows]
