"""An application on a real socket, in a thread of the test's process."""

import asyncio
import contextlib
import io
import logging
import socket
import threading
import time
from collections.abc import Iterator

import structlog
import uvicorn
from starlette.types import ASGIApp

from ananta.logs import configure_logging


class QuietServer(uvicorn.Server):
    """A server in a thread: signals stay with the test's process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.contextmanager
def serving(app: ASGIApp) -> Iterator[int]:
    """Serve; gives the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = QuietServer(uvicorn.Config(app, log_config=None, proxy_headers=False, timeout_graceful_shutdown=2))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@contextlib.contextmanager
def without_logs() -> Iterator[None]:
    """The servers are threads of the test's process: their log lines would be its output."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logging(stream=io.StringIO())
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
