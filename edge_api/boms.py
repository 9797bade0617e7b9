"""BOM files in and out: upload, another mapping, the original, the lines as CSV."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated, Any, Literal

import psycopg
import structlog
from fastapi import APIRouter, Body, File, Form, Query, Request, UploadFile
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from psycopg import AsyncConnection
from psycopg.types.json import Jsonb
from psycopg_pool import PoolTimeout

from ananta.connections import Row
from ananta.files import FileStore, FileTooLargeError, StagedFile
from edge_api.database import Claims, Database
from edge_api.downloads import BLOCK_BYTES, Download, attachment, plain_name
from edge_api.idempotency import Key, Outcome, fingerprint, key_of, once, patiently, value_once
from edge_api.problems import ProblemError
from edge_api.tokens import PlatformTokens

EXPORT_CHUNK_LINES = 1000
BYTE_ORDER_MARK = "\ufeff"
EXPORT_COLUMNS = (
    "position,row,level,references,dnp_references,quantity,total_quantity,unit,dnp,internal_number,mpn,manufacturer,"
    "supplier,supplier_sku,value,package,description,unit_price,currency,match_status,match_method,match_confidence,"
    "matched_mpn,matched_manufacturer,lifecycle,alternates,warnings"
)

log = structlog.get_logger()


def router(database: Database, tokens: PlatformTokens, files: FileStore, max_bytes: int) -> APIRouter:
    """The routes below ``/api/boms``."""
    routes = APIRouter(prefix="/api/boms")
    _add_imports(routes, database, tokens, Uploads(database, files), max_bytes)
    _add_downloads(routes, database, tokens, files)
    return routes


class Uploads:
    """A file and its BOM: both are there afterwards, or neither."""

    def __init__(self, database: Database, files: FileStore) -> None:
        self._database = database
        self._files = files

    async def create(
        self, claims: Claims, file: UploadFile, max_bytes: int, values: tuple[Any, ...], key: Key | None = None
    ) -> Outcome:
        """The new BOM, or what the first upload with this key was answered."""
        organization_id = uuid.UUID(claims["organization_id"])
        try:
            async with self._files.staged(organization_id, _blocks(file), max_bytes) as staged:
                name = plain_name(file.filename)
                if key is not None:
                    key = replace(key, fingerprint=fingerprint(key.fingerprint, staged.sha256, name))
                return await patiently(lambda: self._record(claims, staged, name, values, key))
        except FileTooLargeError as error:
            hint = f"The file may have at most {max_bytes} bytes; split it."
            raise ProblemError(413, "bom_too_large", hint) from error

    async def _record(
        self, claims: Claims, staged: StagedFile, file_name: str, values: tuple[Any, ...], key: Key | None
    ) -> Outcome:
        """The content gets its name while the lock on it is held, and before others can see its row.

        Whatever is refused leaves nothing behind; whoever removes the same content waits, and then sees the row.
        """
        query = "select to_jsonb(b) as bom from private.create_bom(%s, %s, %s, %s, %s, %s, %s) as b"
        project_id, name, *others = values
        parameters = (project_id, name, file_name, staged.sha256, staged.size, *others)
        is_placed = False

        async def create(connection: AsyncConnection[Row]) -> Row:
            bom: Row = (await _row(connection, query, parameters))["bom"]
            return bom

        try:
            async with self._database.transaction(claims) as connection:
                bom = await once(key, connection, create)
                if await _is_held(connection, staged):
                    is_placed = True
                    await self._files.place(staged)
        except Exception:
            if is_placed:
                await self._let_go(staged)
            raise
        return bom

    async def _let_go(self, staged: StagedFile) -> None:
        """After a commit that failed, or of which nobody knows: remove the content unless a row has it."""
        try:
            async with self._database.transaction() as connection:
                if not await _is_held(connection, staged):
                    self._files.remove(staged.organization_id, staged.sha256)
        except (psycopg.Error, PoolTimeout) as error:
            log.warning("file_left_to_the_sweep", error=type(error).__name__)


def _add_imports(
    routes: APIRouter, database: Database, tokens: PlatformTokens, uploads: Uploads, max_bytes: int
) -> None:
    @routes.post("")
    async def upload_bom(
        request: Request,
        *,
        file: Annotated[UploadFile, File()],
        name: Annotated[str | None, Form(max_length=200)] = None,
        project_id: Annotated[uuid.UUID | None, Form()] = None,
        review: Annotated[bool, Form()] = False,
        revises: Annotated[uuid.UUID | None, Form()] = None,
    ) -> JSONResponse:
        """Store a BOM file and start its import; progress is in ``boms`` through PostgREST.

        ``review``: the lines wait for a person (rpc/commit_bom). ``revises``: the BOM of which this is a new revision.
        """
        claims = tokens.caller(request)
        await database.value("select private.require_permission('boms:write')", claims=claims)
        values = (project_id, name or None, review, revises)
        return _accepted(await uploads.create(claims, file, max_bytes, values, key_of(request, *values)))

    @routes.post("/{bom_id}/mapping")
    async def map_bom(bom_id: uuid.UUID, request: Request, mapping: Annotated[dict[str, Any], Body()]) -> JSONResponse:
        """Import the stored file again with another mapping of its columns: sheet, header_row, columns, remember."""
        query = "select to_jsonb(b) from private.map_bom(%s, %s) as b"
        values, key = (bom_id, Jsonb(mapping)), key_of(request, mapping)
        return _accepted(await value_once(database, key, query, values, claims=tokens.caller(request)))


def _add_downloads(routes: APIRouter, database: Database, tokens: PlatformTokens, files: FileStore) -> None:
    @routes.get("/{bom_id}/file")
    async def download_bom(bom_id: uuid.UUID, request: Request) -> FileResponse:
        """The original file, as it was uploaded."""
        async with database.transaction(tokens.caller(request)) as connection:
            row = await _row(connection, "select * from private.bom_file(%s)", (bom_id,))
        try:
            path = files.path(row["organization_id"], row["file_sha256"])
        except FileNotFoundError as error:
            raise ProblemError(404, "bom_file_missing", "The stored file is gone; upload it again.") from error
        return FileResponse(path, media_type="application/octet-stream", headers=attachment(row["file_name"]))

    @routes.get("/{bom_id}/export")
    async def export_bom(
        bom_id: uuid.UUID, request: Request, _format: Annotated[Literal["csv"], Query(alias="format")] = "csv"
    ) -> StreamingResponse:
        """The lines as understood and matched, as CSV for a spreadsheet: UTF-8 with its mark, no cell a formula."""
        download = Download()
        try:
            async with database.transaction(tokens.caller(request), is_snapshot=True) as connection:
                row = await _row(connection, "select * from private.bom_file(%s)", (bom_id,))
                download.write(f"{BYTE_ORDER_MARK}{EXPORT_COLUMNS}\r\n")
                async for lines in _exported(connection, bom_id):
                    download.write(lines)
        except BaseException:
            download.close()
            raise
        stem, _, _ = row["file_name"].rpartition(".")
        return download.response(f"{stem or row['file_name']}-lines.csv", "text/csv; charset=utf-8; header=present")


async def _exported(connection: AsyncConnection[Row], bom_id: uuid.UUID) -> AsyncIterator[str]:
    query, after = b"select * from private.export_bom_lines(%s, %s, %s)", 0
    while row := await (await connection.execute(query, (bom_id, after, EXPORT_CHUNK_LINES))).fetchone():
        yield row["content"]
        after = row["last_position"]


async def _row(connection: AsyncConnection[Row], query: str, parameters: tuple[Any, ...]) -> Row:
    """The row of a query that always has one."""
    row = await (await connection.execute(query.encode(), parameters)).fetchone()
    if row is None:
        raise LookupError(query)
    return row


async def _is_held(connection: AsyncConnection[Row], staged: StagedFile) -> bool:
    """Whether a row has the content; nobody changes that before the transaction ends."""
    file = (staged.organization_id, staged.sha256)
    await connection.execute("select private.lock_file(%s, %s)", file)
    return bool((await _row(connection, "select private.is_file_used(%s, %s) as is_used", file))["is_used"])


def _accepted(bom: Outcome) -> JSONResponse:
    location = {"Location": f"/api/app/rest/v1/boms?id=eq.{bom.value['id']}"}
    return JSONResponse(bom.value, status_code=202, headers=location | bom.headers)


async def _blocks(file: UploadFile) -> AsyncIterator[bytes]:
    while block := await file.read(BLOCK_BYTES):
        yield block
