"""Rows that are of no use after their time are removed, so that their tables do not grow for ever.

Idempotency keys have a day, metered events ``private.usage_event_window``, ended messages 90 days.
"""

import asyncio
from enum import StrEnum

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from workers.database import WorkerDatabase

log = structlog.get_logger()
PAUSE_SECONDS = 600
BATCH = 5000


class Expired(StrEnum):
    """What is removed, by the function that removes a batch of it."""

    IDEMPOTENCY_KEYS = "select private.remove_idempotency_keys(%s)"
    USAGE_EVENTS = "select private.remove_usage_events(%s)"
    ENDED_MESSAGES = "select private.remove_ended_messages(%s)"


async def remove_for_ever(database: WorkerDatabase, *kinds: Expired) -> None:
    """Look every ten minutes, for ever; a database that is away is asked again then."""
    while True:
        for kind in kinds:
            try:
                if count := await remove(database, kind):
                    log.info("expired_rows_removed", kind=kind.name.lower(), count=count)
            except (psycopg.Error, PoolTimeout) as error:
                log.warning("expired_rows_left", kind=kind.name.lower(), error=type(error).__name__)
        await asyncio.sleep(PAUSE_SECONDS)


async def remove(database: WorkerDatabase, kind: Expired, batch: int = BATCH) -> int:
    """Remove all that are old enough, batch by batch; how many."""
    count, removed = 0, batch
    while removed == batch:
        removed = int(await database.value(kind.value, (batch,)))
        count += removed
    return count
