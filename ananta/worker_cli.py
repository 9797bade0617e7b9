"""``bin/ananta worker``: one more worker process, until Ctrl-C or SIGTERM."""

import os
import sys
from typing import Annotated

import typer

from ananta.settings import ROOT, get_settings

app = typer.Typer(add_completion=False)


@app.command()
def worker(
    queues: Annotated[list[str] | None, typer.Argument(help="Only these queues, of both planes.")] = None,
) -> None:
    """Work off queues: with the settings of the environment, else beside the running platform of this checkout."""
    from ananta.embedded.running import running_stack

    settings = get_settings()
    is_told = settings.control_worker_database_url and settings.app_worker_database_url
    environment = dict(os.environ) if is_told else running_stack().worker_environment()
    os.chdir(ROOT)
    command = [sys.executable, "-P", "-m", "workers", *(queues or [])]
    os.execve(sys.executable, command, environment)  # noqa: S606 - a list, no shell
