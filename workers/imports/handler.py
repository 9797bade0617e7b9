"""Queue ``bom_imports``: from a stored file to matched lines. Parsing is here, everything else is SQL."""

import json
import uuid
from collections.abc import Awaitable, Callable

import psycopg
from psycopg.types.json import Jsonb

from ananta.files import FileStore
from workers.database import WorkerDatabase
from workers.failpoints import reach
from workers.imports.model import BomFileError, ParseLimits
from workers.imports.sandbox import parse_in_child
from workers.messages import Finish, Message

MATCH_CHUNK_LINES = 500


class BomImports:
    """The four messages of an import."""

    def __init__(self, database: WorkerDatabase, files: FileStore, limits: ParseLimits) -> None:
        self._database = database
        self._files = files
        self._limits = limits
        self._handlers: dict[str, Callable[[Message], Awaitable[Finish]]] = {
            "bom.uploaded": self.parse,
            "bom.parsed": self.match,
            "bom.matched": self.complete,
            "file.released": self.release,
        }

    async def handle(self, message: Message) -> Finish:
        """Hand a message to its own step."""
        return await self._handlers[message.type](message)

    async def parse(self, message: Message) -> Finish:
        """Read the file in a child process; all its lines go in, or none and the reason."""
        row = await self._database.row("select * from private.start_bom_import(%s)", (message.subject_id,))
        if row is None:
            return Finish()
        reach("bom.parse.before")
        try:
            path = self._files.path(row["organization_id"], row["file_sha256"])
            bom = await parse_in_child(path, row["file_name"], self._limits)
        except (BomFileError, FileNotFoundError) as error:
            return _failed(message, _reason(error))
        reach("bom.parse.after")
        content = bom.to_dict()
        lines = content.pop("lines")
        return Finish("select private.import_bom_lines(%s, %s, %s)", (message.subject_id, Jsonb(content), Jsonb(lines)))

    async def match(self, message: Message) -> Finish:
        """Match the next chunk of lines; the next message follows in the same transaction."""
        reach("bom.match.before")
        return Finish("select private.match_bom_chunk(%s, %s)", (message.subject_id, MATCH_CHUNK_LINES))

    async def complete(self, message: Message) -> Finish:
        """Count the parts in; over the limit the whole import is refused, with the limit as its reason."""
        reach("bom.complete.before")
        try:
            await self._database.value("select private.complete_bom_import(%s)", (message.subject_id,))
        except psycopg.Error as error:
            if error.sqlstate != "PT402":
                raise
            return _failed(
                message,
                {
                    "code": error.diag.message_primary,
                    "message": "The plan's limit of components would be exceeded; nothing was imported.",
                    "details": json.loads(error.diag.message_detail or "null"),
                    "hint": "Upgrade the plan or remove components, then resume the BOM (rpc/resume_bom).",
                },
            )
        reach("bom.complete.after")
        return Finish()

    async def release(self, message: Message) -> Finish:
        """Remove a file that no BOM has any more."""
        organization_id = uuid.UUID(message.body["organization_id"])
        file = (organization_id, message.subject_id)
        async with self._database.transaction() as connection:
            await connection.execute("select private.lock_file(%s, %s)", file)
            used = await (await connection.execute("select private.is_file_used(%s, %s) as is_used", file)).fetchone()
            if used is not None and not used["is_used"]:
                self._files.remove(organization_id, message.subject_id)
        return Finish()


def give_up(message: Message, _: str) -> Finish:
    """What a BOM says when its message is given up: the fault is ours, and the dead letter has the rest."""
    if message.type == "file.released":
        return Finish()
    return _failed(
        message,
        {
            "code": "import_failed",
            "message": "The import failed for a reason on our side.",
            "details": None,
            "hint": f"Resume the BOM (rpc/resume_bom) or tell support the correlation id {message.correlation_id}.",
        },
    )


def _failed(message: Message, reason: dict[str, object]) -> Finish:
    return Finish("select private.fail_bom_import(%s, %s)", (message.subject_id, Jsonb(reason)))


def _reason(error: BomFileError | FileNotFoundError) -> dict[str, object]:
    if isinstance(error, BomFileError):
        return {"code": error.slug, "message": error.message, "details": error.detail, "hint": error.hint}
    return {
        "code": "bom_file_missing",
        "message": "The stored file is gone.",
        "details": None,
        "hint": "Upload the file again.",
    }
