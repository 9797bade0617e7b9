"""The audit log's retention: partitions made ahead, and those that have expired dropped."""

import asyncio
from collections.abc import Sequence

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from workers.database import WorkerDatabase

log = structlog.get_logger()
PAUSE_SECONDS = 3600


async def maintain_for_ever(databases: Sequence[WorkerDatabase]) -> None:
    """Look at the start and once an hour, for ever; what fails, such as a lock that is held, is tried again then."""
    while True:
        for database in databases:
            try:
                done = await database.value("select private.maintain_audit_log()")
                if done["made"] or done["dropped"]:
                    log.info("audit_log_maintained", made=done["made"], dropped=done["dropped"])
            except (psycopg.Error, PoolTimeout) as error:
                log.warning("audit_log_not_maintained", error=type(error).__name__)
        await asyncio.sleep(PAUSE_SECONDS)
