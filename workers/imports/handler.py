"""Queue ``bom_imports``: from a stored file to matched lines. Parsing is here, everything else is SQL."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from psycopg.types.json import Jsonb

from ananta.files import FileStore
from workers.database import WorkerDatabase
from workers.failpoints import reach
from workers.files.orphans import remove_unused
from workers.imports.model import BomFileError, ParseLimits
from workers.imports.requests import options_of
from workers.imports.sandbox import Lines, read_in_child
from workers.messages import Finish, Message

MATCH_CHUNK_LINES = 2000
SUGGEST_CHUNK_LINES = 500  # some five seconds in a catalogue of 200,000 parts


class BomImports:
    """The messages of an import."""

    def __init__(self, database: WorkerDatabase, files: FileStore, limits: ParseLimits) -> None:
        self._database = database
        self._files = files
        self._limits = limits
        self._handlers: dict[str, Callable[[Message], Awaitable[Finish]]] = {
            "bom.uploaded": self.parse,
            "bom.parsed": self.match,
            "bom.completed": self.suggest,
            "file.released": self.release,
        }

    async def handle(self, message: Message) -> Finish:
        """Hand a message to its own step."""
        return await self._handlers[message.type](message)

    async def parse(self, message: Message) -> Finish:
        """Read the file in a child process, and put its lines in as they come; all of them stay, or none."""
        query = "select * from private.start_bom_import(%s, %s)"
        row = await self._database.row(query, (message.subject_id, _run(message)))
        if row is None:
            return Finish()

        last: int | None = 0

        async def take(part: Lines) -> bool:
            nonlocal last
            reach("bom.lines.before")
            query = "select private.take_bom_lines(%s, %s, %s, %s, %s)"
            parameters = (message.subject_id, _run(message), part.file_count, (last or 0) + 1, part.json)
            last = await self._database.value(query, parameters)
            return last is not None

        reach("bom.parse.before")
        try:
            path = self._files.path(row["organization_id"], row["file_sha256"])
            options = options_of({"mapping": row["mapping"], "remembered": row["remembered"]})
            header = await read_in_child(path, row["file_name"], self._limits, take, options)
        except (BomFileError, FileNotFoundError) as error:
            return _failed(message, _reason(error))
        if header is None:
            return Finish()
        reach("bom.parse.after")
        query = "select private.finish_bom_lines(%s, %s, %s)"
        return Finish(query, (message.subject_id, _run(message), header))

    async def match(self, message: Message) -> Finish:
        """Match the next lines of a BOM whose review is over; what follows is enqueued in the same transaction."""
        reach("bom.match.before")
        parameters = (message.subject_id, _run(message), MATCH_CHUNK_LINES)
        return Finish("select private.match_bom_chunk(%s, %s, %s)", parameters)

    async def suggest(self, message: Message) -> Finish:
        """Look for similar numbers for the next lines without a match."""
        reach("bom.suggest.before")
        after = message.body.get("after", 0)
        parameters = (message.subject_id, _run(message), after, SUGGEST_CHUNK_LINES)
        return Finish("select private.suggest_bom_chunk(%s, %s, %s, %s)", parameters)

    async def release(self, message: Message) -> Finish:
        """Remove a file that no BOM has any more."""
        organization_id = uuid.UUID(message.body["organization_id"])
        await remove_unused(self._database, self._files, organization_id, message.subject_id)
        return Finish()


def give_up(message: Message, _: str) -> Finish:
    """What a BOM says when its message is given up: the fault is ours, and the dead letter has the rest."""
    if message.type in {"file.released", "bom.completed"}:
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


def _failed(message: Message, reason: dict[str, Any]) -> Finish:
    return Finish("select private.fail_bom_import(%s, %s, %s)", (message.subject_id, _run(message), Jsonb(reason)))


def _run(message: Message) -> int:
    """The import a message belongs to; those sent before imports were numbered belong to the first."""
    return int(message.body.get("run", 1))


def _reason(error: BomFileError | FileNotFoundError) -> dict[str, Any]:
    if isinstance(error, BomFileError):
        reason = {"code": error.slug, "message": error.message, "details": error.detail, "hint": error.hint}
        return reason | ({"preview": error.preview} if error.preview else {})
    return {
        "code": "bom_file_missing",
        "message": "The stored file is gone.",
        "details": None,
        "hint": "Upload the file again.",
    }
