"""``bin/ananta token``: a platform token of a demo login, for curl."""

import asyncio
from typing import Annotated

import httpx
import typer

app = typer.Typer(add_completion=False)


@app.command()
def token(
    email: Annotated[str | None, typer.Argument(help="A demo login; by default the tenant's owner.")] = None,
) -> None:
    """Print a token for the plane of the login; it lives five minutes."""
    from ananta.demo import logins
    from ananta.demo.client import LoginFailedError, StepFailedError
    from ananta.embedded.errors import EmbeddedError
    from ananta.embedded.running import running_stack

    stack = running_stack()
    known = logins.known(stack.state_dir)
    login = next((each for each in known if each["email"] == email or (email is None and each["plane"] == "app")), None)
    if login is None:
        typer.echo(f"no such demo login; there are: {', '.join(each['email'] for each in known) or 'none'}", err=True)
        raise typer.Exit(1)
    try:
        typer.echo(asyncio.run(_token(stack.public_url, login)))
    except (StepFailedError, LoginFailedError, httpx.HTTPError) as error:
        raise EmbeddedError(f"no token for {login['email']}: {error}") from None


async def _token(public_url: str, login: dict[str, str]) -> str:
    from ananta.demo.client import Session

    async with httpx.AsyncClient(base_url=public_url, timeout=30) as http:
        session = Session(http, login["realm"], login["email"], login["password"])
        await session.sign_in()
        return session.token
