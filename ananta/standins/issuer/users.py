"""Users of a realm: who they are, their roles, their password and its protection against guessing."""

import json
import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ananta.standins.issuer.errors import AdminError

FAILURES_ALLOWED = 5
LOCK_STEP_SECONDS = 60.0
LOCK_MAXIMUM_SECONDS = 900.0
FAILURES_FORGOTTEN_SECONDS = 12 * 3600.0


@dataclass(frozen=True, slots=True)
class User:
    """A person in one realm."""

    id: str
    realm: str
    email: str
    first_name: str
    last_name: str
    email_verified: bool
    password_hash: str | None
    required_actions: tuple[str, ...]
    attributes: dict[str, list[str]]
    roles: tuple[str, ...]
    locked_until: float

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True)
class NewUser:
    """What is given to create a user."""

    email: str
    first_name: str
    last_name: str
    roles: Sequence[str]
    attributes: Mapping[str, Sequence[str]]
    required_actions: Sequence[str]
    email_verified: bool


def create_user(connection: sqlite3.Connection, realm: str, new: NewUser, now: float) -> str | None:
    """Insert a user with their roles and return the id; ``None`` where the address is taken."""
    user_id = str(uuid.uuid4())
    values = (
        user_id,
        realm,
        new.email.lower(),
        new.first_name,
        new.last_name,
        int(new.email_verified),
        json.dumps(list(new.required_actions)),
        json.dumps({name: list(values) for name, values in new.attributes.items()}),
        now,
    )
    inserted = connection.execute(
        "insert into users (id, realm, email, first_name, last_name, email_verified, required_actions, attributes,"
        " created_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (realm, email) do nothing",
        values,
    )
    if inserted.rowcount != 1:
        return None
    set_roles(connection, realm, user_id, new.roles)
    return user_id


def set_roles(connection: sqlite3.Connection, realm: str, user_id: str, roles: Sequence[str]) -> None:
    """Replace the roles of a user."""
    known = {row["role"] for row in connection.execute("select role from roles where realm = ?", (realm,))}
    unknown = sorted(set(roles) - known)
    if unknown:
        raise AdminError(400, "role_unknown", f"The realm has no role {unknown[0]!r}.", f"Known: {sorted(known)}.")
    connection.execute("delete from user_roles where user_id = ?", (user_id,))
    connection.executemany(
        "insert into user_roles (user_id, realm, role) values (?, ?, ?)",
        [(user_id, realm, role) for role in sorted(set(roles))],
    )


def find_user(connection: sqlite3.Connection, realm: str, user_id: str) -> User | None:
    """A user of the realm by id."""
    row = connection.execute("select * from users where realm = ? and id = ?", (realm, user_id)).fetchone()
    return _user(connection, row)


def find_user_by_email(connection: sqlite3.Connection, realm: str, email: str) -> User | None:
    """A user of the realm by address; case does not matter."""
    wanted = (realm, email.strip().lower())
    row = connection.execute("select * from users where realm = ? and email = ?", wanted).fetchone()
    return _user(connection, row)


def delete_user(connection: sqlite3.Connection, user_id: str) -> None:
    """Remove a user with sessions and links."""
    connection.execute("delete from users where id = ?", (user_id,))


def set_password_hash(
    connection: sqlite3.Connection, user_id: str, password_hash: str, *, verifies_email: bool, now: float
) -> None:
    """Set a password; sessions and links that the old one or its setting left open end with it."""
    connection.execute(
        "update users set password_hash = ?, required_actions = '[]', email_verified = max(email_verified, ?),"
        " failed_count = 0, locked_until = 0 where id = ?",
        (password_hash, int(verifies_email), user_id),
    )
    connection.execute("update action_links set used_at = ? where user_id = ? and used_at is null", (now, user_id))
    end_sessions(connection, user_id, now)


def end_sessions(connection: sqlite3.Connection, user_id: str, now: float) -> None:
    """End every session of a user."""
    connection.execute("update sessions set ended_at = ? where user_id = ? and ended_at is null", (now, user_id))


def note_failure(connection: sqlite3.Connection, user_id: str, now: float) -> None:
    """Count a wrong password; from the fifth on the user is locked, each time for a minute longer."""
    row = connection.execute("select failed_count, failed_at from users where id = ?", (user_id,)).fetchone()
    if row is None:
        return
    forgotten = now - row["failed_at"] > FAILURES_FORGOTTEN_SECONDS
    failed = 1 if forgotten else row["failed_count"] + 1
    over = failed - FAILURES_ALLOWED + 1
    locked_until = now + min(over * LOCK_STEP_SECONDS, LOCK_MAXIMUM_SECONDS) if over > 0 else 0.0
    connection.execute(
        "update users set failed_count = ?, failed_at = ?, locked_until = ? where id = ?",
        (failed, now, locked_until, user_id),
    )


def forget_failures(connection: sqlite3.Connection, user_id: str) -> None:
    """A right password wipes the slate."""
    connection.execute("update users set failed_count = 0, locked_until = 0 where id = ?", (user_id,))


def _user(connection: sqlite3.Connection, row: sqlite3.Row | None) -> User | None:
    if row is None:
        return None
    roles = connection.execute("select role from user_roles where user_id = ? order by role", (row["id"],))
    return User(
        id=row["id"],
        realm=row["realm"],
        email=row["email"],
        first_name=row["first_name"],
        last_name=row["last_name"],
        email_verified=bool(row["email_verified"]),
        password_hash=row["password_hash"],
        required_actions=tuple(json.loads(row["required_actions"])),
        attributes=json.loads(row["attributes"]),
        roles=tuple(found["role"] for found in roles),
        locked_until=row["locked_until"],
    )
