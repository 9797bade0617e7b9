"""Whose a platform token is, for the gateway's own limits: it checks the signature itself, once for each token.

So calls of a tenant count together whatever their tokens and answers, and a made-up token never counts as anybody's.
Whether a token is accepted is still for the database to say.
"""

import hashlib
import json
import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Any

import jwt

from ananta.settings import Plane
from edge_api.gateway.token_routing import PLATFORM_PREFIX

MOST_TOKENS = 20_000
LEEWAY_SECONDS = 30  # PostgREST's


@dataclass(frozen=True)
class Caller:
    """Who calls: ``id`` is of the organization, the tenant, or the operator; in no other plane it is the same."""

    id: str
    organization: str | None
    until: float

    @property
    def known_as(self) -> dict[str, str]:
        """Who it is, for logs and traces; an operator is of no tenant, and has an id of its own."""
        if self.organization:
            return {"organization_id": self.organization}
        return {"tenant_id": self.id.partition(" ")[2]}


class Callers:
    """Reads the tokens of one plane by its public keys."""

    def __init__(
        self, plane: Plane, key_set_file: Path, *, clock: Callable[[], float] = time, size: int = MOST_TOKENS
    ) -> None:
        self._plane = plane
        keys = jwt.PyJWKSet.from_dict(json.loads(key_set_file.read_text(encoding="utf-8"))).keys
        self._keys = {key.key_id: key for key in keys}
        self._clock = clock
        self._size = size
        self._read: OrderedDict[bytes, Caller] = OrderedDict()

    def find(self, token: str | None) -> Caller | None:
        """The caller with a token; None without one, and where it is not a valid one of this plane."""
        if token is None or not token.startswith(PLATFORM_PREFIX):
            return None
        digest = hashlib.sha256(token.encode()).digest()
        caller = self._read.get(digest) or self._verified(token)
        if caller is None or caller.until < self._clock():
            return None
        self._read[digest] = caller
        self._read.move_to_end(digest)
        while len(self._read) > self._size:
            self._read.popitem(last=False)
        return caller

    def _verified(self, token: str) -> Caller | None:
        try:
            key = self._keys[jwt.get_unverified_header(token).get("kid")]
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                audience=f"ananta-{self._plane}",
                issuer=f"urn:ananta:{self._plane}",
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
            organization = str(uuid.UUID(claims["organization_id"])) if self._plane is Plane.APP else None
        except (jwt.PyJWTError, AttributeError, KeyError, ValueError, TypeError):
            return None
        tenant = organization or claims.get("tenantId") or claims["sub"]
        if not isinstance(tenant, str) or not isinstance(claims["exp"], int | float):
            return None
        return Caller(f"{self._plane} {tenant}", organization, claims["exp"] + LEEWAY_SECONDS)
