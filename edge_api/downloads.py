"""What people take away: file names that are safe in a header, and answers that need no memory."""

import asyncio
from collections.abc import AsyncIterator
from tempfile import SpooledTemporaryFile
from urllib.parse import quote

from fastapi.responses import StreamingResponse

BLOCK_BYTES = 256 * 1024
_MAX_NAME_LENGTH = 200
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._()+-")


def plain_name(name: str | None) -> str:
    """A file's name for people: no folders, no control or direction characters; it is never used as a path."""
    last = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(character for character in last if character.isprintable()).strip()[:_MAX_NAME_LENGTH]
    return shown if shown.strip(".") else "bom"


def attachment(name: str) -> dict[str, str]:
    """The headers of a download (RFC 6266): the name for old clients in plain letters, for others as it is."""
    name = plain_name(name)
    simple = "".join(character if character in _PLAIN else "_" for character in name)
    disposition = f"attachment; filename=\"{simple}\"; filename*=UTF-8''{quote(name, safe='')}"
    return {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}


class Download:
    """An answer that is written first and sent then: a slow client holds no database connection."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile[bytes](max_size=4 * BLOCK_BYTES)

    def write(self, content: str) -> None:
        """Add to it."""
        self._file.write(content.encode())

    def close(self) -> None:
        """Give it up."""
        self._file.close()

    def response(self, name: str, media_type: str) -> StreamingResponse:
        """Send it under a name."""
        headers = attachment(name) | {"Content-Length": str(self._file.tell())}
        self._file.seek(0)
        return StreamingResponse(self._blocks(), media_type=media_type, headers=headers)

    async def _blocks(self) -> AsyncIterator[bytes]:
        try:
            while block := await asyncio.to_thread(self._file.read, BLOCK_BYTES):
                yield block
        finally:
            self._file.close()
