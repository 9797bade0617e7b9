"""Links by which people set their password: made once per idempotency key, kept as a hash, mailed once."""

import hashlib
import hmac
import sqlite3
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage

from ananta.standins.issuer.context import Issuer
from ananta.standins.issuer.errors import AdminError
from ananta.standins.issuer.pages import render_html, render_text
from ananta.standins.issuer.realms import Realm
from ananta.standins.issuer.users import User, find_user

LINK_SECONDS = 12 * 3600
SENDER = Address("Ananta", "no-reply", "ananta.local")
_NAME_LENGTH = 80


@dataclass(frozen=True, slots=True)
class ActionLink:
    """A link as it is stored."""

    token_hash: str
    user_id: str
    redirect_uri: str | None
    is_open: bool


def send_link(issuer: Issuer, realm: Realm, user_id: str, idempotency_key: str, redirect_uri: str | None) -> bool:
    """Mail a link to set the password; ``False`` where one was mailed for this key before.

    The link's token follows from the key and the admin secret, so a repeat after a crash makes the same link, and
    the row is there before the mail is: whoever has the mail has a link that works.
    """
    token = _derive_token(issuer, realm, user_id, idempotency_key)
    key_hash = _hash(idempotency_key)
    with issuer.store.write() as connection:
        user = find_user(connection, realm.name, user_id)
        if user is None:
            raise AdminError(404, "user_not_found", "User not found")
        if not _insert_link(connection, user, key_hash, token=token, redirect_uri=redirect_uri, now=issuer.clock()):
            return False
    link = f"{issuer.realm_url(realm.name)}/login-actions/action-token?key={token}"
    mailed = issuer.mailbox.deliver(
        _compose(realm, user, link), idempotency_key=f"set-password:{realm.id}:{user_id}:{idempotency_key}"
    )
    with issuer.store.write() as connection:
        connection.execute(
            "update action_links set mailed_at = ? where user_id = ? and idempotency_hash = ?",
            (issuer.clock(), user_id, key_hash),
        )
    return mailed


def find_link(connection: sqlite3.Connection, realm: str, token: str, now: float) -> ActionLink | None:
    """The link of a token."""
    row = connection.execute(
        "select action_links.* from action_links join users on users.id = action_links.user_id"
        " where token_hash = ? and users.realm = ?",
        (_hash(token), realm),
    ).fetchone()
    if row is None:
        return None
    is_open = row["used_at"] is None and row["expires_at"] > now
    return ActionLink(row["token_hash"], row["user_id"], row["redirect_uri"], is_open)


def _insert_link(
    connection: sqlite3.Connection, user: User, key_hash: str, *, token: str, redirect_uri: str | None, now: float
) -> bool:
    """Whether the link still has to be mailed."""
    connection.execute(
        "insert into action_links (token_hash, user_id, idempotency_hash, redirect_uri, expires_at)"
        " values (?, ?, ?, ?, ?) on conflict (user_id, idempotency_hash) do nothing",
        (_hash(token), user.id, key_hash, redirect_uri, now + LINK_SECONDS),
    )
    row = connection.execute(
        "select mailed_at from action_links where user_id = ? and idempotency_hash = ?", (user.id, key_hash)
    ).fetchone()
    return row["mailed_at"] is None


def _compose(realm: Realm, user: User, link: str) -> EmailMessage:
    values = {
        "first_name": _plain(user.first_name),
        "email": user.email,
        "realm_name": _plain(realm.display_name),
        "link": link,
        "hours": LINK_SECONDS // 3600,
    }
    message = EmailMessage()
    message["From"] = SENDER
    message["To"] = Address(addr_spec=user.email)
    message["Subject"] = f"Set your password for {values['realm_name']}"
    message.set_content(render_text("mail_set_password.txt", **values))
    message.add_alternative(render_html("mail_set_password.html", **values), subtype="html")
    return message


def _plain(name: str) -> str:
    """A name that cannot bring a line or a link of its own into a mail."""
    return " ".join(name.split()).replace("://", " ")[:_NAME_LENGTH]


def _derive_token(issuer: Issuer, realm: Realm, user_id: str, idempotency_key: str) -> str:
    content = "\n".join(("set-password", realm.id, user_id, idempotency_key))
    return hmac.new(issuer.admin_secret.encode(), content.encode(), hashlib.sha256).hexdigest()


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
