"""What the gateway does with a caller's token: passes on ours, drops the anonymous key, exchanges any other."""

import asyncio
import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from ananta.settings import Plane

JWT_PREFIX = "eyJ"  # {" in base64url
PLATFORM_PREFIX = "eyJ0eXAiOiJhdCtqd3Qi"  # {"typ":"at+jwt" in base64url: ours begin so
LONGEST_TOKEN = 8192
LONGEST_SECONDS = 60.0
SPARE_SECONDS = 10.0
_EXCHANGE = {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
}


class RefusedError(Exception):
    """The request ends here, with an answer of the edge's or of our own."""

    def __init__(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.headers = dict(headers or {})


@dataclass(frozen=True)
class _Entry:
    token: str
    usable_until: float


class TokenExchange:
    """Exchanges foreign tokens at a plane's edge. Kept briefly, so that a deactivation is noticed within a minute."""

    def __init__(self, client: httpx.AsyncClient, edges: Mapping[Plane, str], size: int = 10_000) -> None:
        self._client = client
        self._edges = edges
        self._size = size
        self._entries: OrderedDict[bytes, _Entry] = OrderedDict()
        self._running: dict[bytes, asyncio.Task[str]] = {}

    async def exchange(self, plane: Plane, token: str, headers: Mapping[str, str]) -> str:
        """The platform token for a foreign one; callers with the same token share one exchange."""
        key = hashlib.sha256(f"{plane}:{token}".encode()).digest()
        entry = self._entries.get(key)
        if entry is not None and time.monotonic() < entry.usable_until:
            self._entries.move_to_end(key)
            return entry.token
        task = self._running.get(key)
        if task is None:
            task = asyncio.create_task(self._ask(plane, key, token, headers))
            self._running[key] = task
            task.add_done_callback(lambda done: self._forget(key, done))
        return await asyncio.shield(task)

    def _forget(self, key: bytes, task: asyncio.Task[str]) -> None:
        self._running.pop(key, None)
        if not task.cancelled():
            task.exception()  # who waited has it; nobody may be left who did

    async def _ask(self, plane: Plane, key: bytes, token: str, headers: Mapping[str, str]) -> str:
        address = f"{self._edges[plane]}/api/auth/exchange"
        response = await self._client.post(address, data={**_EXCHANGE, "subject_token": token}, headers=headers)
        if 400 <= response.status_code < 500:
            raise RefusedError(response.status_code, _json_of(response), _passed_on(response))
        response.raise_for_status()
        answer = response.json()
        platform_token = str(answer["access_token"])
        seconds = min(float(answer["expires_in"]) - SPARE_SECONDS, LONGEST_SECONDS)
        if seconds > 0:
            self._keep(key, _Entry(platform_token, time.monotonic() + seconds))
        return platform_token

    def _keep(self, key: bytes, entry: _Entry) -> None:
        self._entries[key] = entry
        self._entries.move_to_end(key)
        while len(self._entries) > self._size:
            self._entries.popitem(last=False)


def bearer_token(values: list[str]) -> str | None:
    """The token of an ``Authorization`` header; None without one; refuses what is not one Bearer token."""
    if not values:
        return None
    scheme, _, token = values[0].strip().partition(" ")
    token = token.strip()
    if len(values) > 1 or scheme.lower() != "bearer" or not token or len(token) > LONGEST_TOKEN or " " in token:
        body = {"code": "PT401", "message": "invalid_authorization", "details": None}
        hint = f"Send one header, Authorization: Bearer <token of at most {LONGEST_TOKEN} characters>."
        raise RefusedError(401, {**body, "hint": hint}, {"WWW-Authenticate": "Bearer"})
    return token


def is_foreign_token(token: str) -> bool:
    """Whether a token is a JWT of another issuer; ours, and a lead's, go straight to where they are verified."""
    return token.startswith(JWT_PREFIX) and not token.startswith(PLATFORM_PREFIX)


def is_anonymous_key(token: str, anonymous_key: str) -> bool:
    """Whether a token is the publishable key, which stands for nobody."""
    return secrets.compare_digest(token.encode(), anonymous_key.encode())


def _json_of(response: httpx.Response) -> Mapping[str, Any]:
    try:
        body = response.json()
    except ValueError:
        body = None
    return body if isinstance(body, dict) else {"code": f"PT{response.status_code}", "message": "exchange_refused"}


def _passed_on(response: httpx.Response) -> dict[str, str]:
    return {name: response.headers[name] for name in ("WWW-Authenticate", "Retry-After") if name in response.headers}
