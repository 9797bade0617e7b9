"""Contents that no BOM has are removed, and those that a BOM misses are told of.

An upload leaves a content without a row only where its process dies between the two; then only the disk knows of it.
"""

import asyncio
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from ananta.files import FileStore, StoredContent
from workers.database import WorkerDatabase

log = structlog.get_logger()
PAUSE_SECONDS = 3600
BATCH = 5000
FIRST = (uuid.UUID(int=0), "")
Key = tuple[uuid.UUID, str]


@dataclass
class Swept:
    """What a sweep found: contents, orphans removed or left, litter removed; and the contents that are missing."""

    found: int = 0
    removed: int = 0
    left: int = 0
    litter: int = 0
    missing: list[Key] = field(default_factory=list)


async def sweep_for_ever(database: WorkerDatabase, files: FileStore, orphan_hours: int) -> None:
    """Look at the start and once an hour, for ever; what fails is tried again then."""
    while True:
        try:
            _tell(await sweep(database, files, time.time() - orphan_hours * 3600))
        except (psycopg.Error, PoolTimeout, OSError) as error:
            log.warning("file_sweep_failed", error=type(error).__name__)
        await asyncio.sleep(PAUSE_SECONDS)


@dataclass(frozen=True)
class Looked:
    """What there is: how many contents, those without a row, and the rows without a content."""

    found: int
    orphans: list[StoredContent]
    missing: list[Key]


async def look(database: WorkerDatabase, files: FileStore) -> Looked:
    """One look at the whole store that changes nothing."""
    swept = Swept()
    orphans = await _orphans(database, files, swept)
    return Looked(swept.found, orphans, await _missing(database, files))


async def sweep(database: WorkerDatabase, files: FileStore, before: float) -> Swept:
    """One look at the whole store. What came after ``before`` stays: its upload may not have ended."""
    swept = Swept()
    orphans = await _orphans(database, files, swept)
    if orphans and len(orphans) == swept.found:
        swept.left = len(orphans)  # a database that knows none of the files is hardly the one they belong to
    else:
        for orphan in orphans:
            if orphan.stored_at < before and await remove_unused(
                database, files, orphan.organization_id, orphan.sha256
            ):
                swept.removed += 1
        swept.litter = await asyncio.to_thread(files.remove_litter, before)
    swept.missing = await _missing(database, files)
    return swept


async def remove_unused(database: WorkerDatabase, files: FileStore, organization_id: uuid.UUID, sha256: str) -> bool:
    """Remove a content unless a BOM has it; an upload of the same content waits, or is waited for."""
    file = (organization_id, sha256)
    async with database.transaction() as connection:
        await connection.execute("select private.lock_file(%s, %s)", file)
        row = await (await connection.execute("select private.is_file_used(%s, %s) as is_used", file)).fetchone()
        if row is None or row["is_used"]:
            return False
        await asyncio.to_thread(files.remove, organization_id, sha256)
        return True


async def _orphans(database: WorkerDatabase, files: FileStore, swept: Swept) -> list[StoredContent]:
    orphans: list[StoredContent] = []
    contents = files.contents()
    while batch := await asyncio.to_thread(_next, contents):
        swept.found += len(batch)
        unknown = await _unknown(database, [(content.organization_id, content.sha256) for content in batch])
        orphans += [content for content in batch if (content.organization_id, content.sha256) in unknown]
    return orphans


def _next(contents: Iterator[StoredContent]) -> list[StoredContent]:
    return list(islice(contents, BATCH))


async def _unknown(database: WorkerDatabase, keys: list[Key]) -> set[Key]:
    query = "select * from private.unknown_files(%s, %s)"
    rows = await _rows(database, query, ([key[0] for key in keys], [key[1] for key in keys]))
    return {(row["organization_id"], row["file_sha256"]) for row in rows}


async def _missing(database: WorkerDatabase, files: FileStore) -> list[Key]:
    """Rows without a file; asked again, since a file may go after its row while we look."""
    missing: list[Key] = []
    last = FIRST
    query = "select * from private.list_stored_files(%s, %s, %s)"
    while rows := await _rows(database, query, (*last, BATCH)):
        keys = [(row["organization_id"], row["file_sha256"]) for row in rows]
        absent = await asyncio.to_thread(_absent, files, keys)
        unknown = await _unknown(database, absent) if absent else set()
        missing += [key for key in absent if key not in unknown]
        last = keys[-1]
    return missing


def _absent(files: FileStore, keys: list[Key]) -> list[Key]:
    absent = []
    for key in keys:
        try:
            files.path(*key)
        except FileNotFoundError:
            absent.append(key)
    return absent


async def _rows(database: WorkerDatabase, query: str, parameters: tuple[Any, ...]) -> list[dict[str, Any]]:
    async with database.transaction() as connection:
        return await (await connection.execute(query.encode(), parameters)).fetchall()


def _tell(swept: Swept) -> None:
    if swept.removed or swept.litter:
        log.warning("orphaned_files_removed", count=swept.removed, litter=swept.litter)
    if swept.left:
        log.error("orphaned_files_left", count=swept.left, reason="the database knows none of the files")
    if swept.missing:
        organization_id, sha256 = swept.missing[0]
        log.error("stored_files_missing", count=len(swept.missing), first=f"{organization_id}/{sha256}")
