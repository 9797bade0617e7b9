"""docs/SETTINGS.md, made of ``ananta/settings.py``; and the settings as the environment has them."""

from collections.abc import Iterator
from enum import Enum
from typing import Annotated, Any

import typer
from pydantic.fields import FieldInfo

from ananta.settings import EVERY, ROOT, SERVING, Settings
from ananta.settings_loading import OTHERS, form_of, load, variables
from ananta.settings_types import FILE_SUFFIX, is_secret, shown, shown_path, told

PAGE = ROOT / "docs" / "SETTINGS.md"
HEAD = """# Settings

Every setting is an environment variable `ANANTA_…`, read once at the start of a process by `ananta/settings.py`, of
which `bin/ananta settings --write` makes this page. The embedded run (`bin/ananta up`) sets all that is needed itself;
set one in its environment to change it there. Secrets are its own: those of its environment, and what libpq and
PostgREST read there (`PG…`), reach none of its processes. `bin/ananta settings` shows what the environment says,
without secrets.

- A value that cannot be stops the start with a sentence: which variable, what is wrong, what would be right.
- An unknown `ANANTA_…` is a warning (`unknown_setting`) that names the nearest known one. An empty one is as if unset.
- A **secret** may also be in a file: `ANANTA_WEBHOOK_SECRET_FILE=/run/secrets/webhook` in place of
  `ANANTA_WEBHOOK_SECRET`. White space at its end does not count. Its value is in no log, error or command line, nor is
  what was put in a `…_FILE` and does not look like a path, nor login and query of an address.
- Processes: `gateway`, `edge-control`, `edge-app`, `worker`, `issuer` (the development one), `up` (the embedded run),
  `db` (`bin/ananta db`); `serving` are the first four. One in **bold** does not start without the setting.
- With `ANANTA_ENV=production` a process refuses what is not safe enough: local stand-ins, a default `ANANTA_ANON_KEY`,
  a database password that is well known or has less than 12 characters, an RSA key of less than 2048 bits, a secret of
  less than 32 bytes, and an `ANANTA_PUBLIC_URL` without https. `deploy/prepare.py` refuses such passwords of
  all logins, PostgREST's too.

"""
TABLE = "| variable | default | must be | unit | secret | read by | meaning |\n|---|---|---|---|---|---|---|\n"
TESTS = """
## Of tests and containers

Known, so that nobody is warned of them; no process reads them.

| variable | default | meaning |
|---|---|---|
"""
CONTAINERS = """
## In containers

What `docker-compose.yml` wants in its `.env`. `deploy/new_env.py` makes all without a default; without one of them
Docker Compose does not start, and names it. After an update that brings a new one, run `new_env.py` once more and take
over that line alone: other passwords than those in the database open nothing.

| variable | default | meaning |
|---|---|---|
| `POSTGRES_PASSWORD` | none | password of the superuser `postgres`, which only the one-shot `migrate` uses |
| `ANANTA_MIGRATOR_PASSWORD` | none | password of `ananta_migrator`; Studio's too |
| `CONTROL_AUTHENTICATOR_PASSWORD` | none | password of PostgREST's login in the control plane |
| `CONTROL_EDGE_PASSWORD` | none | password of the control edge |
| `CONTROL_WORKER_PASSWORD` | none | password of the worker in the control plane |
| `APP_AUTHENTICATOR_PASSWORD` | none | password of PostgREST's login in the app plane |
| `APP_EDGE_PASSWORD` | none | password of the app edge |
| `APP_WORKER_PASSWORD` | none | password of the worker in the app plane |
| `WEBHOOK_SECRET` | none | `ANANTA_WEBHOOK_SECRET` of edges and worker |
| `GATEWAY_WEBHOOK_SECRET` | none | `ANANTA_GATEWAY_WEBHOOK_SECRET` of gateway and app edge |
| `IDENTITY_ADMIN_SECRET` | none | `ANANTA_IDENTITY_ADMIN_SECRET` of issuer and worker |
| `STUDIO_CRYPTO_KEY` | none | with which Studio and postgres-meta encrypt connection strings between them |
| `CONTROL_TOKEN_KEY` | none | private key (PEM) of the control plane's tokens |
| `CONTROL_TOKEN_JWKS` | none | its public half, as PostgREST reads it |
| `APP_TOKEN_KEY` | none | private key (PEM) of the app plane's tokens |
| `APP_TOKEN_JWKS` | none | its public half |
| `ANANTA_PUBLIC_URL` | `http://127.0.0.1:27500` | as above |
| `ANANTA_TRUSTED_PROXIES` | none | as above; a proxy on this machine has the address of Docker's own gateway |
| `POSTGRES_PORT` | `5432` | port of PostgreSQL on this machine's loopback address |
| `STUDIO_PORT` | `54323` | port of Studio there |
| `STUDIO_DATABASE` | `supabase` | which database Studio shows; `arc_saas` is the other |
"""


def page() -> str:
    """The whole page."""
    settings = "".join(_row(name, field) for name, field in variables().items())
    others = "".join(f"| `{name}` | {default} | {meaning} |\n" for name, (default, meaning) in OTHERS.items())
    return f"{HEAD}## Settings\n\n{TABLE}{settings}{TESTS}{others}{CONTAINERS}"


def _row(name: str, field: FieldInfo) -> str:
    secret = "yes" if is_secret(field) else "no"
    cells = (f"`{name}`", _default(field), form_of(field), told(field, "unit") or "-", secret, _users(field))
    return f"| {' | '.join(cells)} | {field.description} |\n"


def _default(field: FieldInfo) -> str:
    if shown := told(field, "shown_default"):
        return str(shown)
    value: Any = field.default
    return "none" if value is None else f"`{value.value if isinstance(value, Enum) else value}`"


def _users(field: FieldInfo) -> str:
    users = told(field, "users")
    for group, word in ((EVERY, "every process"), (SERVING, "serving")):
        if set(users) >= set(group):
            return ", ".join([word, *(user for user in users if user not in group)])
    return ", ".join(f"**{user}**" if told(field, "required") else user for user in users)


def show(
    write: Annotated[bool, typer.Option("--write", help="Write docs/SETTINGS.md instead.")] = False,
) -> None:
    """Show every setting that differs from its default."""
    if write:
        PAGE.write_text(page(), encoding="utf-8")
        return
    for line in _differing(load()):
        typer.echo(line)


def _differing(settings: Settings) -> Iterator[str]:
    fields = dict(zip(Settings.model_fields, variables().items(), strict=True))
    for name in sorted(settings.model_fields_set):
        variable, field = fields[name]
        value = getattr(settings, name)
        yield f"{variable}={_shown(variable, field, value)}"


def _shown(variable: str, field: FieldInfo, value: Any) -> str:
    if is_secret(field):
        return "(a secret that is set)"
    if variable.endswith(FILE_SUFFIX):
        return shown_path(value)
    return shown(str(value.value if isinstance(value, Enum) else value))
