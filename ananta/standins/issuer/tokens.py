"""Tokens of a realm: what is in them, and how they are read back."""

import hashlib
import uuid
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

import jwt

from ananta.standins.issuer.keys import load_private_key
from ananta.standins.issuer.realms import Client, Realm
from ananta.standins.issuer.sessions import Session
from ananta.standins.issuer.users import User

ACCESS_SECONDS = 300
ALGORITHM = "RS256"
_OWN_CHECKS = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False}


@dataclass(frozen=True, slots=True)
class Grant:
    """Everything a set of tokens is made from."""

    issuer_url: str
    realm: Realm
    client: Client
    user: User
    session: Session
    roles: list[str]
    permissions: list[str]
    refresh_jti: str
    now: float


def token_answer(grant: Grant) -> dict[str, Any]:
    """The token endpoint's answer; an id token only where ``openid`` was asked for."""
    access = _sign(grant.realm, _access_claims(grant))
    answer = {
        "access_token": access,
        "expires_in": int(_access_end(grant) - grant.now),
        "refresh_expires_in": int(grant.session.expires_at - grant.now),
        "refresh_token": _sign(grant.realm, _refresh_claims(grant)),
        "token_type": "Bearer",
        "not-before-policy": 0,
        "session_state": grant.session.id,
        "scope": grant.session.scope,
    }
    if "openid" in grant.session.scope.split():
        answer["id_token"] = _sign(grant.realm, _id_claims(grant, access))
    return answer


def profile_claims(user: User) -> dict[str, Any]:
    """Who the user is."""
    return {
        "email": user.email,
        "email_verified": user.email_verified,
        "name": user.name,
        "given_name": user.first_name,
        "family_name": user.last_name,
        "preferred_username": user.email,
    }


def read_token(realm: Realm, issuer_url: str, token: str, *, kind: str, now: float | None) -> dict[str, Any] | None:
    """The claims of a token that this realm signed, of this kind and (unless ``now`` is none) not expired."""
    try:
        if jwt.get_unverified_header(token).get("kid") != realm.kid:
            return None
        key = load_private_key(realm.private_key).public_key()
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            issuer=issuer_url,
            options=_OWN_CHECKS,  # type: ignore[arg-type]
        )
    except jwt.InvalidTokenError:
        return None
    expired = now is not None and claims.get("exp", 0) <= now
    return None if claims.get("typ") != kind or expired else claims


def _access_end(grant: Grant) -> float:
    return min(grant.now + ACCESS_SECONDS, grant.session.expires_at)


def _common(grant: Grant, kind: str, end: float, jti: str) -> dict[str, Any]:
    return {
        "exp": int(end),
        "iat": int(grant.now),
        "jti": jti,
        "iss": grant.issuer_url,
        "sub": grant.user.id,
        "typ": kind,
        "azp": grant.client.client_id,
        "sid": grant.session.id,
    }


def _access_claims(grant: Grant) -> dict[str, Any]:
    return {
        **_common(grant, "Bearer", _access_end(grant), str(uuid.uuid4())),
        **profile_claims(grant.user),
        "aud": list(grant.client.audiences),
        "auth_time": int(grant.session.authenticated_at),
        "scope": grant.session.scope,
        "realm_access": {"roles": grant.roles},
        "permissions": grant.permissions,
    }


def _refresh_claims(grant: Grant) -> dict[str, Any]:
    return {
        **_common(grant, "Refresh", grant.session.expires_at, grant.refresh_jti),
        "aud": grant.issuer_url,
        "scope": grant.session.scope,
    }


def _id_claims(grant: Grant, access_token: str) -> dict[str, Any]:
    half = hashlib.sha256(access_token.encode()).digest()[:16]
    claims = {
        **_common(grant, "ID", _access_end(grant), str(uuid.uuid4())),
        **profile_claims(grant.user),
        "aud": grant.client.client_id,
        "auth_time": int(grant.session.authenticated_at),
        "at_hash": urlsafe_b64encode(half).rstrip(b"=").decode("ascii"),
    }
    return claims if grant.session.nonce is None else {**claims, "nonce": grant.session.nonce}


def _sign(realm: Realm, claims: dict[str, Any]) -> str:
    return jwt.encode(claims, load_private_key(realm.private_key), algorithm=ALGORITHM, headers={"kid": realm.kid})
