"""Reads an untrusted file in a child process with limits, and turns every way it can end into one answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ananta.embedded.processes import bound_command
from workers.imports.child import EXIT_OUT_OF_MEMORY
from workers.imports.model import SLUGS, BomFileError, ParsedBom, ParseLimits, ParseOptions
from workers.imports.requests import Request

MAX_RESULT_BYTES = 256 * 1024 * 1024
_MAX_STDERR_BYTES = 16 * 1024
_PIECE_BYTES = 256 * 1024
_ROOT = Path(__file__).resolve().parents[2]
_CHILD = (sys.executable, "-s", "-m", "workers.imports.child")
_ALLOCATION_FAILED = ("memory allocation of", "MemoryError", "Cannot allocate memory", "failed to map segment")


@dataclass(frozen=True, slots=True)
class Lines:
    """The next lines of a file as the text of a JSON array, and how many lines the whole file has.

    They are passed on as they are: reading them again would take the worker as long as writing took the child.
    """

    file_count: int
    json: str


Take = Callable[[Lines], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class _Ending:
    """How the child ended: its exit code, the header or the error it gave, if any, and what it wrote to stderr."""

    code: int
    said: str | BomFileError | None
    errors: str


async def parse_in_child(
    path: Path, file_name: str, limits: ParseLimits, options: ParseOptions | None = None
) -> ParsedBom:
    """`read_in_child`, with the result read."""
    lines: list[Any] = []

    async def take(part: Lines) -> bool:
        lines.extend(json.loads(part.json))
        return True

    header = await read_in_child(path, file_name, limits, take, options)
    return ParsedBom.from_dict({**json.loads(header or "{}"), "lines": lines})


async def read_in_child(
    path: Path, file_name: str, limits: ParseLimits, take: Take, options: ParseOptions | None = None
) -> str | None:
    """Reads a file in a process of its own, killed with all it started when its time is over.

    `take` gets the lines while the child makes further ones; it says whether to go on. The result is `ParsedBom`
    without its lines, as JSON text; None where `take` wanted no more. Lines count only once there is a result.
    Errors: BomFileError for whatever the file does; OSError when the path cannot be read at all.
    """
    size = path.stat().st_size  # noqa: ASYNC240
    if size > limits.max_bytes:
        raise BomFileError(
            "bom_too_large",
            f"The file has {size} bytes; {limits.max_bytes} are allowed.",
            f"{size} > {limits.max_bytes}",
            "Keep only the sheet with the parts list, without pictures, or save it as CSV.",
        )
    request = Request(str(path.absolute()), file_name, limits, options or ParseOptions())  # noqa: ASYNC240
    return await run_child(bound_command([*_CHILD]), request, take)  # it has a session of its own, and ends with us


async def run_child(command: Sequence[str], request: Request, take: Take) -> str | None:
    """Runs the command that reads the request; `read_in_child` with the command to choose."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=_ROOT,
        env=_environment(),
        start_new_session=True,
        limit=_PIECE_BYTES,
    )
    parts: asyncio.Queue[Lines | None] = asyncio.Queue()
    listening = asyncio.create_task(_listen(process, request, parts))
    try:
        while (part := await parts.get()) is not None:
            if not await take(part):
                return None
        return _answer(await listening, request.limits)
    finally:
        listening.cancel()
        await _end(process)
        await asyncio.gather(listening, return_exceptions=True)


def _environment() -> dict[str, str]:
    """All the child knows of its surroundings."""
    return {
        "PATH": os.defpath,
        "PYTHONPATH": str(_ROOT),
        "PYTHONUTF8": "1",
        "LC_ALL": "C.UTF-8",
    }


async def _listen(process: asyncio.subprocess.Process, request: Request, parts: asyncio.Queue[Lines | None]) -> _Ending:
    """All that the child says; its time is its own, however long the lines take to be taken."""
    try:
        async with asyncio.timeout(request.limits.seconds):
            said, errors, _ = await asyncio.gather(
                _hear(process, parts), _read_errors(process.stderr), _send(process.stdin, request.to_json())
            )
            return _Ending(await process.wait(), said, errors.decode("utf-8", "replace"))
    except TimeoutError:
        raise _timeout(request.limits) from None
    finally:
        parts.put_nowait(None)


async def _hear(process: asyncio.subprocess.Process, parts: asyncio.Queue[Lines | None]) -> str | BomFileError | None:
    """The header or the error at the end of what the child says; None where it broke off."""
    stream, total = process.stdout, 0
    try:
        while stream is not None and (words := (await stream.readline()).split()):
            kind, numbers = words[0], [int(word) for word in words[1:]]
            total += numbers[-1]
            if numbers[-1] < 0 or total > MAX_RESULT_BYTES:
                raise _too_large() if total > 0 else ValueError(numbers)
            text = str(await stream.readexactly(numbers[-1]), "utf-8")
            if kind == b"lines":
                parts.put_nowait(_lines(numbers, text))
            else:
                return await _last(kind, text, stream)
    except asyncio.IncompleteReadError:
        return None
    except BomFileError as error:
        _signal(process)
        return error
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        _signal(process)
        return _no_answer("what the reading process wrote is no result")
    return None


def _lines(numbers: Sequence[int], text: str) -> Lines:
    file_count, _ = numbers
    if (text[:2], text[-2:]) != ("[{", "}]") or "\0" in text or file_count < 1:
        raise ValueError(text[:20])
    return Lines(file_count, text)


async def _last(kind: bytes, text: str, stream: asyncio.StreamReader) -> str:
    """The header, with which everything is said. Errors: BomFileError as the child says it; others for nonsense."""
    content = json.loads(text)
    if kind == b"error":
        raise _error(content)
    if kind != b"bom" or await stream.read(1):
        raise ValueError(kind)
    ParsedBom.from_dict({**content, "lines": []})
    return text


async def _send(stream: asyncio.StreamWriter | None, request: bytes) -> None:
    if stream is None:
        return
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        stream.write(request)
        await stream.drain()
    stream.close()


async def _read_errors(stream: asyncio.StreamReader | None) -> bytes:
    """Reads to the end, so that the writer never waits, and keeps the beginning."""
    kept = b""
    while stream is not None and (part := await stream.read(_PIECE_BYTES)):
        kept = (kept + part)[:_MAX_STDERR_BYTES]
    return kept


def _signal(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ends the child and its group, closes the pipes (a full one nobody reads would be waited for), and waits."""
    _signal(process)
    transport = getattr(process, "_transport", None)
    if transport is not None:
        transport.close()
    await process.wait()


def _answer(ending: _Ending, limits: ParseLimits) -> str:
    if isinstance(ending.said, BomFileError):
        raise ending.said
    if ending.code == 0 and ending.said is not None:
        return ending.said
    if ending.code == -signal.SIGXCPU:
        raise _timeout(limits)
    if ending.code in (EXIT_OUT_OF_MEMORY, -signal.SIGKILL) or any(t in ending.errors for t in _ALLOCATION_FAILED):
        raise BomFileError(
            "bom_parse_out_of_memory",
            f"Reading the file took more than {limits.memory_bytes // 1024 // 1024} MiB of memory.",
            _ended(ending),
            "Delete stray cells far to the right or below, keep only the sheet with the parts, or save it as CSV.",
        )
    raise _no_answer(_ended(ending))


def _error(said: dict[str, Any]) -> BomFileError:
    if said["slug"] not in SLUGS or not all(isinstance(said[name], str) for name in ("message", "detail", "hint")):
        raise ValueError(said)
    return BomFileError(**said)


def _ended(ending: _Ending) -> str:
    if ending.code < 0:
        return f"the reading process ended by signal {-ending.code}"
    return f"the reading process ended with code {ending.code} and {'a' if ending.said else 'no'} result"


def _no_answer(detail: str) -> BomFileError:
    return BomFileError(
        "bom_damaged",
        "The file could not be read: the reader stopped without an answer.",
        detail,
        "Open the file in a spreadsheet program, save it again as .xlsx or .csv, and upload that.",
    )


def _too_large() -> BomFileError:
    return BomFileError(
        "bom_too_large",
        "What the file holds is too much to be stored.",
        f"more than {MAX_RESULT_BYTES} bytes when read",
        "Split the file into several BOMs.",
    )


def _timeout(limits: ParseLimits) -> BomFileError:
    return BomFileError(
        "bom_parse_timeout",
        f"Reading the file took longer than {limits.seconds:g} seconds.",
        f"limit {limits.seconds:g} s",
        "Split the file, or save only the sheet with the parts list as CSV.",
    )
