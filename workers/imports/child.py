"""The process that reads one untrusted file: request by stdin, result by stdout, then it ends.

Run as `python -m workers.imports.child`. Its limits are set before anything of the file is read, and it holds no
secrets: what a hostile file could reach in here is this process only.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path

EXIT_OUT_OF_MEMORY = 77
_OPEN_FILES = 32


def main() -> int:
    """Reads the request, parses the file, writes the result."""
    request = json.load(sys.stdin.buffer)
    set_limits(int(request["memory_bytes"]), int(request["cpu_seconds"]))
    try:
        return _parse(request)
    except MemoryError:
        return EXIT_OUT_OF_MEMORY


def set_limits(memory_bytes: int, cpu_seconds: int) -> None:
    """No more memory and time than granted, no files written, no core dumps."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def _parse(request: dict[str, str]) -> int:
    from workers.imports.model import BomFileError
    from workers.imports.parser import parse_file

    try:
        bom = parse_file(Path(request["path"]), request["file_name"], max_lines=int(request["max_lines"]))
        _write(b'{"bom":', bom.to_json().encode(), b"}")
    except BomFileError as error:
        _write(json.dumps({"error": error.to_dict()}).encode())
    return 0


def _write(*parts: bytes) -> None:
    for part in parts:
        rest = memoryview(part)
        while rest:
            rest = rest[os.write(1, rest) :]


if __name__ == "__main__":
    sys.exit(main())
