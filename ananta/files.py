"""Where uploaded files lie. The key is made of our own ids and the content's hash, never of a name somebody sent."""

import asyncio
import hashlib
import os
import tempfile
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class FileTooLargeError(Exception):
    """The content is larger than allowed."""


@dataclass(frozen=True)
class StoredFile:
    """A stored content: its SHA-256 (lower-case hexadecimal) and its size in bytes."""

    sha256: str
    size: int


class FileStore(Protocol):
    """Content-addressed files of organizations."""

    async def save(self, organization_id: uuid.UUID, content: AsyncIterator[bytes], max_bytes: int) -> StoredFile:
        """Store a content. Raises FileTooLargeError; storing the same content again changes nothing."""
        ...

    def path(self, organization_id: uuid.UUID, sha256: str) -> Path:
        """A local path to read the content from. Raises FileNotFoundError."""
        ...

    def remove(self, organization_id: uuid.UUID, sha256: str) -> None:
        """Remove a content, if it is there."""
        ...


class LocalFiles:
    """Files in a folder of this machine: the store of the embedded run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def save(self, organization_id: uuid.UUID, content: AsyncIterator[bytes], max_bytes: int) -> StoredFile:
        """Write to a temporary file, sync it, then give it its name: a crash leaves no half file under a real name."""
        folder = self._folder / str(organization_id)
        folder.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=".upload-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                async for block in content:
                    size += len(block)
                    if size > max_bytes:
                        raise FileTooLargeError
                    digest.update(block)
                    file.write(block)
                file.flush()
                os.fsync(file.fileno())
            await asyncio.to_thread(os.replace, name, folder / digest.hexdigest())
        finally:
            await asyncio.to_thread(Path(name).unlink, missing_ok=True)
        return StoredFile(digest.hexdigest(), size)

    def path(self, organization_id: uuid.UUID, sha256: str) -> Path:
        """The file's own path."""
        path = self._place(organization_id, sha256)
        if not path.is_file():
            raise FileNotFoundError(sha256)
        return path

    def remove(self, organization_id: uuid.UUID, sha256: str) -> None:
        """Unlink the file."""
        self._place(organization_id, sha256).unlink(missing_ok=True)

    def _place(self, organization_id: uuid.UUID, sha256: str) -> Path:
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError("not a SHA-256")
        return self._folder / str(uuid.UUID(str(organization_id))) / sha256
