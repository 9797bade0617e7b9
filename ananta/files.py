"""Where uploaded files lie. The key is made of our own ids and the content's hash, never of a name somebody sent."""

import asyncio
import contextlib
import hashlib
import os
import re
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

_UNFINISHED = ".upload-"
_SHA256 = re.compile(r"[0-9a-f]{64}")


class FileTooLargeError(Exception):
    """The content is larger than allowed."""


@dataclass(frozen=True)
class StagedFile:
    """A content on its way in, not yet under its name: SHA-256 (lower-case hexadecimal), size in bytes, where it is."""

    organization_id: uuid.UUID
    sha256: str
    size: int
    path: Path


@dataclass(frozen=True)
class StoredContent:
    """A content as the store has it, and when it came (seconds since 1970)."""

    organization_id: uuid.UUID
    sha256: str
    stored_at: float


class FileStore(Protocol):
    """Content-addressed files of organizations."""

    def staged(
        self, organization_id: uuid.UUID, content: AsyncIterator[bytes], max_bytes: int
    ) -> AbstractAsyncContextManager[StagedFile]:
        """A content written down; gone at the end unless it was placed. Raises FileTooLargeError."""
        ...

    async def place(self, staged: StagedFile) -> None:
        """Give a content its name, for good; a repetition changes nothing."""
        ...

    def path(self, organization_id: uuid.UUID, sha256: str) -> Path:
        """A local path to read the content from. Raises FileNotFoundError."""
        ...

    def remove(self, organization_id: uuid.UUID, sha256: str) -> None:
        """Remove a content, if it is there."""
        ...

    def contents(self) -> Iterator[StoredContent]:
        """Everything that is stored."""
        ...

    def remove_litter(self, before: float) -> int:
        """Remove what dead uploads left before a time, and empty folders; how much that was."""
        ...


class LocalFiles:
    """Files in a folder of this machine, one folder an organization: the store of the embedded run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @asynccontextmanager
    async def staged(
        self, organization_id: uuid.UUID, content: AsyncIterator[bytes], max_bytes: int
    ) -> AsyncIterator[StagedFile]:
        """A temporary file in the organization's folder, synced: a crash leaves no half file under a real name."""
        descriptor, name = self._open(self._folder / str(organization_id))
        digest, size = hashlib.sha256(), 0
        try:
            with os.fdopen(descriptor, "wb") as file:
                async for block in content:
                    size += len(block)
                    if size > max_bytes:
                        raise FileTooLargeError
                    digest.update(block)
                    file.write(block)
                file.flush()
                await asyncio.to_thread(os.fsync, file.fileno())
            yield StagedFile(organization_id, digest.hexdigest(), size, Path(name))
        finally:
            await asyncio.to_thread(Path(name).unlink, missing_ok=True)

    def _open(self, folder: Path) -> tuple[int, str]:
        for _ in range(10):  # remove_litter may take the empty folder away between the two calls
            folder.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):
                return tempfile.mkstemp(dir=folder, prefix=_UNFINISHED)
        raise FileNotFoundError(folder)

    async def place(self, staged: StagedFile) -> None:
        """Rename, and sync the folder: who reads its row in the database finds the file, also after a power cut."""
        await asyncio.to_thread(self._rename, staged.path, self._place(staged.organization_id, staged.sha256))

    def _rename(self, source: Path, target: Path) -> None:
        source.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def path(self, organization_id: uuid.UUID, sha256: str) -> Path:
        """The file's own path."""
        path = self._place(organization_id, sha256)
        if not path.is_file():
            raise FileNotFoundError(sha256)
        return path

    def remove(self, organization_id: uuid.UUID, sha256: str) -> None:
        """Unlink the file."""
        self._place(organization_id, sha256).unlink(missing_ok=True)

    def contents(self) -> Iterator[StoredContent]:
        """Regular files named as we name them; links, and what else somebody put there, are not ours."""
        for organization_id, folder in self._folders():
            for entry in _entries(folder):
                if _SHA256.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                    with contextlib.suppress(FileNotFoundError):
                        stored_at = entry.stat(follow_symlinks=False).st_mtime
                        yield StoredContent(organization_id, entry.name, stored_at)

    def remove_litter(self, before: float) -> int:
        """Temporary files nobody has written to since, then the folders that are empty."""
        count = 0
        for _, folder in self._folders():
            for entry in _entries(folder):
                with contextlib.suppress(FileNotFoundError):
                    is_ours = entry.name.startswith(_UNFINISHED) and entry.is_file(follow_symlinks=False)
                    if is_ours and entry.stat(follow_symlinks=False).st_mtime < before:
                        Path(entry.path).unlink()
                        count += 1
            with contextlib.suppress(OSError):  # not empty
                folder.rmdir()
                count += 1
        return count

    def _folders(self) -> Iterator[tuple[uuid.UUID, Path]]:
        for entry in _entries(self._folder):
            with contextlib.suppress(ValueError):
                organization_id = uuid.UUID(entry.name)
                if entry.name == str(organization_id) and entry.is_dir(follow_symlinks=False):
                    yield organization_id, Path(entry.path)

    def _place(self, organization_id: uuid.UUID, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise ValueError("not a SHA-256")
        return self._folder / str(uuid.UUID(str(organization_id))) / sha256


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError:
        return []
