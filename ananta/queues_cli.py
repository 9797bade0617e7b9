"""``bin/ananta queues`` and ``bin/ananta dead-letters``: what waits in the queues, and what was given up."""

import json
from contextlib import closing
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from psycopg.rows import dict_row
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Column, Table

from ananta.migrations_cli import Target, TargetArgument, UrlOption, configured_databases, console, reported
from ananta.settings import Plane
from migrations.connection import open_session

Row = dict[str, Any]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]

queues = typer.Typer(add_completion=False)
dead_letters = typer.Typer(add_completion=False, no_args_is_help=True, help="Messages that were given up.")


def ask(plane: Plane, url: str, query: str, parameters: tuple[Any, ...] = ()) -> list[Row]:
    """The rows of one statement, as the database's owner; it is a transaction of its own."""
    with closing(open_session(plane, url)) as connection:
        return connection.cursor(row_factory=dict_row).execute(query.encode(), parameters).fetchall()


def ask_all(target: Target, url: str | None, query: str, parameters: tuple[Any, ...] = ()) -> list[Row]:
    """The same of each plane that is meant, which stands first in each row."""
    return [
        {"plane": base.plane.value} | row
        for base in configured_databases(target, url)
        for row in ask(base.plane, base.url, query, parameters)
    ]


def print_table(*rows: tuple[str, ...]) -> None:
    """The first row is the head; what stands in cells is text, whatever it holds, and is not cut off."""
    table = Table(*(Column(name, overflow="fold") for name in rows[0]), box=None, padding=(0, 2, 0, 0))
    for row in rows[1:]:
        table.add_row(*(escape(cell) for cell in row))
    widest = Measurement.get(console, console.options.update(max_width=10_000), table).maximum
    (console if console.is_terminal else Console(width=widest, highlight=False)).print(table)


def print_json(content: Any) -> None:
    """As it is, for a program to read."""
    typer.echo(json.dumps(content, indent=1, default=str))


def age(seconds: float | None) -> str:
    """How long that is, for a person."""
    if seconds is None:
        return ""
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"


@queues.command()
def queues_command(target: TargetArgument = Target.ALL, as_json: JsonOption = False, url: UrlOption = None) -> None:
    """Show each queue: messages ready, at work and waiting, the oldest, dead letters, and what it waits for."""
    with reported():
        rows = ask_all(target, url, "select * from private.queue_overview()")
    if as_json:
        print_json(rows)
        return
    head = ("plane", "queue", "messages", "ready", "at work", "waiting", "oldest", "dead", "waits for")
    print_table(head, *(_queue_cells(row) for row in rows))


def _queue_cells(row: Row) -> tuple[str, ...]:
    counts = [str(row[f"{name}_count"]) for name in ("message", "ready", "in_flight", "waiting")]
    waits = [f"{found['system']}: {found['cause']} ({found['failures']} times)" for found in row["breakers"]]
    dead = str(row["dead_letter_count"] or "")
    return (row["plane"], row["queue"], *counts, age(row["oldest_seconds"]), dead, "; ".join(waits))


@dataclass(frozen=True)
class Choice:
    """Which dead letters are meant."""

    ids: list[str] | None
    queues: list[str] | None
    older_than: str | None
    newer_than: str | None

    @property
    def is_any(self) -> bool:
        """Whether nothing was said, so that all are meant."""
        return not any((self.ids, self.queues, self.older_than, self.newer_than))

    @property
    def parameters(self) -> tuple[Any, ...]:
        """As the functions of SQL take them."""
        return (self.queues or None, self.older_than, self.newer_than, self.ids or None)


CHOSEN = "(%s, %s::interval, %s::interval, %s::uuid[])"
IdsArgument = Annotated[list[str] | None, typer.Argument(help="Ids of dead letters.")]
QueueOption = Annotated[list[str] | None, typer.Option("--queue", "-q", help="Those of this queue; may be repeated.")]
OlderOption = Annotated[str | None, typer.Option("--older-than", help="Given up at least so long ago: 2h, '3 days'.")]
NewerOption = Annotated[str | None, typer.Option("--newer-than", help="Given up at most so long ago.")]
PlaneOption = Annotated[Target, typer.Option("--plane", help="Of which plane.")]
AllOption = Annotated[bool, typer.Option("--all", help="All there are.")]


@dead_letters.command(name="list")
def list_command(
    *,
    queue: QueueOption = None,
    older_than: OlderOption = None,
    newer_than: NewerOption = None,
    plane: PlaneOption = Target.ALL,
    as_json: JsonOption = False,
    url: UrlOption = None,
) -> None:
    """List them, the oldest first."""
    columns = """d.id, d.queue, case when jsonb_typeof(d.message) = 'object' then left(d.message ->> 'type', 60) end
        as type, d.attempt_count, d.error, d.correlation_id, d.created_at,
        extract(epoch from now() - d.created_at)::float8 as age_seconds"""
    query = f"select {columns} from private.list_dead_letters{CHOSEN} as d"  # noqa: S608 - constants
    with reported():
        rows = ask_all(plane, url, query, Choice(None, queue, older_than, newer_than).parameters)
    if as_json:
        print_json(rows)
        return
    cells = (
        (
            str(row["id"]),
            row["plane"],
            row["queue"],
            row["type"] or "",
            str(row["attempt_count"]),
            age(row["age_seconds"]),
            row["error"],
        )
        for row in rows
    )
    print_table(("id", "plane", "queue", "type", "tries", "age", "error"), *cells)


@dead_letters.command()
def show(
    dead_letter_id: Annotated[str, typer.Argument(metavar="ID", help="Its id, as `dead-letters list` shows it.")],
    plane: PlaneOption = Target.ALL,
    url: UrlOption = None,
) -> None:
    """Show one with its message; texts that a message does not always have are left out."""
    with reported():
        rows = ask_all(plane, url, "select private.show_dead_letter(%s) as shown", (dead_letter_id,))
    found = [row["shown"] | {"plane": row["plane"]} for row in rows if row["shown"]]
    if not found:
        typer.echo("no such dead letter", err=True)
        raise typer.Exit(1)
    print_json(found[0])


@dead_letters.command()
def replay(
    ids: IdsArgument = None,
    *,
    queue: QueueOption = None,
    older_than: OlderOption = None,
    newer_than: NewerOption = None,
    everything: AllOption = False,
    plane: PlaneOption = Target.ALL,
    url: UrlOption = None,
) -> None:
    """Send them again, with fresh tries; an event that had its effect has no second one."""
    choice = Choice(ids, queue, older_than, newer_than)
    _end("replayed", "replay_dead_letters", choice, everything=everything, plane=plane, url=url)


@dead_letters.command()
def drop(
    ids: IdsArgument = None,
    *,
    queue: QueueOption = None,
    older_than: OlderOption = None,
    newer_than: NewerOption = None,
    everything: AllOption = False,
    plane: PlaneOption = Target.ALL,
    url: UrlOption = None,
) -> None:
    """Remove them for good: what they stand for is not done."""
    choice = Choice(ids, queue, older_than, newer_than)
    _end("dropped", "drop_dead_letters", choice, everything=everything, plane=plane, url=url)


def _end(done: str, function: str, choice: Choice, *, everything: bool, plane: Target, url: str | None) -> None:
    if choice.is_any and not everything:
        raise typer.BadParameter("say which: ids, --queue, --older-than, --newer-than, or --all")
    with reported():
        rows = ask_all(plane, url, f"select * from private.{function}{CHOSEN}", choice.parameters)  # noqa: S608
    for row in rows:
        typer.echo(f"{row['plane']} {row['queue']} {row['id']} {done}")
    typer.echo(f"{len(rows)} {done}")
    missing = set(choice.ids or ()) - {str(row["id"]) for row in rows}
    if missing:
        typer.echo(f"not there: {', '.join(sorted(missing))}", err=True)
        raise typer.Exit(1)
