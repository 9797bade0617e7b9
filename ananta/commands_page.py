"""docs/COMMANDS.md, made of the commands: each with its arguments and options, as ``--help`` tells them."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

from ananta.cli import app, mounted
from ananta.settings import ROOT

PAGE = ROOT / "docs" / "COMMANDS.md"
HEAD = """# Commands

Made of the commands by `bin/ananta commands --write`; a test compares them. `bin/ananta COMMAND --help` says the same.
What [README](../README.md) calls each for comes first there; exit code 0 is success, 1 a failure that is told, 2 a call
that was not understood.
"""


def commands() -> dict[str, Any]:
    """Every command that runs something, by the words that call it."""
    found: dict[str, Any] = {}
    for name, command in get_group(app).commands.items():
        application = mounted(name)
        found |= _leaves(f"bin/ananta {name}", get_command(application) if application else command)
    return found


def _leaves(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(command, TyperGroup):
        yield name, command
        return
    if command.invoke_without_command:
        yield name, command
    for word, below in command.commands.items():
        yield from _leaves(f"{name} {word}", below)


def page() -> str:
    """The whole page."""
    return HEAD + "".join(_section(name, command) for name, command in sorted(commands().items()))


def _section(name: str, command: Any) -> str:
    context = typer.Context(command, info_name=name)
    records = [parameter.get_help_record(context) for parameter in command.get_params(context)]
    items = [f"- `{form}`: {meaning}\n" for form, meaning in filter(None, records) if form != "--help"]
    listed = "".join(["\n", *items] if items else []).replace(f"{ROOT}/", "")
    return f"\n## `{name}`\n\n{command.help}\n{listed}"


def show(write: Annotated[bool, typer.Option("--write", help="Write docs/COMMANDS.md instead.")] = False) -> None:
    """Show every command with its options."""
    if write:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        typer.echo(page())
