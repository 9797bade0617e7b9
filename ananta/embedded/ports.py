"""Loopback ports of the embedded run: chosen once, and kept as long as they are free."""

import json
from collections.abc import Sequence
from pathlib import Path

from ananta.embedded import processes
from ananta.embedded.credentials import write_private
from ananta.embedded.errors import EmbeddedError

DEFAULT_GATEWAY_PORT = 27500
FILE_NAME = "ports.json"


def check_gateway_port(port: int) -> None:
    """Refuse a port that another program listens on, before anything starts."""
    if not processes.is_port_free(port):
        raise EmbeddedError(f"port {port} is taken by another program", "choose another one: `bin/ananta up --port N`")


def recorded(state_dir: Path) -> dict[str, int]:
    """The internal ports of the stack that runs."""
    return _stored(state_dir / FILE_NAME)


def choose(state_dir: Path, names: Sequence[str], gateway_port: int) -> dict[str, int]:
    """A port for each name: the one it had before if that is free, else a new one."""
    path = state_dir / FILE_NAME
    ports: dict[str, int] = {}
    for name in names:
        taken = {*ports.values(), gateway_port}
        before = _stored(path).get(name)
        if before is not None and before not in taken and processes.is_port_free(before):
            ports[name] = before
        else:
            ports[name] = processes.free_port(taken)
    write_private(path, json.dumps(ports, indent=1) + "\n")
    return ports


def _stored(path: Path) -> dict[str, int]:
    try:
        return {str(name): int(port) for name, port in json.loads(path.read_text(encoding="utf-8")).items()}
    except (FileNotFoundError, ValueError, AttributeError):
        return {}
