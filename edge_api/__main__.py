"""``python -m edge_api control|app|gateway``: one process, one or more listeners."""

import asyncio
import contextlib
import importlib
import signal
import socket
import sys
from collections.abc import Generator, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import structlog
import uvicorn

from ananta import metrics, traces
from ananta.logs import configure_logging
from ananta.settings import Plane, Process, Settings
from ananta.settings_loading import load

if TYPE_CHECKING:
    from starlette.applications import Starlette

_GATEWAY = "edge_api.gateway.proxy"
_MODULES = {
    "control": ("edge_api.control", "edge_api.control"),
    "app": ("edge_api.app", "edge_api.cns", "edge_api.summary"),
    "gateway": (_GATEWAY,),
}
_PROCESSES = {"control": Process.EDGE_CONTROL, "app": Process.EDGE_APP, "gateway": Process.GATEWAY}
_DEFAULT_LISTENERS = {
    "control": "127.0.0.1:14000,127.0.0.1:14001",
    "app": "127.0.0.1:27510,127.0.0.1:27021,127.0.0.1:27520",
    "gateway": "127.0.0.1:27500",
}
_GRACE_SECONDS = 10

log = structlog.get_logger()


class _Server(uvicorn.Server):
    """A server that leaves the signals to the process, which has several."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def main(arguments: Sequence[str]) -> int:
    """Serve until SIGTERM or Ctrl-C; 0 after an orderly stop."""
    if len(arguments) != 1 or arguments[0] not in _MODULES:
        sys.stderr.write(f"usage: python -m edge_api {'|'.join(_MODULES)}\n")
        return 2
    name = arguments[0]
    configure_logging()
    settings = load(_PROCESSES[name])
    sockets = _sockets(name, settings)
    traces.configure(settings, _PROCESSES[name])
    servers: dict[uvicorn.Server, list[socket.socket]] = {
        _Server(_config(_app(module, settings), module)): found for module, found in sockets.items()
    }
    metrics.serve(settings.metrics_listen, *_plane_collectors(name, settings))
    with asyncio.Runner(loop_factory=next(iter(servers)).config.get_loop_factory()) as runner:
        return runner.run(_serve(servers))


def _sockets(name: str, settings: Settings) -> dict[str, list[socket.socket]]:
    """The listeners of each module, in the order of the addresses."""
    listeners = (settings.listen or _DEFAULT_LISTENERS[name]).split(",")
    sockets: dict[str, list[socket.socket]] = {}
    for module, listener in zip(_MODULES[name], listeners, strict=False):
        sockets.setdefault(module, []).append(_bind(listener))
    return sockets


def _bind(listener: str) -> socket.socket:
    host, _, port = listener.strip().rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Event loops turn off the delay of small packets only where the protocol is named: 40 ms an answer otherwise.
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        found.bind((host.strip("[]"), int(port)))
    except OSError as error:
        sys.exit(f"cannot listen on {listener}: {error.strerror}")
    return found


def _app(module: str, settings: Settings) -> "Starlette":
    made: Starlette = importlib.import_module(module).create_app(settings)
    return made


def _plane_collectors(name: str, settings: Settings) -> list[metrics.PlaneCollector]:
    """An edge also tells of its plane's queues and database."""
    urls = {"control": settings.control_edge_database_url, "app": settings.app_edge_database_url}
    return [metrics.PlaneCollector(Plane(name), url.get_secret_value())] if (url := urls.get(name)) else []


def _config(app: "Starlette", module: str) -> uvicorn.Config:
    """The gateway believes nobody about who called; the edges believe the gateway, which is on this machine."""
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=module != _GATEWAY,
        forwarded_allow_ips="127.0.0.1",
        lifespan="on",
        ws="none",
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


async def _serve(servers: Mapping[uvicorn.Server, list[socket.socket]]) -> int:
    """Serve until a signal, or until one server ends: then the others end too."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _stop, servers)
    tasks = [asyncio.create_task(server.serve(sockets=sockets)) for server, sockets in servers.items()]
    for address in (found.getsockname() for sockets in servers.values() for found in sockets):
        log.info("listening", host=address[0], port=address[1])
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for server in servers:
        server.should_exit = True
    await asyncio.gather(*tasks)
    return 0 if all(server.started for server in servers) else 1


def _stop(servers: Iterable[uvicorn.Server]) -> None:
    for server in servers:
        server.force_exit = server.should_exit  # the second signal does not wait
        server.should_exit = True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
