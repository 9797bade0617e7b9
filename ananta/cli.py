"""The command line. Each command imports what it needs when it runs, so that every one starts quickly."""

import errno
import importlib
import importlib.util
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from ananta.embedded.errors import EmbeddedError
from ananta.embedded.ports import DEFAULT_GATEWAY_PORT
from ananta.embedded.private import own_state_dir
from ananta.settings import ROOT

_MENDABLE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}
_PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True}
_MOUNTED = {
    "audit": ("ananta.audit_cli:app", "Verify the audit logs."),
    "commands": ("ananta.commands_page:show", "Show every command with its options; --write makes docs/COMMANDS.md."),
    "dead-letters": ("ananta.queues_cli:dead_letters", "Messages that were given up: list, show, replay, drop."),
    "db": ("ananta.migrations_cli:app", "Migrations: upgrade, status, verify, lint, revision. Dump and restore."),
    "doctor": ("ananta.doctor.cli:doctor", "Look for what is wrong, and say what to do."),
    "demo": ("ananta.demo.walk:app", "Walk the main job, from a company's signup to a matched BOM."),
    "meta": ("ananta.meta_cli:meta", "Run postgres-meta, the backend of Supabase Studio."),
    "operator": ("ananta.operators_cli:app", "Make somebody a platform admin."),
    "queues": ("ananta.queues_cli:queues", "What waits in the queues of both planes."),
    "usage": ("ananta.usage_cli:app", "Use and limits of tenants; mend counters."),
    "token": ("ananta.token_cli:app", "Print a platform token of a demo login, for curl."),
    "settings": ("ananta.settings_page:show", "Show the settings of this environment; --write makes docs/SETTINGS.md."),
    "types": ("ananta.meta_cli:types", "Print a plane's TypeScript types, for supabase-js."),
    "worker": ("ananta.worker_cli:app", "Work off queues, beside the running platform or by the environment."),
    "workflows": ("ananta.workflows_cli:app", "Runs of workflows: list, show, retry, cancel."),
}

app = typer.Typer(
    help="Ananta: the platform on this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command line; a failure a person can mend is one message and exit code 1."""
    try:
        app(prog_name="bin/ananta")
    except EmbeddedError as error:
        _fail(error)
    except OSError as error:
        if error.errno not in _MENDABLE:
            raise
        where = f" {error.filename}" if error.filename else ""
        _fail(EmbeddedError(f"cannot write{where}: {error.strerror}", "make room or mend that, then run this again"))


def _fail(error: EmbeddedError) -> None:
    typer.secho(f"error: {error.message}", fg="red", err=True)
    if error.hint:
        typer.echo(error.hint, err=True)
    sys.exit(1)


@app.command()
def up(
    port: Annotated[int, typer.Option(help="The port of the gateway.", min=1, max=65535)] = DEFAULT_GATEWAY_PORT,
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Return once it is ready, and leave it running.")
    ] = False,
) -> None:
    """Start the platform and keep it running until Ctrl-C."""
    from ananta.embedded import control

    if detach:
        control.start_detached(own_state_dir(), port)
    else:
        control.start(own_state_dir(), port)


@app.command()
def down() -> None:
    """Stop the platform."""
    from ananta.embedded import control

    control.stop(own_state_dir())


@app.command()
def status() -> None:
    """Show the processes; exit code 0 when all run, 3 when not."""
    from ananta.embedded import control

    if not control.show_status(own_state_dir()):
        raise typer.Exit(3)


@app.command()
def logs(
    service: Annotated[str | None, typer.Argument(help="One service; without it all.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as lines come.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", help="How many lines of each log to begin with.")] = 100,
) -> None:
    """Show the logs."""
    from ananta.embedded import log_view

    log_view.show(own_state_dir() / "logs", service, lines, follow=follow)


@app.command()
def reset(yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False) -> None:
    """Remove all data of this checkout: databases, files, mails, keys, logs. Installed packages stay."""
    from ananta.embedded import control

    state_dir = own_state_dir()
    control.refuse_while_running(state_dir)
    if not yes:
        names = ", ".join(path.name for path in control.made_in(state_dir))
        typer.confirm(f"Remove the databases, and of {state_dir}: {names or 'nothing'}?", abort=True)
    left = control.reset(state_dir)
    typer.echo("All data is removed.")
    if left:
        more = f" and {len(left) - 10} more" if len(left) > 10 else ""
        typer.echo(f"Left, being none of it: {', '.join(left[:10])}{more}")


@app.command(context_settings=_PASS_ON, add_help_option=False)
def test(context: typer.Context) -> None:
    """Run the tests; arguments go to pytest."""
    arguments = [str(Path(argument).resolve()) if _is_path(argument) else argument for argument in context.args]
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, "-P", "-m", "pytest", *arguments])  # noqa: S606 - a list, no shell


def _is_path(argument: str) -> bool:
    return not argument.startswith("-") and Path(argument).exists()


@app.command(context_settings=_PASS_ON, add_help_option=False)
def bench(context: typer.Context) -> None:
    """Measure: the name of a measurement (bom-import), or all, and its options, or --help after the name."""
    from bench.harness import measurements

    found = [name.replace("_", "-") for name in ["all", *measurements()]]
    if not context.args or context.args[0] not in found:
        raise typer.BadParameter(f"name one of: {', '.join(found)}")
    os.chdir(ROOT)
    module = f"bench.{context.args[0].replace('-', '_')}"
    os.execv(sys.executable, [sys.executable, "-P", "-m", module, *context.args[1:]])  # noqa: S606 - a list, no shell


@app.command()
def lint() -> None:
    """Run the linters and the type checker."""
    from ananta.lint import run_lints

    raise typer.Exit(run_lints())


def mounted(name: str) -> typer.Typer | None:
    """The application of a command that is another module's."""
    if name not in _MOUNTED:
        return None
    module_name, _, attribute = _MOUNTED[name][0].partition(":")
    found = getattr(importlib.import_module(module_name), attribute)
    if isinstance(found, typer.Typer):
        return found
    application = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    application.command(name)(found)
    return application


def _mount(name: str, target: str, summary: str) -> None:
    """A command that is another module's: that is imported when the command runs."""
    if importlib.util.find_spec(target.partition(":")[0]) is None:
        return

    def run(context: typer.Context) -> None:
        if application := mounted(name):
            application(args=context.args, prog_name=f"bin/ananta {name}")

    app.command(name, help=summary, context_settings=_PASS_ON, add_help_option=False)(run)


for _name, (_target, _summary) in _MOUNTED.items():
    _mount(_name, _target, _summary)
