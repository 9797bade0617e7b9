"""Halted runs that nobody retries or cancels are cancelled, so that no half-made tenant stays for ever."""

import asyncio

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from workers.database import WorkerDatabase

log = structlog.get_logger()
PAUSE_SECONDS = 60


async def cancel_stale_workflows(database: WorkerDatabase, halted_hours: int) -> None:
    """Look once a minute, for ever; a database that is away is asked again a minute later."""
    while True:
        try:
            query = "select private.cancel_stale_workflows(make_interval(hours => %s))"
            if count := await database.value(query, (halted_hours,)):
                log.warning("halted_workflows_cancelled", count=count)
        except (psycopg.Error, PoolTimeout) as error:
            log.warning("stale_workflows_unread", error=type(error).__name__)
        await asyncio.sleep(PAUSE_SECONDS)
