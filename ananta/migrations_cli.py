"""``bin/ananta db``: bring databases up to date, say where they are, compare them with the declaration, lint them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import psycopg
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from ananta import dump_cli, schema_lint, seeds
from ananta.embedded import credentials, run_state
from ananta.embedded.postgres import PASSWORD_NAME, SUPERUSER
from ananta.embedded.stack import DATABASES
from ananta.settings import ROOT, Plane, get_settings
from migrations.connection import open_session
from migrations.errors import MigrationError
from migrations.prerequisites import database_script, roles_script
from migrations.runner import Status, Verification, status, upgrade, verify
from migrations.settings import LOGINS, migrator_settings, role
from migrations.writing import write_revision

DIFFERENCE = 1
CANNOT_RUN = 2
NOT_COMPARED = 3
MIGRATOR = "ananta_migrator"

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Bring databases up to date and compare them with the declaration.",
)
console = Console(soft_wrap=True, highlight=False)
errors = Console(stderr=True, soft_wrap=True, highlight=False)


class Target(StrEnum):
    """Which database a command is about."""

    CONTROL = "control"
    APP = "app"
    ALL = "all"

    @property
    def planes(self) -> list[Plane]:
        """The planes that are meant."""
        return list(Plane) if self is Target.ALL else [Plane(self.value)]


TargetArgument = Annotated[Target, typer.Argument(help="Which database.")]
UrlOption = Annotated[
    str | None,
    typer.Option("--url", help="Another database than the embedded one: postgresql://ananta_migrator:…@host/database"),
]
ScratchOption = Annotated[
    str | None,
    typer.Option("--scratch-url", help="A login that may create the scratch database to compare with."),
]


@app.command(name="upgrade")
def upgrade_command(target: TargetArgument = Target.ALL, url: UrlOption = None) -> None:
    """Bring a database to this checkout's state, seeds included; safe to repeat."""
    with reported():
        for base in configured_databases(target, url):
            report = upgrade(base.plane, base.url, progress=_progress(base.plane))
            seeds.load(base.plane, base.url, progress=_progress(base.plane))
            steps = f"{len(report.revisions)} revisions, {len(report.repeatables)} functions, views and policies"
            done = f"applied {steps}" if report.is_changed else "nothing to do"
            console.print(f"{base.plane}: {report.database}: {done}", markup=False)


@app.command(name="status")
def status_command(target: TargetArgument = Target.ALL, url: UrlOption = None) -> None:
    """Say how far a database is from this checkout; exit code 1 if an upgrade has something to do."""
    with reported():
        found = [status(base.plane, base.url) for base in configured_databases(target, url)]
    console.print(_status_table(found))
    for state in found:
        for line in _pending_lines(state):
            console.print(f"{state.plane}: {line}", markup=False)
    if not all(state.is_current for state in found):
        raise typer.Exit(DIFFERENCE)


@app.command(name="verify")
def verify_command(
    target: TargetArgument = Target.ALL, url: UrlOption = None, scratch_url: ScratchOption = None
) -> None:
    """Compare a database with the declaration: revisions, texts, logins, and the whole catalogue.

    Exit code 1: something differs. 3: nothing wrong was found, but the catalogue could not be compared, only linted.
    """
    found = []
    with reported():
        for base in configured_databases(target, url):
            scratch = scratch_url or base.scratch_url
            found.append(verify(base.plane, base.url, scratch_dsn=scratch, progress=_progress(base.plane)))
    for result in found:
        for problem in result.problems:
            console.print(f"{result.plane}: {problem}", markup=False)
        for note in result.notes:
            console.print(f"{result.plane}: {note}", markup=False)
        if result.skipped:
            console.print(f"{result.plane}: catalogue not compared: {result.skipped}", markup=False)
        console.print(f"{result.plane}: {result.database}: {_verdict(result)}", markup=False)
    if not all(result.is_ok for result in found):
        raise typer.Exit(DIFFERENCE)
    if not all(result.is_as_declared for result in found):
        raise typer.Exit(NOT_COMPARED)


@app.command(name="roles")
def roles_command(
    plane: Annotated[Plane | None, typer.Argument(help="The plane of the database; none: roles only.")] = None,
) -> None:
    """Print the SQL that an administrator runs first where the migrator may not: roles, and rights in a database."""
    with reported():
        typer.echo(roles_script())
        typer.echo("-- Each of these logs in: give it a password, in psql by")
        typer.echo("".join(f"-- \\password {role(login)}\n" for login in LOGINS))
        if plane:
            typer.echo(database_script(plane))


@app.command(name="lint")
def lint_command(target: TargetArgument = Target.ALL, url: UrlOption = None) -> None:
    """Look for what a schema of ours must not have (docs/lint/); changes nothing; exit code 1 if there are findings."""
    count = 0
    with reported():
        for base in configured_databases(target, url):
            with open_session(base.plane, base.url) as connection:
                found = schema_lint.findings(connection)
            for finding in found:
                console.print(f"{base.plane}: {finding}", markup=False)
            rule_count = len(schema_lint.rules())
            console.print(f"{base.plane}: {rule_count} rules, {len(found)} findings", markup=False)
            count += len(found)
    if count:
        raise typer.Exit(DIFFERENCE)


@app.command(name="revision")
def revision_command(
    plane: Annotated[Plane, typer.Argument(help="Which plane's schema changes.")],
    message: Annotated[str, typer.Argument(help="What it does, in a few words.")],
) -> None:
    """Make the next numbered pair of files: a .sql to write, and the .py that runs it."""
    with reported():
        for path in write_revision(plane, message, ROOT):
            console.print(path.relative_to(ROOT).as_posix(), markup=False)


@dataclass(frozen=True)
class Database:
    """A database to work on, and the login that may make another one to compare it with."""

    plane: Plane
    url: str
    scratch_url: str | None = None


app.command(name="dump")(dump_cli.dump)
app.command(name="restore")(dump_cli.restore)


def configured_databases(target: Target, url: str | None) -> list[Database]:
    """The databases a command is about: the one of the URL, else those configured, else the embedded ones."""
    if url and target is Target.ALL:
        raise typer.BadParameter("--url names one database: say `control` or `app`", param_hint="--url")
    return [Database(plane, url) if url else configured(plane) for plane in target.planes]


def configured(plane: Plane) -> Database:
    """The database the environment names, else the embedded one."""
    settings = migrator_settings()
    known = {Plane.CONTROL: settings.control_migrator_database_url, Plane.APP: settings.app_migrator_database_url}
    secret = known[plane]
    return Database(plane, secret.get_secret_value()) if secret else _embedded(plane)


def _embedded(plane: Plane) -> Database:
    state_dir = get_settings().state_dir
    state, passwords = run_state.load(state_dir), credentials.stored(state_dir)
    services = state.services if state else []
    port = next((service.port for service in services if service.name == "postgres" and service.is_alive()), None)
    if port is None or MIGRATOR not in passwords:
        name = f"ANANTA_{plane.upper()}_MIGRATOR_DATABASE_URL"
        hint = f"start it by `bin/ananta up`, or name another by --url or {name}"
        raise MigrationError("database_not_running", "the embedded database does not run", plane, hint=hint)
    server = f"127.0.0.1:{port}/{DATABASES[plane]}"
    superuser = f"postgresql://{SUPERUSER}:{passwords[PASSWORD_NAME]}@{server}"
    return Database(plane, f"postgresql://{MIGRATOR}:{passwords[MIGRATOR]}@{server}", superuser)


@contextmanager
def reported() -> Iterator[None]:
    """Turn what cannot be done into one line and exit code 2."""
    try:
        yield
    except MigrationError as error:
        errors.print(f"[red]{escape(error.slug)}[/red] {escape(str(error))}")
        raise typer.Exit(CANNOT_RUN) from None
    except psycopg.Error as error:
        if (error.sqlstate or "").startswith("PT"):  # an answer of ours: the slug, and what to do
            slug, hint = error.diag.message_primary or "", error.diag.message_hint or ""
            errors.print(f"[red]{escape(slug)}[/red] {escape(hint)}")
            raise typer.Exit(CANNOT_RUN) from None
        errors.print(f"[red]database_error[/red] {escape(' '.join(str(error).split()))}")
        raise typer.Exit(CANNOT_RUN) from None


def _progress(plane: Plane) -> Callable[[str], None]:
    return lambda message: console.print(f"{plane}: {message}", markup=False, style="dim")


def _verdict(result: Verification) -> str:
    if result.is_as_declared:
        return "as declared"
    return "nothing wrong found, catalogue not compared" if result.is_ok else f"{len(result.problems)} differences"


def _status_table(found: list[Status]) -> Table:
    table = Table("plane", Column("database", overflow="fold"), "revision", "newest", "to apply", "state")
    for state in found:
        steps = f"{len(state.pending)} revisions, {len(state.changed)} files"
        verdict = "[green]up to date[/green]" if state.is_current else "[yellow]upgrade needed[/yellow]"
        if state.vanished:
            verdict = "[red]files vanished[/red]"
        cells = (state.plane, escape(state.database), state.current or "none", state.head or "none")
        table.add_row(*cells, steps, verdict)
    return table


def _pending_lines(state: Status) -> list[str]:
    lines = [f"revision {step}" for step in state.pending]
    lines += [f"changed {path}" for path in state.changed]
    return lines + [f"vanished {path}" for path in state.vanished]
