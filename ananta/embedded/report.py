"""Tables for the person at the terminal."""

import signal
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from ananta.embedded import ports
from ananta.embedded.run_state import RUNNING, RunState, ServiceState


def show_addresses(state_dir: Path, public_url: str) -> None:
    """The addresses of everything, and the demo logins where there are any."""
    table = Table(title="Ananta", box=box.SIMPLE_HEAD, title_justify="left")
    table.add_column("what")
    table.add_column("address", overflow="fold")
    for what, address in _addresses(state_dir, public_url):
        table.add_row(what, address)
    console = Console()
    console.print(table)
    _show_logins(console, state_dir)


def _addresses(state_dir: Path, public_url: str) -> Iterable[tuple[str, str]]:
    yield "gateway", f"{public_url}/"
    yield "control plane, REST", f"{public_url}/api/control/rest/v1/"
    yield "control plane, edge", f"{public_url}/api/control/"
    yield "app plane, REST", f"{public_url}/api/app/rest/v1/"
    yield "app plane, edge", f"{public_url}/api/app/"
    yield "issuer (development)", f"{public_url}/auth/realms/arc-saas"
    yield "mailbox (development)", f"{public_url}/mailbox/"
    try:
        chosen = ports.recorded(state_dir)
    except (OSError, ValueError):
        return
    yield "PostgreSQL", f"127.0.0.1:{chosen['postgres']}, databases arc_saas and supabase"
    for name in (name for name in chosen if name.endswith("_metrics")):
        yield f"metrics, {name.removesuffix('_metrics').replace('_', '-')}", f"http://127.0.0.1:{chosen[name]}/metrics"


def _show_logins(console: Console, state_dir: Path) -> None:
    from ananta.demo.logins import known

    logins = known(state_dir)
    if not logins:
        return
    console = Console(width=max(console.width, 110))
    table = Table(title="Demo logins", box=box.SIMPLE_HEAD, title_justify="left")
    for name in logins[0]:
        table.add_column(name.replace("_", " "), no_wrap=True)
    for login in logins:
        table.add_row(*(str(value) for value in login.values()))
    console.print(table)


def show_services(state: RunState) -> None:
    """The processes of a run."""
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("service", "state", "pid", "port", "restarts", "last exit", "since"):
        table.add_column(name)
    for service in state.services:
        table.add_row(*_service_row(service))
    console = Console()
    Console(width=max(console.width, 90)).print(table)
    console.print(f"{state.public_url} (supervisor: process {state.pid})", highlight=False)


def _service_row(service: ServiceState) -> tuple[str, ...]:
    shown = service.state if service.state != RUNNING or service.is_alive() else "ended"
    since = datetime.fromtimestamp(service.since, UTC).astimezone()
    written = since.strftime("%H:%M:%S" if since.date() == datetime.now(UTC).astimezone().date() else "%Y-%m-%d %H:%M")
    numbers = (str(service.pid or "-"), str(service.port or "-"), str(service.restarts))
    return service.name, shown, *numbers, _exit(service.exit_code), written


def _exit(code: int | None) -> str:
    """How a process ended: its exit code, or the signal that ended it."""
    if code is None or code >= 0:
        return "-" if code is None else str(code)
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
