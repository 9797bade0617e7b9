"""Platform tokens: what the exchange signs, and what an edge accepts."""

import time
import uuid
from functools import cached_property
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from fastapi import Request
from structlog.contextvars import bind_contextvars

from ananta.embedded.token_keys import public_key_set
from ananta.settings import Plane, Settings
from edge_api.problems import ProblemError

PREFIX = "eyJ0eXAiOiJhdCtqd3Qi"


class PlatformTokens:
    """Signs and verifies the tokens of one plane (RS256, RFC 9068 ``at+jwt``)."""

    def __init__(self, plane: Plane, settings: Settings) -> None:
        self._plane = plane
        self._file = settings.control_token_key_file if plane is Plane.CONTROL else settings.app_token_key_file
        self._seconds = settings.platform_token_seconds

    @cached_property
    def _key_id(self) -> str:
        if self._file is None:
            raise SystemExit(f"ANANTA_{self._plane.upper()}_TOKEN_KEY_FILE is not set.")
        return public_key_set(self._file)["keys"][0]["kid"]

    @cached_property
    def _key(self) -> RSAPrivateKey:
        if self._file is None:
            raise SystemExit(f"ANANTA_{self._plane.upper()}_TOKEN_KEY_FILE is not set.")
        key = serialization.load_pem_private_key(self._file.read_bytes(), password=None)
        if not isinstance(key, RSAPrivateKey):
            raise SystemExit(f"ANANTA_{self._plane.upper()}_TOKEN_KEY_FILE holds no RSA key.")
        return key

    def sign(self, claims: dict[str, Any], *, not_after: int) -> tuple[str, int]:
        """A token of the claims and its lifetime in seconds: never longer than the token it came from."""
        now = int(time.time())
        expires_at = min(now + self._seconds, not_after)
        standard = {
            "iss": f"urn:ananta:{self._plane}",
            "aud": f"ananta-{self._plane}",
            "iat": now,
            "exp": expires_at,
            "jti": str(uuid.uuid4()),
        }
        headers = {"typ": "at+jwt", "kid": self._key_id}
        return jwt.encode(
            claims | standard, self._key, algorithm="RS256", headers=headers, sort_headers=False
        ), expires_at - now

    def verify(self, token: str) -> dict[str, Any]:
        """The claims of one of our tokens.

        Raises ProblemError ``invalid_token`` for any other.
        """
        try:
            if jwt.get_unverified_header(token).get("typ") != "at+jwt":
                raise invalid_token()
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key.public_key(),
                algorithms=["RS256"],
                audience=f"ananta-{self._plane}",
                issuer=f"urn:ananta:{self._plane}",
                options={"require": ["exp", "iat", "aud", "iss", "sub"]},
            )
        except (jwt.PyJWTError, ValueError) as error:
            raise invalid_token() from error
        names = {"tenant_id": claims.get("tenantId"), "organization_id": claims.get("organization_id")}
        bind_contextvars(**{name: value for name, value in names.items() if value})
        return claims

    def caller(self, request: Request) -> dict[str, Any]:
        """The claims of the request's Bearer token; the app plane's gateway meters the call by its organization."""
        claims = self.verify(bearer(request))
        if self._plane is Plane.APP:
            request.state.calling_organization = claims.get("organization_id")
        return claims


def bearer(request: Request) -> str:
    """The request's Bearer token."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise ProblemError(401, "token_missing", "Send Authorization: Bearer <token>.")
    return token.strip()


def invalid_token() -> ProblemError:
    """The refusal of a token, without a word about which check failed."""
    return ProblemError(401, "invalid_token", "Sign in again, then exchange the new token.")
