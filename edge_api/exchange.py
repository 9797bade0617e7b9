"""Token exchange (RFC 8693): a realm's token in, one of the plane's own out.

issuer registered and active -> that issuer's key by kid -> signature, audience, expiry, type -> who this is, which the
database says.
"""

import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeGuard

import httpx
import jwt
from fastapi import APIRouter, Form

from ananta.settings import Settings
from edge_api.database import Database
from edge_api.problems import ProblemError
from edge_api.tokens import PlatformTokens, invalid_token

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange"
TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a type's name
KEY_REFRESH_SECONDS = 10
MAX_TOKEN_LENGTH = 8192

Identify = Callable[[dict[str, Any], str | None], Awaitable[dict[str, Any]]]


class RealmTokens:
    """Verifies tokens of registered realms; their keys are rows, fetched again when a key id is unknown."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._internal, self._outside = f"{settings.identity_url}/auth", settings.issuer_url

    async def verify(self, token: str) -> dict[str, Any]:
        """The claims of a realm's access token, or ProblemError ``invalid_token``."""
        if len(token) > MAX_TOKEN_LENGTH:
            raise invalid_token()
        try:
            header = jwt.get_unverified_header(token)
            issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
            if header.get("alg") != "RS256" or not _is_plain(issuer) or not isinstance(header.get("kid"), str):
                raise invalid_token()
            key = await self._key(issuer, header["kid"])
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                audience="ananta",
                issuer=issuer,
                options={"require": ["exp", "iat", "sub"]},
            )
        except (jwt.PyJWTError, ValueError, TypeError, KeyError) as error:
            raise invalid_token() from error
        if claims.get("typ") != "Bearer" or not claims["sub"] or not _is_well_formed(claims):
            raise invalid_token()
        return claims

    async def _key(self, issuer: str, key_id: str) -> jwt.PyJWK:
        row = await self._issuer(issuer)
        key = _find(row["jwks"], key_id)
        if key is None and (row["age"] is None or row["age"] > KEY_REFRESH_SECONDS):
            key = _find(await self._refresh(issuer, row["realm"]), key_id)
        if key is None:
            raise invalid_token()
        return key

    async def _issuer(self, issuer: str) -> dict[str, Any]:
        query = (
            "select realm, jwks, extract(epoch from now() - keys_fetched_at)::float as age from private.find_issuer(%s)"
        )
        async with self._database.transaction() as connection:
            row = await (await connection.execute(query, (issuer,))).fetchone()
        if row is None:
            raise invalid_token()
        return row

    async def _refresh(self, issuer: str, realm: str) -> dict[str, Any]:
        url = f"{self._internal}/realms/{realm}/protocol/openid-connect/certs"
        try:
            async with httpx.AsyncClient(timeout=5) as client:
                response = await client.get(url)
        except httpx.HTTPError as error:
            raise ProblemError(
                503, "identity_unavailable", "Try again in a few seconds.", headers={"Retry-After": "5"}
            ) from error
        if response.status_code != 200:
            raise invalid_token()
        keys: dict[str, Any] = response.json()
        public = {"keys": [k for k in keys.get("keys", []) if k.get("kty") == "RSA" and k.get("use", "sig") == "sig"]}
        await self._database.value("select private.store_issuer_keys(%s, %s)", (issuer, _json(public)))
        return public


def _is_plain(value: Any) -> TypeGuard[str]:
    """Whether a value is text that the database can hold: no NUL, no half of a surrogate pair."""
    return isinstance(value, str) and value.isprintable()


def _is_well_formed(claims: dict[str, Any]) -> bool:
    """Whether the claims that go on have the types they must; the library takes a text for a time."""
    return type(claims["exp"]) in {int, float} and _is_plain(claims["sub"]) and _is_plain(claims.get("email", ""))


def _find(jwks: dict[str, Any], key_id: str) -> jwt.PyJWK | None:
    found = next((key for key in jwks.get("keys", []) if key.get("kid") == key_id), None)
    return jwt.PyJWK(found, algorithm="RS256") if found else None


def _json(value: Any) -> Any:
    from psycopg.types.json import Jsonb

    return Jsonb(value)


def router(realms: RealmTokens, tokens: PlatformTokens, identify: Identify) -> APIRouter:
    """``POST /api/auth/exchange`` of one plane; ``identify`` gives the platform claims of a verified subject."""
    routes = APIRouter()

    @routes.post("/api/auth/exchange")
    async def exchange(
        grant_type: Annotated[str, Form()],
        subject_token: Annotated[str, Form()],
        subject_token_type: Annotated[str, Form()] = TOKEN_TYPE,
        tenant_id: Annotated[str | None, Form()] = None,
    ) -> dict[str, Any]:
        """Exchange a realm's access token for a platform token of this plane."""
        if grant_type != GRANT_TYPE or subject_token_type != TOKEN_TYPE:
            raise ProblemError(
                400, "unsupported_grant", f"Use grant_type {GRANT_TYPE} and subject_token_type {TOKEN_TYPE}."
            )
        subject = await realms.verify(subject_token)
        claims = await identify(subject, tenant_id)
        token, seconds = tokens.sign(claims, not_after=int(subject["exp"]))
        if seconds <= 0 or int(subject["exp"]) <= time.time():
            raise invalid_token()
        return {
            "access_token": token,
            "issued_token_type": TOKEN_TYPE,
            "token_type": "Bearer",
            "expires_in": seconds,
        }

    return routes
