"""``bin/ananta usage``: how tenants stand to their limits, and counters that say what is there."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Annotated, Any

import psycopg
import typer
from psycopg.rows import dict_row
from rich.table import Table

from ananta.migrations_cli import UrlOption, configured, console, reported
from ananta.settings import Plane
from migrations.connection import open_session

app = typer.Typer(add_completion=False, no_args_is_help=True)
KeyArgument = Annotated[str | None, typer.Argument(help="Tenant key; without it every tenant of this app plane.")]


@app.callback()
def usage() -> None:
    """Use and limits of tenants."""


@app.command()
def show(
    key: KeyArgument = None,
    exceeded: Annotated[bool, typer.Option("--exceeded", help="Only what no longer fits the plan.")] = False,
    url: UrlOption = None,
) -> None:
    """Show use, limit and excess of each metric."""
    table = Table("tenant", "plan", "metric", "use", "limit", "%", "no longer fits")
    with _database(url) as db:
        for row in db.execute("select * from private.usage_overview(%s)", (key,)).fetchall():
            if row["excess_count"] or not exceeded:
                table.add_row(*("unlimited" if value is None else str(value) for value in row.values()))
    console.print(table)


@app.command()
def reconcile(key: KeyArgument = None, url: UrlOption = None) -> None:
    """Compare counters with what they count and mend those that differ; exit code 1 when any did."""
    found = 0
    with _database(url) as db:
        for row in db.execute("select * from private.list_organizations(%s) as id", (key,)).fetchall():
            for drift in db.execute("select * from private.reconcile_usage(%s)", (row["id"],)).fetchall():
                found += 1
                counts = f"said {drift['recorded_count']}, there are {drift['counted_count']}"
                console.print(f"{drift['organization_id']} {drift['metric']}: {counts}: mended", markup=False)
    console.print(f"{found} counters had drifted", markup=False)
    raise typer.Exit(1 if found else 0)


@contextmanager
def _database(url: str | None) -> Iterator[psycopg.Cursor[dict[str, Any]]]:
    """The app plane's database, as its owner; each statement is a transaction."""
    with reported(), closing(open_session(Plane.APP, url or configured(Plane.APP).url)) as db:
        yield db.cursor(row_factory=dict_row)
