"""Parses an untrusted file in a child process with limits, and turns every way it can end into one answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from workers.imports.child import EXIT_OUT_OF_MEMORY
from workers.imports.model import BomFileError, ParsedBom, ParseLimits

MAX_RESULT_BYTES = 256 * 1024 * 1024
_MAX_STDERR_BYTES = 16 * 1024
_ROOT = Path(__file__).resolve().parents[2]
_CHILD = (sys.executable, "-s", "-m", "workers.imports.child")
_ALLOCATION_FAILED = ("memory allocation of", "MemoryError", "Cannot allocate memory", "failed to map segment")


@dataclass(frozen=True, slots=True)
class _Ending:
    """How the child ended."""

    code: int
    output: bytes
    errors: str


async def parse_in_child(path: Path, file_name: str, limits: ParseLimits) -> ParsedBom:
    """Parses a file in a process of its own, killed with all it started when its time is over.

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
    return await run_child(_CHILD, path, file_name, limits)


async def run_child(command: Sequence[str], path: Path, file_name: str, limits: ParseLimits) -> ParsedBom:
    """Runs the command that reads the request; `parse_in_child` with the command to choose."""
    request = _request(path, file_name, limits)
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=_ROOT,
        env=_environment(),
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(limits.seconds):
            ending = await _converse(process, request)
    except TimeoutError:
        raise _timeout(limits) from None
    finally:
        await _end(process)
    return _answer(ending, limits)


def _request(path: Path, file_name: str, limits: ParseLimits) -> bytes:
    request = {
        "path": str(path.absolute()),
        "file_name": file_name,
        "max_lines": limits.max_lines,
        "memory_bytes": limits.memory_bytes,
        "cpu_seconds": math.ceil(limits.seconds),
    }
    return json.dumps(request).encode()


def _environment() -> dict[str, str]:
    """All the child knows of its surroundings."""
    return {
        "PATH": os.defpath,
        "PYTHONPATH": str(_ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "LC_ALL": "C.UTF-8",
    }


async def _converse(process: asyncio.subprocess.Process, request: bytes) -> _Ending:
    output, errors, _ = await asyncio.gather(
        _read(process.stdout, MAX_RESULT_BYTES, lambda: _signal(process)),
        _read(process.stderr, _MAX_STDERR_BYTES, lambda: None),
        _send(process.stdin, request),
    )
    if output is None:
        raise BomFileError(
            "bom_too_large",
            "What the file holds is too much to be stored.",
            f"more than {MAX_RESULT_BYTES} bytes when read",
            "Split the file into several BOMs.",
        )
    return _Ending(await process.wait(), output, (errors or b"").decode("utf-8", "replace"))


async def _send(stream: asyncio.StreamWriter | None, request: bytes) -> None:
    if stream is None:
        return
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        stream.write(request)
        await stream.drain()
    stream.close()


async def _read(stream: asyncio.StreamReader | None, limit: int, on_overflow: Callable[[], None]) -> bytes | None:
    """Reads to the end, so that the writer never waits; None where there was more than the limit."""
    parts: list[bytes] | None = []
    size = 0
    while stream is not None and (part := await stream.read(256 * 1024)):
        size += len(part)
        if parts is not None and size > limit:
            parts = None
            on_overflow()
        if parts is not None:
            parts.append(part)
    return None if parts is None else b"".join(parts)


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


def _answer(ending: _Ending, limits: ParseLimits) -> ParsedBom:
    if ending.code == 0:
        with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError, RecursionError):
            result = json.loads(ending.output)
            if error := result.get("error"):
                raise BomFileError(**error)
            return ParsedBom.from_dict(result["bom"])
    if ending.code == -signal.SIGXCPU:
        raise _timeout(limits)
    if ending.code in (EXIT_OUT_OF_MEMORY, -signal.SIGKILL) or any(t in ending.errors for t in _ALLOCATION_FAILED):
        raise BomFileError(
            "bom_parse_out_of_memory",
            f"Reading the file took more than {limits.memory_bytes // 1024 // 1024} MiB of memory.",
            _ended(ending),
            "Delete stray cells far to the right or below, keep only the sheet with the parts, or save it as CSV.",
        )
    raise BomFileError(
        "bom_damaged",
        "The file could not be read: the reader stopped without an answer.",
        _ended(ending),
        "Open the file in a spreadsheet program, save it again as .xlsx or .csv, and upload that.",
    )


def _ended(ending: _Ending) -> str:
    if ending.code < 0:
        return f"the reading process ended by signal {-ending.code}"
    return f"the reading process ended with code {ending.code} and {len(ending.output)} bytes of output"


def _timeout(limits: ParseLimits) -> BomFileError:
    return BomFileError(
        "bom_parse_timeout",
        f"Reading the file took longer than {limits.seconds:g} seconds.",
        f"limit {limits.seconds:g} s",
        "Split the file, or save only the sheet with the parts list as CSV.",
    )
