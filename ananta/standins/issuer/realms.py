"""Realms with their roles and clients."""

import json
import re
import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from ananta.standins.issuer.errors import AdminError
from ananta.standins.issuer.keys import key_id

DEFAULT_AUDIENCES = ("ananta", "account")
_LOOPBACK = re.compile(r"http://127\.0\.0\.1:([0-9]{1,5})(/.*)?")


@dataclass(frozen=True, slots=True)
class Realm:
    """A realm: an issuer of its own, with its key."""

    name: str
    id: str
    display_name: str
    attributes: dict[str, str]
    built_in: bool
    kid: str
    private_key: str


@dataclass(frozen=True, slots=True)
class Client:
    """A public client (authorization code with PKCE) of a realm."""

    client_id: str
    redirect_uris: tuple[str, ...]
    audiences: tuple[str, ...] = DEFAULT_AUDIENCES

    def accepts(self, redirect_uri: str) -> bool:
        """Whether the address is registered: the same text, or any port of a registered loopback (RFC 8252, 7.3)."""
        if redirect_uri in self.redirect_uris:
            return True
        loopback = _LOOPBACK.fullmatch(redirect_uri)
        if loopback is None or not 0 < int(loopback.group(1)) <= 65535:
            return False
        return f"http://127.0.0.1{loopback.group(2) or ''}" in self.redirect_uris


def find_realm(connection: sqlite3.Connection, name: str) -> Realm | None:
    """The realm of that name."""
    row = connection.execute("select * from realms where name = ?", (name,)).fetchone()
    if row is None:
        return None
    return Realm(
        name=row["name"],
        id=row["id"],
        display_name=row["display_name"],
        attributes=json.loads(row["attributes"]),
        built_in=bool(row["built_in"]),
        kid=row["kid"],
        private_key=row["private_key"],
    )


def create_realm(
    connection: sqlite3.Connection,
    name: str,
    *,
    display_name: str,
    attributes: Mapping[str, str],
    private_key: str,
    now: float,
    built_in: bool = False,
) -> bool:
    """Insert a realm; ``False`` where one of that name exists."""
    values = (
        name,
        str(uuid.uuid4()),
        display_name,
        json.dumps(dict(attributes)),
        int(built_in),
        key_id(private_key),
        private_key,
        now,
    )
    inserted = connection.execute(
        "insert into realms (name, id, display_name, attributes, built_in, kid, private_key, created_at)"
        " values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (name) do nothing",
        values,
    )
    return inserted.rowcount == 1


def delete_realm(connection: sqlite3.Connection, name: str) -> None:
    """Remove a realm with everything in it."""
    connection.execute("delete from realms where name = ?", (name,))


def put_roles(connection: sqlite3.Connection, realm: str, roles: Mapping[str, Sequence[str]]) -> None:
    """Create roles, or set the permissions of those that exist."""
    connection.executemany(
        "insert into roles (realm, role, permissions) values (?, ?, ?)"
        " on conflict (realm, role) do update set permissions = excluded.permissions",
        [(realm, role, json.dumps(list(permissions))) for role, permissions in roles.items()],
    )


def realm_roles(connection: sqlite3.Connection, realm: str) -> dict[str, list[str]]:
    """The realm's roles and what each holds."""
    rows = connection.execute("select role, permissions from roles where realm = ? order by role", (realm,))
    return {row["role"]: json.loads(row["permissions"]) for row in rows}


def flatten_roles(roles: Mapping[str, Sequence[str]], held: Sequence[str]) -> tuple[list[str], list[str]]:
    """Roles and permissions that follow from the roles a user holds; a role may hold other roles of its realm."""
    effective: set[str] = set()
    permissions: set[str] = set()
    waiting = list(held)
    while waiting:
        name = waiting.pop()
        if name not in roles:
            permissions.add(name)
        elif name not in effective:
            effective.add(name)
            waiting.extend(roles[name])
    return sorted(effective), sorted(permissions)


def put_client(connection: sqlite3.Connection, realm: str, client: Client) -> None:
    """Create a client, or set what it may do."""
    for address in client.redirect_uris:
        _check_redirect_uri(address)
    connection.execute(
        "insert into clients (realm, client_id, redirect_uris, audiences) values (?, ?, ?, ?)"
        " on conflict (realm, client_id) do update"
        " set redirect_uris = excluded.redirect_uris, audiences = excluded.audiences",
        (realm, client.client_id, json.dumps(client.redirect_uris), json.dumps(client.audiences)),
    )


def find_client(connection: sqlite3.Connection, realm: str, client_id: str) -> Client | None:
    """A client of the realm."""
    return next((found for found in realm_clients(connection, realm) if found.client_id == client_id), None)


def realm_clients(connection: sqlite3.Connection, realm: str) -> list[Client]:
    """All clients of the realm."""
    rows = connection.execute("select * from clients where realm = ? order by client_id", (realm,))
    return [
        Client(row["client_id"], tuple(json.loads(row["redirect_uris"])), tuple(json.loads(row["audiences"])))
        for row in rows
    ]


def _check_redirect_uri(address: str) -> None:
    """Exact, absolute web addresses only (RFC 9700, 4.1)."""
    parts = urlsplit(address)
    is_plain = "@" not in parts.netloc and not set("*# \\\r\n") & set(address)
    if parts.scheme in ("http", "https") and parts.hostname and is_plain:
        return
    raise AdminError(
        400,
        "redirect_uri_invalid",
        "A redirect URI is an absolute http(s) address without wildcard, fragment or user.",
        f"Correct {address!r}.",
    )
