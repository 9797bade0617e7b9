"""``bin/ananta db dump`` and ``db restore``."""

from pathlib import Path
from typing import Annotated

import typer

from ananta.embedded.private import own_state_dir

FileArgument = Annotated[Path, typer.Argument(help="The file, a zip.")]


def dump(
    file: FileArgument,
    programs: Annotated[
        Path | None,
        typer.Option(help="The folder that holds `postgres` of another major, for data that is that major's."),
    ] = None,
) -> None:
    """Write all rows of the embedded databases into a file, with the platform running or stopped."""
    from ananta.embedded import moving

    written = moving.dump(own_state_dir(), file.resolve(), programs, _say)
    size = file.stat().st_size / 2**20
    _say(f"{written.row_count} rows of PostgreSQL {written.server} are in {file} ({size:.1f} MB); keep it to yourself")
    _say("uploaded files, mails, keys and secrets are not in it: they stay in the state folder")


def restore(file: FileArgument) -> None:
    """Make the embedded databases anew from a dump, with the platform stopped; the data of before is kept."""
    from ananta.embedded import moving

    kept = moving.restore(own_state_dir(), file.resolve(), _say)
    _say("restored; `bin/ananta up` starts it")
    if kept is not None:
        _say(f"the data of before is in {kept}; remove both when all is well")


def _say(message: str) -> None:
    typer.echo(f"ananta: {message}", err=True)
