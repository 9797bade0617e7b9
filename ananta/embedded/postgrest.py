"""PostgREST's configuration, one server a plane."""

from dataclasses import dataclass
from pathlib import Path

from ananta.embedded.credentials import write_private
from ananta.settings import Plane, Settings

SCHEMAS = {Plane.CONTROL: "tenant_management", Plane.APP: "public"}


@dataclass(frozen=True)
class PostgrestServer:
    """What differs between the two servers."""

    plane: Plane
    database_url: str
    key_set_file: Path
    port: int
    admin_port: int
    public_url: str = Settings.model_fields["public_url"].default


def settings(server: PostgrestServer) -> dict[str, str | int]:
    """The configuration. The JWT cache stays off: in this version expired tokens are never removed from it."""
    return {
        "db-uri": server.database_url,
        "db-schemas": SCHEMAS[server.plane],
        "db-anon-role": "anon",
        "db-pre-request": "private.check_request",
        "db-extra-search-path": "extensions",
        "db-max-rows": 1000,
        "db-pool": 10,
        "db-tx-end": "commit",
        "jwt-secret": f"@{server.key_set_file}",
        "jwt-aud": f"ananta-{server.plane}",
        "jwt-cache-max-lifetime": 0,
        "openapi-mode": "follow-privileges",
        "openapi-server-proxy-uri": f"{server.public_url}/api/{server.plane}/rest/v1",
        "server-host": "127.0.0.1",
        "server-port": server.port,
        "admin-server-port": server.admin_port,
        # Its lines have the whole address with what was searched for; the gateway logs each call, and without that.
        "log-level": "crit",
    }


def write_config(state_dir: Path, server: PostgrestServer) -> Path:
    """Write the configuration file; it holds a password, so only its owner may read it."""
    lines = [f"{name} = {_literal(value)}" for name, value in settings(server).items()]
    path = state_dir / f"postgrest-{server.plane}.conf"
    write_private(path, "\n".join(lines) + "\n")
    return path


def _literal(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
