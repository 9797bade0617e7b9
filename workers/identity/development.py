"""The identity provider of the embedded run: the development issuer's admin API."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx
import structlog

from ananta.settings import Settings
from workers.breaker import IDENTITY, Breaker
from workers.identity.provider import (
    IdentityProvider,
    IdentityRejected,
    IdentityUnavailable,
    ProvisionedRealm,
    ProvisionedUser,
)

PORTAL_CLIENT = "ananta-portal"
_CREATED_BY = "created_by"
_TIMEOUT = httpx.Timeout(15.0, connect=5.0)
_HINTS = {
    401: "Give issuer and worker the same ANANTA_IDENTITY_ADMIN_SECRET.",
    404: "The realm or user is gone: run the step that makes it again.",
    409: "Something else made it first: look at its created_by attribute.",
}
_HINT = "Correct the data of the step, then retry it."


class DevelopmentIssuer(IdentityProvider):
    """Over HTTP; one client for the life of the worker (``async with``)."""

    def __init__(
        self,
        *,
        identity_url: str,
        issuer_url: str,
        admin_secret: str,
        transport: httpx.AsyncBaseTransport | None = None,
        breaker: Breaker | None = None,
    ) -> None:
        """Talk to the issuer at ``identity_url``, whose realms are issuers under ``issuer_url``."""
        self._issuer_url = issuer_url
        self._breaker = breaker or Breaker(IDENTITY)
        self._http = httpx.AsyncClient(
            base_url=identity_url,
            headers={"Authorization": f"Bearer {admin_secret}"},
            timeout=_TIMEOUT,
            transport=transport,
        )

    @classmethod
    def from_settings(cls, settings: Settings, breaker: Breaker | None = None) -> Self:
        """The issuer of this checkout."""
        secret = settings.identity_admin_secret
        if secret is None:
            raise ValueError("ANANTA_IDENTITY_ADMIN_SECRET is not set: the worker needs it to make users and realms.")
        return cls(
            identity_url=settings.identity_url,
            issuer_url=settings.issuer_url,
            admin_secret=secret.get_secret_value(),
            breaker=breaker,
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        """Use as a context manager."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self.aclose()

    async def ensure_realm(
        self,
        realm: str,
        *,
        display_name: str,
        roles: Mapping[str, Sequence[str]],
        redirect_uris: Sequence[str],
        created_by: str,
    ) -> ProvisionedRealm:
        """Make the realm, or find the one that is there."""
        body = {
            "realm": realm,
            "displayName": display_name,
            "roles": {role: list(permissions) for role, permissions in roles.items()},
            "clients": [{"clientId": PORTAL_CLIENT, "redirectUris": list(redirect_uris)}],
            "attributes": {_CREATED_BY: created_by},
        }
        made = await self._call("POST", "", body=body, passing=(409,))
        maker: str | None = created_by
        if made.status_code == 409:
            found = await self._call("GET", f"/{quote(realm)}", passing=(404,))
            if found.status_code == 404:
                raise IdentityUnavailable(f"The realm {realm} was removed while it was looked for.")
            maker = found.json()["attributes"].get(_CREATED_BY)
        issuer = f"{self._issuer_url}/realms/{realm}"
        return ProvisionedRealm(realm, issuer, created=maker == created_by, created_by=maker)

    async def ensure_user(
        self,
        realm: str,
        *,
        email: str,
        first_name: str,
        last_name: str,
        roles: Sequence[str],
        created_by: str,
        email_verified: bool = False,
    ) -> ProvisionedUser:
        """Make the user, or find the one who has the address."""
        body = {
            "email": email,
            "firstName": first_name,
            "lastName": last_name,
            "roles": list(roles),
            "attributes": {_CREATED_BY: [created_by]},
            "requiredActions": ["UPDATE_PASSWORD"],
            "emailVerified": email_verified,
        }
        users = f"/{quote(realm)}/users"
        made = await self._call("POST", users, body=body, passing=(409,))
        if made.status_code != 409:
            return ProvisionedUser(made.json()["id"], created=True, created_by=created_by, roles=tuple(roles))
        found = (await self._call("GET", users, query={"email": email})).json()
        if not found:
            raise IdentityUnavailable(f"A user of {realm} was removed while it was looked for.")
        return _found_user(found[0], created_by)

    async def send_password_setup(
        self, realm: str, user_id: str, *, idempotency_key: str, redirect_uri: str | None = None
    ) -> None:
        """Have the set-password link mailed, once per key."""
        body: dict[str, Any] = {"idempotencyKey": idempotency_key, "clientId": PORTAL_CLIENT}
        if redirect_uri is not None:
            body["redirectUri"] = redirect_uri
        await self._call("POST", f"/{quote(realm)}/users/{quote(user_id)}/execute-actions-email", body=body)

    async def delete_user(self, realm: str, user_id: str, *, only_if_created_by: str) -> bool:
        """Remove the user if it carries the workflow's mark (which cannot be changed, so looking first is safe)."""
        path = f"/{quote(realm)}/users/{quote(user_id)}"
        found = await self._call("GET", path, passing=(404,))
        if found.status_code == 404 or _maker(found.json()) != only_if_created_by:
            return False
        removed = await self._call("DELETE", path, passing=(404,))
        return removed.status_code != 404

    async def delete_realm(self, realm: str, *, only_if_created_by: str) -> bool:
        """Remove the realm if it carries the workflow's mark."""
        path = f"/{quote(realm)}"
        found = await self._call("GET", path, passing=(404,))
        if found.status_code == 404 or found.json()["attributes"].get(_CREATED_BY) != only_if_created_by:
            return False
        removed = await self._call("DELETE", path, passing=(404,))
        return removed.status_code != 404

    async def _call(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
        passing: tuple[int, ...] = (),
    ) -> httpx.Response:
        """One call of the admin API; statuses in ``passing`` are the caller's to read."""
        async with self._breaker.calling():
            return await self._request(method, path, body, query, passing)

    async def _request(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        query: Mapping[str, str] | None,
        passing: tuple[int, ...],
    ) -> httpx.Response:
        correlation_id = structlog.contextvars.get_contextvars().get("correlation_id")
        headers = {"X-Correlation-Id": str(correlation_id)} if correlation_id else {}
        try:
            response = await self._http.request(
                method, f"/auth/admin/realms{path}", json=body, params=query, headers=headers
            )
        except httpx.TransportError as error:
            raise IdentityUnavailable(f"The identity provider cannot be reached ({type(error).__name__}).") from error
        if response.status_code >= 500 or response.status_code in (408, 429):
            raise IdentityUnavailable(f"The identity provider answers {response.status_code}.")
        if response.is_success or response.status_code in passing:
            return response
        raise _rejection(response)


def _found_user(user: Mapping[str, Any], created_by: str) -> ProvisionedUser:
    maker = _maker(user)
    return ProvisionedUser(user["id"], created=maker == created_by, created_by=maker, roles=tuple(user["roles"]))


def _maker(user: Mapping[str, Any]) -> str | None:
    values = user["attributes"].get(_CREATED_BY) or [None]
    maker: str | None = values[0]
    return maker


def _rejection(response: httpx.Response) -> IdentityRejected:
    try:
        content = response.json()
    except ValueError:
        content = {}
    cause = content.get("message") or f"The identity provider answers {response.status_code}."
    return IdentityRejected(cause, content.get("hint") or _HINTS.get(response.status_code, _HINT))
