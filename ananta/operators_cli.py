"""``bin/ananta operator``: who operates the platform."""

import asyncio
from typing import Annotated

import typer

from ananta.demo.client import Person

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def operators() -> None:
    """Operators of the platform."""


@app.command()
def add(
    email: Annotated[str, typer.Argument(help="The address the link to set the password goes to.")],
    first_name: Annotated[str, typer.Option(help="Given name.")] = "Platform",
    last_name: Annotated[str, typer.Option(help="Family name.")] = "Admin",
) -> None:
    """Make somebody a platform admin of the running embedded platform."""
    from ananta.embedded.running import running_stack

    stack = running_stack()
    asyncio.run(stack.make_operator(Person(first_name, last_name, email)))
    typer.echo(f"{email} is a platform admin; the link to set the password is in {stack.public_url}/mailbox/")
