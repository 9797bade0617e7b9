"""``bin/ananta doctor``: every check, with the platform running or stopped."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from psycopg_pool import PoolTimeout
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from ananta.doctor import databases, keys, machine
from ananta.doctor.findings import Finding, State
from ananta.embedded import run_state
from ananta.embedded.ports import DEFAULT_GATEWAY_PORT
from ananta.embedded.private import own_state_dir
from ananta.migrations_cli import configured
from ananta.settings import Plane, get_settings
from migrations.errors import MigrationError

_SHOWN = {State.OK: "[green]ok[/green]", State.PROBLEM: "[red]problem[/red]", State.SKIPPED: "[yellow]skipped[/yellow]"}


def doctor(
    port: Annotated[int, typer.Option(help="The gateway's port that a stopped platform would take.")] = (
        DEFAULT_GATEWAY_PORT
    ),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look for what is wrong and say what to do; exit code 1 when something is."""
    found = list(findings(own_state_dir(), port))
    is_well = not any(finding.state is State.PROBLEM for finding in found)
    if as_json:
        typer.echo(json.dumps({"ok": is_well, "findings": [asdict(finding) for finding in found]}, indent=1))
    else:
        _show(found, is_well)
    if not is_well:
        raise typer.Exit(1)


def findings(state_dir: Path, port: int) -> Iterator[Finding]:
    """All checks, one after another."""
    state = run_state.load(state_dir)
    yield from machine.versions(state_dir)
    yield from machine.clock(state_dir)
    yield from machine.disk_space(state_dir)
    yield from machine.gateway_port(state, port)
    yield from machine.services(state_dir, state)
    yield from keys.keys(state_dir)
    for plane in Plane:
        yield from _database(plane)
    is_running = state is not None and any(each.name == "postgres" and each.is_alive() for each in state.services)
    if not is_running:
        yield databases.not_running("files")
        return
    try:
        yield databases.files(state_dir, get_settings())
    except (psycopg.Error, PoolTimeout, OSError) as error:
        yield databases.unreachable("files", error)


def _database(plane: Plane) -> Iterator[Finding]:
    try:
        yield from databases.plane_findings(configured(plane))
    except MigrationError as error:
        if error.slug == "database_not_running":
            yield databases.not_running(f"{plane} database")
        else:
            yield databases.unreachable(f"{plane} database", error)
    except psycopg.Error as error:
        yield databases.unreachable(f"{plane} database", error)


def _show(found: list[Finding], is_well: bool) -> None:
    table = Table("check", "", Column("what", overflow="fold"), box=box.SIMPLE_HEAD)
    for finding in found:
        says = escape(finding.says) + (f"\n[bold]→ {escape(finding.do)}[/bold]" if finding.do else "")
        table.add_row(finding.check, _SHOWN[finding.state], says)
    console = Console()
    Console(width=max(console.width, 100), highlight=False).print(table)
    count = sum(finding.state is State.PROBLEM for finding in found)
    console.print("nothing is wrong" if is_well else f"{count} problems", highlight=False)
