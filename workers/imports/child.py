"""The process that reads one untrusted file: request by stdin, result by stdout, then it ends.

Run as `python -m workers.imports.child`. Its limits are set before anything of the file is read, and it holds no
secrets: what a hostile file could reach in here is this process only. The result comes in parts, each announced by a
line of its own: `lines <lines in the file> <bytes>` any number of times, then `bom <bytes>` for what there is to say of
the whole; or `error <bytes>` at any time. All parts are JSON.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import re
import resource
import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workers.imports.requests import Request

EXIT_OUT_OF_MEMORY = 77
NICENESS = 10
_LINES_A_PART = 2000
_OPEN_FILES = 32
_ESCAPED_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")


def main() -> int:
    """Reads the request, parses the file, writes the result."""
    from workers.imports import parser, requests  # noqa: F401  # loaded before the limits, which files do not widen

    gc.disable()  # a third of the time of a long file; nothing of what is read forms cycles
    request_json = sys.stdin.buffer.read()
    try:
        return _run(request_json)
    except MemoryError:
        return EXIT_OUT_OF_MEMORY


def set_limits(memory_bytes: int, cpu_seconds: int) -> None:
    """No more memory and time than granted, no files written, no processes started, no core dumps.

    It gives way to the worker and to other imports (niceness), and it is the one to go when the machine runs out of
    memory.
    """
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    os.nice(NICENESS)
    for what, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES, _OPEN_FILES),
        (resource.RLIMIT_NPROC, 0, 0),
        (resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + 1),
        (resource.RLIMIT_AS, memory_bytes, memory_bytes),
    ):
        resource.setrlimit(what, (soft, hard))


def _run(request_json: bytes) -> int:
    from workers.imports.model import BomFileError
    from workers.imports.requests import Request

    try:
        request = Request.from_json(request_json)
        set_limits(request.limits.memory_bytes, request.cpu_seconds)
        _read(request)
    except BomFileError as error:
        _write("error", json.dumps(error.to_dict()))
    return 0


def _read(request: Request) -> None:
    from workers.imports.model import lines_json
    from workers.imports.parser import open_bytes

    data = Path(request.path).read_bytes()
    bom = open_bytes(data, request.file_name, request.limits, request.options)
    lines = iter(bom.lines)
    while part := list(islice(lines, _LINES_A_PART)):
        _write(f"lines {len(bom.lines)}", lines_json(part))
    _write("bom", json.dumps(bom.without_lines().header(), ensure_ascii=False, separators=(",", ":")))


def storable(text: str) -> bytes:
    """JSON text as a database stores it: without NUL characters and halves of surrogate pairs."""
    data = text.encode("utf-8", "replace")
    return _ESCAPED_NUL.sub(rb"\1", data) if b"\\u0000" in data else data


def _write(announcement: str, text: str) -> None:
    """One part; the reader knows by its announcement whether all of it has come."""
    data = storable(text)
    for part in (f"{announcement} {len(data)}\n".encode(), data):
        rest = memoryview(part)
        while rest:
            rest = rest[os.write(1, rest) :]


if __name__ == "__main__":
    sys.exit(main())
