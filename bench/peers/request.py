"""What PostgREST does before a request's own statement, for peers that do the same: the token, then the transaction."""

import json
import os
from pathlib import Path
from typing import Any

import jwt

DATABASE_URL = os.environ["PEER_DATABASE_URL"]
_KEY = jwt.PyJWKSet.from_json(Path(os.environ["PEER_KEY_SET_FILE"]).read_text(encoding="utf-8")).keys[0]
CLAIMS = "select set_config('role', 'authenticated', true), set_config('request.jwt.claims', {}, true)"
CHECK = "select private.check_request()"
POOL_SIZE = 5


def claims_of(authorization: str | None) -> str:
    """The verified claims of a bearer token, as PostgREST hands them to the database; PyJWT's errors otherwise."""
    token = (authorization or "").removeprefix("Bearer ")
    claims: dict[str, Any] = jwt.decode(token, _KEY, algorithms=["RS256"], audience="ananta-app")
    return json.dumps(claims)
