"""``bin/ananta workflows``: runs of declared workflows, such as provisioning; go on with one, or have it undone."""

from enum import StrEnum
from typing import Annotated

import typer

from ananta.migrations_cli import UrlOption, configured, reported
from ananta.queues_cli import JsonOption, Row, ask, print_json, print_table
from ananta.settings import Plane

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Runs of workflows, such as provisioning.")
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="A run, such as provision-tenant-…")]


class Status(StrEnum):
    """What a run may be."""

    PENDING = "pending"
    RUNNING = "running"
    HALTED = "halted"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    COMPLETED = "completed"


def _control(url: str | None, query: str, *parameters: str | None) -> list[Row]:
    with reported():
        return ask(Plane.CONTROL, url or configured(Plane.CONTROL).url, query, parameters)


@app.command(name="list")
def list_command(
    status: Annotated[Status | None, typer.Option(help="Only those that are so.")] = None,
    as_json: JsonOption = False,
    url: UrlOption = None,
) -> None:
    """List the runs that changed last, each with the step it is at."""
    rows = _control(url, "select * from private.list_workflows(%s)", status and status.value)
    if as_json:
        print_json(rows)
        return
    cells = (
        (
            row["id"],
            row["tenant_key"],
            row["status"],
            row["step"] or "",
            f"{row['attempt']} of {row['max_attempts']}" if row["step"] else "",
            row["cause"] or "",
        )
        for row in rows
    )
    print_table(("id", "tenant", "status", "step", "try", "cause"), *cells)


@app.command()
def show(workflow_id: IdArgument, url: UrlOption = None) -> None:
    """Show a run with its steps, as JSON."""
    print_json(_control(url, "select private.show_workflow(%s) as shown", workflow_id)[0]["shown"])


@app.command()
def retry(workflow_id: IdArgument, url: UrlOption = None) -> None:
    """Go on with a halted run from the step that failed, with fresh tries."""
    _operate("select status from tenant_management.retry_workflow(%s)", workflow_id, url)


@app.command()
def cancel(workflow_id: IdArgument, url: UrlOption = None) -> None:
    """Undo what a run did, in reverse order; its tenant is left cleanly failed."""
    _operate("select status from tenant_management.cancel_workflow(%s)", workflow_id, url)


def _operate(query: str, workflow_id: str, url: str | None) -> None:
    typer.echo(f"{workflow_id}: {_control(url, query, workflow_id)[0]['status']}")
