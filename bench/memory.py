"""The most memory that the child which parses one file ever held."""

import asyncio
import os
import sys
from pathlib import Path

from ananta.settings import ROOT
from workers.imports.model import ParseLimits, ParseOptions
from workers.imports.requests import Request


def peak_rss(path: Path, limits: ParseLimits) -> tuple[int, float]:
    """Peak resident bytes, and the seconds it took."""
    request = Request(str(path), path.name, limits, ParseOptions()).to_json()
    reading, writing = os.pipe()
    output = os.open(os.devnull, os.O_WRONLY)
    child = os.posix_spawn(
        sys.executable,
        [sys.executable, "-s", "-m", "workers.imports.child"],
        {"PATH": os.defpath, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        file_actions=[
            (os.POSIX_SPAWN_DUP2, reading, 0), (os.POSIX_SPAWN_DUP2, output, 1), (os.POSIX_SPAWN_CLOSE, writing),
        ],
    )  # fmt: skip
    os.close(reading)
    os.close(output)
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(request)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{path.name}: the child ended with status {status}")
    return usage.ru_maxrss * 1024, usage.ru_utime + usage.ru_stime


async def peak_memory(path: Path, limits: ParseLimits) -> tuple[int, float]:
    """`peak_rss`, while other work goes on."""
    return await asyncio.to_thread(peak_rss, path, limits)
