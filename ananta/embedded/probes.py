"""Ways to know that a process is ready: it does what it is for."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from ananta.embedded.log_files import aside

Probe = Callable[[], Awaitable[bool]]

_PROBE_SECONDS = 2.0


def http_ok(port: int, path: str) -> Probe:
    """Ready when ``GET path`` on the loopback port answers 200."""

    async def probe() -> bool:
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                return await _status(port, path) == 200
        except (OSError, TimeoutError, ValueError):
            return False

    return probe


async def _status(port: int, path: str) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode("ascii"))
        await writer.drain()
        status_line = await reader.readline()
        return int(status_line.split()[1]) if status_line.startswith(b"HTTP/") else 0
    finally:
        writer.close()


def all_of(*probes: Probe) -> Probe:
    """Ready when every one is."""

    async def probe() -> bool:
        for one in probes:
            if not await one():
                return False
        return True

    return probe


def answers_query(dsn: str) -> Probe:
    """Ready when the database answers a query."""
    import psycopg

    async def probe() -> bool:
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                async with await psycopg.AsyncConnection.connect(dsn) as connection:
                    await connection.execute("select 1")
                    return True
        except (psycopg.Error, OSError, TimeoutError):
            return False

    return probe


def calls(is_ready: Callable[[], bool]) -> Probe:
    """Ready when a quick function says so."""

    async def probe() -> bool:
        return is_ready()

    return probe


def log_says(log_file: Path, text: str) -> Callable[[], Probe]:
    """Makes, at each start, a probe that is ready when ``text`` was written to the log since then."""

    def begin() -> Probe:
        offset = log_file.stat().st_size if log_file.exists() else 0

        async def probe() -> bool:
            try:
                return text.encode() in _since(log_file, offset)
            except OSError:
                return False

        return probe

    return begin


def _since(log_file: Path, offset: int) -> bytes:
    """What was written after ``offset``, also where the log was put aside meanwhile."""
    content = log_file.read_bytes()
    if len(content) >= offset:
        return content[offset:]
    return aside(log_file).read_bytes()[offset:] + content


def always(probe: Probe) -> Callable[[], Probe]:
    """The same probe at each start."""
    return lambda: probe
