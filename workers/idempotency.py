"""Idempotency keys are removed after their day, so that the table stays as small as a day's requests."""

import asyncio

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from workers.database import WorkerDatabase

log = structlog.get_logger()
PAUSE_SECONDS = 600
BATCH = 5000


async def remove_keys_for_ever(database: WorkerDatabase) -> None:
    """Look every ten minutes, for ever; a database that is away is asked again then."""
    while True:
        try:
            if count := await remove_keys(database):
                log.info("idempotency_keys_removed", count=count)
        except (psycopg.Error, PoolTimeout) as error:
            log.warning("idempotency_keys_left", error=type(error).__name__)
        await asyncio.sleep(PAUSE_SECONDS)


async def remove_keys(database: WorkerDatabase, batch: int = BATCH) -> int:
    """Remove all that are old enough, batch by batch; how many."""
    count, removed = 0, batch
    while removed == batch:
        removed = int(await database.value("select private.remove_idempotency_keys(%s)", (batch,)))
        count += removed
    return count
