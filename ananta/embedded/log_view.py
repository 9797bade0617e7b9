"""The logs of the services, one after another or as they grow."""

import time
from collections import deque
from collections.abc import Iterable
from pathlib import Path

import typer

from ananta.embedded.errors import EmbeddedError
from ananta.embedded.log_files import aside

_PAUSE = 0.25


def show(folder: Path, service: str | None, lines: int, *, follow: bool) -> None:
    """Print the last lines of one log or of all, and with ``follow`` what is added."""
    files = _files(folder, service)
    width = max((len(path.stem) for path in files), default=0)
    offsets = {path: path.stat().st_size for path in files}
    for path, size in offsets.items():
        shown = _last(path, lines, size)
        older = _last(aside(path), lines - len(shown)) if len(shown) < lines else ()
        _print(path, [*older, *shown], 0 if service else width)
    if follow:
        _follow(folder, service, offsets, 0 if service else width)


def _files(folder: Path, service: str | None) -> list[Path]:
    files = sorted(folder.glob("*.log"))
    if service is None:
        return files
    found = [path for path in files if path.stem == service]
    if not found:
        known = ", ".join(path.stem for path in files) or "none yet"
        raise EmbeddedError(f"no log of a service named {service}", f"there are: {known}")
    return found


def _last(path: Path, lines: int, size: int = -1) -> deque[str]:
    try:
        with path.open("rb") as log:
            return deque(log.read(size).decode("utf-8", errors="replace").splitlines(), maxlen=lines)
    except FileNotFoundError:
        return deque()


def _follow(folder: Path, service: str | None, offsets: dict[Path, int], width: int) -> None:
    try:
        while True:
            for path in _files(folder, service):
                offsets[path] = print_from(path, offsets.get(path, 0), width)
            time.sleep(_PAUSE)
    except KeyboardInterrupt:
        return


def print_from(path: Path, offset: int, width: int) -> int:
    """Print whole lines after ``offset``; gives the new offset. Of a log put aside, first what was not yet shown."""
    if path.stat().st_size < offset:
        if aside(path).exists():
            print_from(aside(path), offset, width)
        offset = 0
    with path.open("rb") as log:
        log.seek(offset)
        added = log.read()
    complete = added[: added.rfind(b"\n") + 1]
    _print(path, complete.decode("utf-8", errors="replace").splitlines(), width)
    return offset + len(complete)


def _print(path: Path, lines: Iterable[str], width: int) -> None:
    name = path.name.partition(".")[0]
    for line in lines:
        typer.echo(f"{name:<{width}} | {line}" if width else line)
