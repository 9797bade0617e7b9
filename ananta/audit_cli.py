"""``bin/ananta audit``: whether the audit logs are what was written, and where not."""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
from psycopg.types.json import Jsonb

from ananta.migrations_cli import (
    DIFFERENCE,
    Database,
    Target,
    TargetArgument,
    UrlOption,
    configured_databases,
    console,
    reported,
)
from migrations.connection import open_session
from migrations.errors import MigrationError

Heads = dict[str, list[dict[str, Any]]]

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Verify the audit logs of both planes.")


@app.command()
def verify(
    target: TargetArgument = Target.ALL,
    tenant: Annotated[
        str | None, typer.Option(help="One tenant: its key or id, or an organization's id. Without it all.")
    ] = None,
    heads: Annotated[
        Path | None,
        typer.Option(help="Ends of chains as `audit heads` wrote them earlier.", exists=True, dir_okay=False),
    ] = None,
    url: UrlOption = None,
) -> None:
    """Compute the chains anew; exit code 1 where one is not what was written."""
    noted: Heads = json.loads(heads.read_text(encoding="utf-8")) if heads else {}
    with reported():
        found = [_verified(base, tenant, noted.get(base.plane, [])) for base in configured_databases(target, url)]
        if all(count is None for count in found):
            raise MigrationError("tenant_unknown", "no plane looked at knows this tenant", "audit")
    if any(found):
        raise typer.Exit(DIFFERENCE)


@app.command(name="heads")
def heads_command(target: TargetArgument = Target.ALL, url: UrlOption = None) -> None:
    """Print the end of every chain as JSON: keep it elsewhere, for a later `audit verify --heads`."""
    with reported():
        found = {
            base.plane.value: _answer(base, lambda db: db.execute("select private.list_audit_heads()").fetchone())[0]
            for base in configured_databases(target, url)
        }
    typer.echo(json.dumps(found, indent=1))


def _verified(base: Database, tenant: str | None, noted: list[dict[str, Any]]) -> int | None:
    """How many problems a plane's log has, printed; None when it does not know the tenant."""

    def look(db: psycopg.Connection[Any]) -> tuple[Any, list[Any], int]:
        row = db.execute("select private.find_audit_owner(%s)", (tenant,)).fetchone()
        owner = row[0] if row else None
        if tenant and owner is None:
            return None, [], 0
        rows = db.execute("select * from private.verify_audit_log(%s, %s)", (owner, Jsonb(noted))).fetchall()
        count = db.execute(
            "select coalesce(sum(last_number - anchor_number), 0) from private.audit_chains"
            " where owner_id = coalesce(%s, owner_id)",
            (owner,),
        ).fetchone()
        return owner, rows, int(count[0]) if count else 0

    owner, problems, count = _answer(base, look)
    if tenant and owner is None:
        return None
    for owner_id, number, problem in problems:
        console.print(f"{base.plane}: {owner_id}: entry {number}: {problem}", markup=False)
    verdict = f"{len(problems)} problems" if problems else "the chain holds"
    console.print(f"{base.plane}: {count} entries: {verdict}", markup=False)
    return len(problems)


def _answer(base: Database, look: Callable[[psycopg.Connection[Any]], Any]) -> Any:
    with closing(open_session(base.plane, base.url)) as db:
        return look(db)
