"""``bin/ananta types`` and ``bin/ananta meta``: Supabase's postgres-meta over one of the two databases."""

import os
import secrets
from collections.abc import Mapping
from typing import Annotated

import typer

from ananta.embedded.binaries import node_program
from ananta.embedded.errors import EmbeddedError
from ananta.embedded.postgrest import SCHEMAS
from ananta.migrations_cli import UrlOption, configured, reported
from ananta.settings import ROOT, Plane, get_settings

SERVER = ROOT / "clients" / "node_modules" / "@supabase" / "postgres-meta" / "dist" / "server" / "server.js"
POSTGREST_VERSION = "12"  # supabase-js reads from the types what this one can

PlaneOption = Annotated[Plane, typer.Option(help="Which plane's database.")]

types = typer.Typer(add_completion=False)
meta = typer.Typer(add_completion=False)


@types.command()
def types_command(plane: PlaneOption = Plane.APP, url: UrlOption = None) -> None:
    """Print the TypeScript types of a plane's exposed schema, for supabase-js."""
    wanted = {
        "PG_META_GENERATE_TYPES": "typescript",
        "PG_META_GENERATE_TYPES_INCLUDED_SCHEMAS": SCHEMAS[plane],
        "PG_META_GENERATE_TYPES_DEFAULT_SCHEMA": SCHEMAS[plane],
        "PG_META_GENERATE_TYPES_DETECT_ONE_TO_ONE_RELATIONSHIPS": "true",
        "PG_META_POSTGREST_VERSION": POSTGREST_VERSION,
    }
    _become_postgres_meta(plane, url, wanted)


@meta.command()
def meta_command(
    plane: PlaneOption = Plane.APP,
    port: Annotated[int, typer.Option(help="Its port on this machine; the next one is its own admin's.")] = 8080,
    url: UrlOption = None,
) -> None:
    """Run postgres-meta, Supabase Studio's backend, until Ctrl-C. Whoever reaches it is the migrator: loopback only."""
    key = os.environ.get("CRYPTO_KEY") or secrets.token_urlsafe(24)
    _become_postgres_meta(
        plane,
        url,
        {"PG_META_HOST": "127.0.0.1", "PG_META_PORT": str(port), "CRYPTO_KEY": key, "NODE_ENV": "production"},
    )


def _become_postgres_meta(plane: Plane, url: str | None, settings: Mapping[str, str]) -> None:
    """Replace this process by Node, so that signals reach it and nothing stays behind."""
    if not SERVER.is_file():
        raise EmbeddedError("postgres-meta is not installed", "run this command as bin/ananta: it installs it")
    program = str(node_program(get_settings().state_dir))
    with reported():
        url = url or configured(plane).url
    environment = {**os.environ, "PG_META_DB_URL": url, **settings}
    os.execve(program, [program, "--no-warnings", str(SERVER)], environment)  # noqa: S606 - a list, no shell
