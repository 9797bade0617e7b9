"""Sessions, the codes that open them, and the refresh tokens that keep them open."""

import hashlib
import secrets
import sqlite3
import uuid
from base64 import urlsafe_b64encode
from dataclasses import dataclass

from ananta.standins.issuer.users import User

SESSION_SECONDS = 36_000
CODE_SECONDS = 60
_KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Session:
    """A login of one user at one client."""

    id: str
    user_id: str
    client_id: str
    scope: str
    nonce: str | None
    authenticated_at: float
    expires_at: float


@dataclass(frozen=True, slots=True)
class CodeRequest:
    """What a code is asked with: the authorization request's own values."""

    client_id: str
    redirect_uri: str
    code_challenge: str
    scope: str
    nonce: str | None


def start_session(connection: sqlite3.Connection, user: User, asked: CodeRequest, now: float) -> tuple[str, str]:
    """Open a session and a code to it; returns the session's id and the code."""
    _forget_old(connection, now)
    session_id, code = str(uuid.uuid4()), secrets.token_urlsafe(32)
    connection.execute(
        "insert into sessions (id, realm, user_id, client_id, scope, nonce, authenticated_at, expires_at)"
        " values (?, ?, ?, ?, ?, ?, ?, ?)",
        (session_id, user.realm, user.id, asked.client_id, asked.scope, asked.nonce, now, now + SESSION_SECONDS),
    )
    connection.execute(
        "insert into codes (code_hash, session_id, client_id, redirect_uri, code_challenge, expires_at)"
        " values (?, ?, ?, ?, ?, ?)",
        (_hash(code), session_id, asked.client_id, asked.redirect_uri, asked.code_challenge, now + CODE_SECONDS),
    )
    return session_id, code


def redeem_code(
    connection: sqlite3.Connection,
    realm: str,
    code: str,
    *,
    client_id: str,
    redirect_uri: str,
    verifier: str,
    now: float,
) -> Session | None:
    """The session behind a code, or ``None``. Whatever the outcome the code is used up, and one that comes twice
    ends its session (RFC 6749, 4.1.2)."""
    row = connection.execute(
        "select codes.* from codes join sessions on sessions.id = codes.session_id"
        " where codes.code_hash = ? and sessions.realm = ?",
        (_hash(code), realm),
    ).fetchone()
    if row is None:
        return None
    if row["used_at"] is not None:
        end_session(connection, row["session_id"], now)
        return None
    connection.execute("update codes set used_at = ? where code_hash = ?", (now, row["code_hash"]))
    if row["expires_at"] <= now or row["client_id"] != client_id or row["redirect_uri"] != redirect_uri:
        return None
    if not secrets.compare_digest(row["code_challenge"], s256(verifier)):
        return None
    return live_session(connection, realm, row["session_id"], now)


def live_session(connection: sqlite3.Connection, realm: str, session_id: str, now: float) -> Session | None:
    """The session, unless it has ended."""
    row = connection.execute(
        "select id, user_id, client_id, scope, nonce, authenticated_at, expires_at from sessions"
        " where id = ? and realm = ? and ended_at is null and expires_at > ?",
        (session_id, realm, now),
    ).fetchone()
    return Session(**dict(row)) if row is not None else None


def set_refresh(connection: sqlite3.Connection, session_id: str, jti: str) -> None:
    """From now on this refresh token, and no other, continues the session."""
    connection.execute("update sessions set refresh_jti = ? where id = ?", (jti, session_id))


def is_current_refresh(connection: sqlite3.Connection, session_id: str, jti: str) -> bool:
    """Whether a refresh token is the session's latest; an older one means that two hold the session."""
    row = connection.execute("select refresh_jti from sessions where id = ?", (session_id,)).fetchone()
    return row is not None and row["refresh_jti"] == jti


def end_session(connection: sqlite3.Connection, session_id: str, now: float) -> None:
    """End one session."""
    connection.execute("update sessions set ended_at = ? where id = ? and ended_at is null", (now, session_id))


def s256(verifier: str) -> str:
    """The challenge of a PKCE verifier (RFC 7636, 4.2)."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode("ascii")


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _forget_old(connection: sqlite3.Connection, now: float) -> None:
    connection.execute("delete from sessions where expires_at < ?", (now - _KEPT_SECONDS,))
    connection.execute("delete from codes where expires_at < ?", (now - _KEPT_SECONDS,))
