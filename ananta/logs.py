"""Logs of every process: one JSON object a line, readable text on a terminal, and no secret in either."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

HIDDEN = "[hidden]"
_SECRET_NAMES = re.compile(r"authorization|cookie|password|secret|token|api_?key|private_?key|dsn|database_url", re.I)
_SECRET_VALUES = re.compile(
    r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?"  # JSON web tokens
    r"|(?i:bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}"
    r"|whsec_[A-Za-z0-9+/=]+"
    r"|(?<=://)[^\s:/@]*:[^\s@]+(?=@)"  # a login in a URL
    r"|(?i:\bpassword\s*=\s*)(?:'(?:[^'\\]|\\.)*'|\S+)"  # in a connection string
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?"
    r"|[\w.+'-]+@[\w-]+(?:\.[\w-]+)+"  # a mail address
)
_QUIET = ("httpx", "httpcore", "uvicorn.access", "psycopg.pool", "uvicorn.error", "alembic")


def configure_logging(*, level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send structlog's and the standard library's records through the same processors to ``stream`` (stdout)."""
    out = sys.stdout if stream is None else stream
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        hide_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(_formatter(shared, is_terminal=out.isatty()))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _formatter(shared: list[Processor], *, is_terminal: bool) -> logging.Formatter:
    last: Processor = structlog.dev.ConsoleRenderer() if is_terminal else structlog.processors.JSONRenderer(default=str)
    foreign: list[Processor] = [structlog.stdlib.add_logger_name, structlog.stdlib.ExtraAdder(), *shared]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=foreign,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, hide_secrets, last],
    )


def hide_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank what is named like a secret, and what looks like one inside any text."""
    for name, value in event.items():
        event[name] = HIDDEN if _is_secret_name(name) and value is not None else scrub(value)
    return event


def _is_secret_name(name: str) -> bool:
    return _SECRET_NAMES.search(name) is not None and not isinstance(name, int)


def scrub(value: Any) -> Any:
    """A value without what looks like a secret or a mail address in any text of it."""
    if isinstance(value, str):
        return _SECRET_VALUES.sub(HIDDEN, value)
    if isinstance(value, Mapping):
        return {key: HIDDEN if _is_secret_name(str(key)) else scrub(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [scrub(inner) for inner in value]
    return value
