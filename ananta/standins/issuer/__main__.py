"""``python -m ananta.standins.issuer``: serve the development issuer at ``ANANTA_LISTEN`` (host:port)."""

import re
import signal
import sys
from types import FrameType
from typing import Any

import structlog
import uvicorn

from ananta.logs import configure_logging
from ananta.settings import Environment, Process, Settings
from ananta.settings_loading import load

_REFUSAL = (
    "The development issuer is a stand-in and does not run with ANANTA_ENV=production: "
    "use Keycloak there, or unset ANANTA_ENV."
)
_LISTEN = re.compile(r"(?P<host>[^:]+):(?P<port>[0-9]{1,5})")


def main() -> int:
    """Run until SIGTERM or SIGINT; the exit code."""
    # uvicorn raises the signal again after its shutdown; a handler of ours makes that a normal end.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    configure_logging()
    settings = load(Process.ISSUER)
    if settings.environment is Environment.PRODUCTION:
        return _refuse(_REFUSAL)
    from ananta.standins.issuer.app import create_app

    listen = _LISTEN.fullmatch(settings.listen or "127.0.0.1:8180")
    if listen is None:
        return _refuse("ANANTA_LISTEN has several addresses; the issuer listens on one, host:port.")
    try:
        app = create_app(settings)
    except ValueError as error:
        return _refuse(str(error))
    _announce(settings, listen.group())
    options: dict[str, Any] = {
        "access_log": False,
        "log_config": None,
        "timeout_graceful_shutdown": 5,
        "server_header": False,
    }
    uvicorn.run(app, host=listen["host"], port=int(listen["port"]), **options)
    return 0


def _announce(settings: Settings, listen: str) -> None:
    structlog.get_logger().warning(
        "development_stand_in",
        what="OpenID issuer and mailbox",
        note="A development stand-in for Keycloak and a mail server: never for production.",
        issuer=settings.issuer_url,
        listen=listen,
    )


def _end(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
