"""What the token endpoint grants on: a code with its PKCE verifier, or a refresh token used once."""

import re
import sqlite3
import uuid
from collections.abc import Mapping

import structlog

from ananta.standins.issuer.context import Issuer
from ananta.standins.issuer.errors import OAuthError
from ananta.standins.issuer.realms import Client, Realm, flatten_roles, realm_roles
from ananta.standins.issuer.sessions import (
    Session,
    end_session,
    is_current_refresh,
    live_session,
    redeem_code,
    set_refresh,
)
from ananta.standins.issuer.tokens import Grant, read_token
from ananta.standins.issuer.users import find_user

log = structlog.get_logger()

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def code_grant(issuer: Issuer, realm: Realm, client: Client, form: Mapping[str, str]) -> Grant:
    """The grant behind an authorization code."""
    for name in ("code", "redirect_uri", "code_verifier"):
        if not form.get(name):
            raise OAuthError("invalid_request", f"Missing parameter: {name}")
    if not _VERIFIER.fullmatch(form["code_verifier"]):
        raise OAuthError("invalid_grant", "PKCE verification failed: Invalid code verifier")
    now = issuer.clock()
    with issuer.store.write() as connection:
        session = redeem_code(
            connection,
            realm.name,
            form["code"],
            client_id=client.client_id,
            redirect_uri=form["redirect_uri"],
            verifier=form["code_verifier"],
            now=now,
        )
        grant = _grant(issuer, connection, realm, client, session=session, now=now) if session is not None else None
    if grant is None:
        raise OAuthError("invalid_grant", "Code not valid")
    return grant


def refresh_grant(issuer: Issuer, realm: Realm, client: Client, form: Mapping[str, str]) -> Grant:
    """The grant behind a refresh token. One that comes twice was copied: its session ends (RFC 9700, 4.14.2)."""
    if not form.get("refresh_token"):
        raise OAuthError("invalid_request", "No refresh token")
    now = issuer.clock()
    claims = read_token(realm, issuer.realm_url(realm.name), form["refresh_token"], kind="Refresh", now=now)
    if claims is None or claims["azp"] != client.client_id:
        raise OAuthError("invalid_grant", "Invalid refresh token")
    with issuer.store.write() as connection:
        session = live_session(connection, realm.name, claims["sid"], now)
        is_current = session is not None and is_current_refresh(connection, session.id, claims["jti"])
        if session is not None and not is_current:
            log.warning("refresh_token_reused", realm=realm.name, session_id=session.id)
            end_session(connection, session.id, now)
        grant = _grant(issuer, connection, realm, client, session=session, now=now) if session and is_current else None
    if grant is None:
        raise OAuthError("invalid_grant", "Session not active or refresh token already used")
    return grant


def _grant(
    issuer: Issuer, connection: sqlite3.Connection, realm: Realm, client: Client, *, session: Session, now: float
) -> Grant | None:
    user = find_user(connection, realm.name, session.user_id)
    if user is None:
        return None
    roles, permissions = flatten_roles(realm_roles(connection, realm.name), user.roles)
    refresh_jti = str(uuid.uuid4())
    set_refresh(connection, session.id, refresh_jti)
    return Grant(
        issuer_url=issuer.realm_url(realm.name),
        realm=realm,
        client=client,
        user=user,
        session=session,
        roles=roles,
        permissions=permissions,
        refresh_jti=refresh_jti,
        now=now,
    )
