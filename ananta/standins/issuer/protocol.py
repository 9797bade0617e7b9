"""The protocol endpoints that programs call: discovery, keys, tokens, userinfo, logout."""

import re
from typing import Any

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from ananta.standins.issuer.context import FormDep, Issuer, IssuerDep, QueryDep
from ananta.standins.issuer.errors import OAuthError, PageError
from ananta.standins.issuer.grants import code_grant, refresh_grant
from ananta.standins.issuer.keys import public_jwk
from ananta.standins.issuer.pages import page
from ananta.standins.issuer.realms import Realm, find_client
from ananta.standins.issuer.requests import with_query
from ananta.standins.issuer.sessions import end_session, live_session
from ananta.standins.issuer.tokens import profile_claims, read_token, token_answer
from ananta.standins.issuer.users import find_user

router = APIRouter(prefix="/auth/realms/{realm}")
log = structlog.get_logger()

_BEARER = re.compile(r"Bearer ([A-Za-z0-9._~+/=-]+)", re.IGNORECASE)
_CLAIMS = (
    "sub iss aud exp iat auth_time nonce name given_name family_name preferred_username email email_verified "
    "realm_access permissions"
)
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


@router.get("/.well-known/openid-configuration")
def discovery(realm: str, issuer: IssuerDep) -> JSONResponse:
    """What the realm offers (OpenID Connect Discovery)."""
    base = issuer.realm_url(issuer.realm(realm).name)
    protocol = f"{base}/protocol/openid-connect"
    content: dict[str, Any] = {
        "issuer": base,
        "authorization_endpoint": f"{protocol}/auth",
        "token_endpoint": f"{protocol}/token",
        "userinfo_endpoint": f"{protocol}/userinfo",
        "end_session_endpoint": f"{protocol}/logout",
        "jwks_uri": f"{protocol}/certs",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "profile", "email"],
        "claims_supported": _CLAIMS.split(),
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
    }
    return JSONResponse(content)


@router.get("/protocol/openid-connect/certs")
def certs(realm: str, issuer: IssuerDep) -> JSONResponse:
    """The realm's public keys (RFC 7517)."""
    found = issuer.realm(realm)
    return JSONResponse({"keys": [public_jwk(found.private_key, found.kid)]})


@router.post("/protocol/openid-connect/token")
def token(realm: str, issuer: IssuerDep, form: FormDep) -> JSONResponse:
    """Tokens for a code or a refresh token; there is no password grant."""
    found = issuer.realm(realm)
    with issuer.store.read() as connection:
        client = find_client(connection, realm, form.get("client_id", ""))
    if client is None or "client_secret" in form:
        raise OAuthError("invalid_client", "Invalid client or Invalid client credentials", 401)
    match form.get("grant_type", ""):
        case "authorization_code":
            grant = code_grant(issuer, found, client, form)
        case "refresh_token":
            grant = refresh_grant(issuer, found, client, form)
        case "":
            raise OAuthError("invalid_request", "Missing form parameter: grant_type")
        case _:
            raise OAuthError("unsupported_grant_type", "Unsupported grant_type")
    return JSONResponse(token_answer(grant), headers=_NO_STORE)


@router.api_route("/protocol/openid-connect/userinfo", methods=["GET", "POST"])
def userinfo(realm: str, request: Request, issuer: IssuerDep) -> JSONResponse:
    """Who the access token speaks for, while its session lives."""
    found = issuer.realm(realm)
    bearer = _BEARER.fullmatch(request.headers.get("authorization", ""))
    if bearer is None:
        raise OAuthError("invalid_request", "An access token is needed", 401)
    now = issuer.clock()
    claims = read_token(found, issuer.realm_url(realm), bearer.group(1), kind="Bearer", now=now)
    with issuer.store.read() as connection:
        session = live_session(connection, realm, claims["sid"], now) if claims else None
        user = find_user(connection, realm, session.user_id) if session else None
    if user is None:
        raise OAuthError("invalid_token", "Token verification failed", 401)
    return JSONResponse({"sub": user.id, **profile_claims(user)}, headers=_NO_STORE)


@router.get("/protocol/openid-connect/logout")
def logout(realm: str, issuer: IssuerDep, query: QueryDep) -> Response:
    """End a session from the browser (OpenID Connect RP-Initiated Logout)."""
    return _logout(issuer, issuer.realm(realm), query)


@router.post("/protocol/openid-connect/logout")
def logout_posted(realm: str, issuer: IssuerDep, form: FormDep) -> Response:
    """The same by form; with a refresh token in place of the id token it answers 204, as Keycloak does."""
    found = issuer.realm(realm)
    if "refresh_token" not in form:
        return _logout(issuer, found, form)
    claims = read_token(found, issuer.realm_url(realm), form["refresh_token"], kind="Refresh", now=issuer.clock())
    if claims is None or claims["azp"] != form.get("client_id"):
        raise OAuthError("invalid_grant", "Invalid refresh token")
    _end(issuer, claims["sid"])
    return Response(status_code=204)


def _logout(issuer: Issuer, realm: Realm, parameters: dict[str, str]) -> Response:
    hint = parameters.get("id_token_hint", "")
    claims = read_token(realm, issuer.realm_url(realm.name), hint, kind="ID", now=None)
    if claims is None or parameters.get("client_id", claims["azp"]) != claims["azp"]:
        raise PageError(400, "Not signed out", "The id_token_hint is missing or not of this realm and application.")
    target = parameters.get("post_logout_redirect_uri")
    with issuer.store.read() as connection:
        client = find_client(connection, realm.name, claims["azp"])
    if target is not None and (client is None or not client.accepts(target)):
        raise PageError(400, "Not signed out", "Invalid parameter: post_logout_redirect_uri")
    _end(issuer, claims["sid"])
    if target is None:
        return page("message.html", title="You are signed out", message="You can close this page.", link=None)
    state = {"state": parameters["state"]} if "state" in parameters else {}
    return RedirectResponse(with_query(target, state), status_code=302)


def _end(issuer: Issuer, session_id: str) -> None:
    with issuer.store.write() as connection:
        end_session(connection, session_id, issuer.clock())
    log.info("session_ended", session_id=session_id)
