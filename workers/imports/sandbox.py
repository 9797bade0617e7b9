"""Reads an untrusted file in a child process with limits, and turns every way it can end into one answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
class ChildResult:
    """What the child made of a file, as JSON text: `ParsedBom` without its lines, and the array of the lines.

    The lines are passed on as they are: reading them again would take the worker as long as writing took the child.
    """

    header_json: str
    lines_json: str


@dataclass(frozen=True, slots=True)
class _Ending:
    """How the child ended."""

    code: int
    output: bytearray
    errors: str


async def parse_in_child(
    path: Path, file_name: str, limits: ParseLimits, options: ParseOptions | None = None
) -> ParsedBom:
    """`read_in_child`, with the result read."""
    result = await read_in_child(path, file_name, limits, options)
    return ParsedBom.from_dict({**json.loads(result.header_json), "lines": json.loads(result.lines_json)})


async def read_in_child(
    path: Path, file_name: str, limits: ParseLimits, options: ParseOptions | None = None
) -> ChildResult:
    """Reads a file in a process of its own, killed with all it started when its time is over.

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
    return await run_child(_CHILD, path.absolute(), file_name, limits, options)  # noqa: ASYNC240


async def run_child(
    command: Sequence[str], path: Path, file_name: str, limits: ParseLimits, options: ParseOptions | None = None
) -> ChildResult:
    """Runs the command that reads the request; `read_in_child` with the command to choose."""
    request = Request(str(path), file_name, limits, options or ParseOptions())
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
    try:
        async with asyncio.timeout(limits.seconds):
            ending = await _converse(process, request.to_json())
    except TimeoutError:
        raise _timeout(limits) from None
    finally:
        await _end(process)
    return _answer(ending, limits)


def _environment() -> dict[str, str]:
    """All the child knows of its surroundings."""
    return {
        "PATH": os.defpath,
        "PYTHONPATH": str(_ROOT),
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


async def _read(stream: asyncio.StreamReader | None, limit: int, on_overflow: Callable[[], None]) -> bytearray | None:
    """Reads to the end, so that the writer never waits; None where there was more than the limit."""
    kept: bytearray | None = bytearray()
    while stream is not None and (part := await stream.read(_PIECE_BYTES)):
        if kept is not None:
            kept += part
            if len(kept) > limit:
                kept = None
                on_overflow()
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


def _answer(ending: _Ending, limits: ParseLimits) -> ChildResult:
    if ending.code == 0:
        with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return _result(ending.output)
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


def _result(output: bytearray) -> ChildResult:
    """What the child announced and wrote. Errors: BomFileError as it says; ValueError and others for nonsense."""
    start = output.index(b"\n") + 1
    kind, *sizes = bytes(output[: min(start, 80)]).split()
    first, *rest = (int(size) for size in sizes)
    whole = memoryview(output)[start:]
    if kind == b"error" and first == len(whole):
        raise _error(json.loads(bytes(whole)))
    if kind != b"bom" or [len(whole) - first] != rest:
        raise ValueError(kind)
    result = ChildResult(str(whole[:first], "utf-8"), str(whole[first:], "utf-8"))
    ParsedBom.from_dict({**json.loads(result.header_json), "lines": []})
    if (result.lines_json[:1], result.lines_json[-1:]) != ("[", "]") or "\0" in result.lines_json:
        raise ValueError(result.lines_json[:20])
    return result


def _error(said: dict[str, Any]) -> BomFileError:
    if said["slug"] not in SLUGS or not all(isinstance(said[name], str) for name in ("message", "detail", "hint")):
        raise ValueError(said)
    return BomFileError(**said)


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
