"""A user's client: everything over HTTP at the gateway, as a portal or a script of a customer would."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from ananta.standins.login import LoginFailedError, login, set_password

PORTAL_CLIENT = "ananta-portal"
LOOPBACK_REDIRECT = "http://127.0.0.1/callback"
EXCHANGE = {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
}
WAIT_SECONDS = 90.0
Json = dict[str, Any]


class StepFailedError(Exception):
    """A step did not come out as it must; the text says which and why."""


@dataclass(frozen=True)
class Person:
    """Somebody who signs up or is added."""

    first_name: str
    last_name: str
    email: str


@dataclass
class Session:
    """A signed-in member of an organization: calls carry the platform token, exchanged again before it ends."""

    http: httpx.AsyncClient
    realm: str
    email: str
    password: str
    token: str = ""
    expires_at: float = 0.0

    async def call(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """One request under the member's token."""
        if time.monotonic() > self.expires_at - 20:
            await self.sign_in()
        headers = {"Authorization": f"Bearer {self.token}"} | arguments.pop("headers", {})
        return await self.http.request(method, path, headers=headers, **arguments)

    async def rows(self, table: str, **query: str) -> list[Json]:
        """Rows of the app plane, through PostgREST."""
        response = await self.call("GET", f"/api/app/rest/v1/{table}", params=query)
        return list(expect(response, 200))

    async def sign_in(self) -> None:
        """Sign in at the realm (authorization code + PKCE) and exchange its token."""
        issuer = f"{str(self.http.base_url).rstrip('/')}/auth/realms/{self.realm}"
        tokens = await login(self.http, issuer, PORTAL_CLIENT, LOOPBACK_REDIRECT, self.email, self.password)
        plane = "app" if self.realm.startswith("tenant-") else "control"
        form = EXCHANGE | {"subject_token": tokens.access_token}
        answer = expect(await self.http.post(f"/api/{plane}/auth/exchange", data=form), 200)
        self.token, self.expires_at = answer["access_token"], time.monotonic() + answer["expires_in"]

    async def upload(self, path: Path, form: Json | None = None, **headers: str) -> Json:
        """Upload a BOM file; the answer is the new row of ``boms``."""
        files = {"file": (path.name, await asyncio.to_thread(path.read_bytes))}
        response = await self.call("POST", "/api/app/boms", files=files, data=form or {}, headers=headers)
        return dict(expect(response, 202))

    async def watch(self, bom_id: str) -> AsyncIterator[Json]:
        """The row of a BOM whenever it changed, until it rests; gives up when it no longer moves."""
        async for bom in changes(lambda: self._bom(bom_id), "updated_at"):
            yield bom
            if bom["status"] in {"ready", "failed", "in_review"}:
                return

    async def _bom(self, bom_id: str) -> Json:
        return (await self.rows("boms", id=f"eq.{bom_id}"))[0]


class Signup:
    """The way from a lead to an active tenant, step by step."""

    def __init__(self, http: httpx.AsyncClient, person: Person, company: str) -> None:
        self._http = http
        self.person = person
        self.company = company
        self.lead_token = ""

    async def register(self) -> Json:
        """POST /api/leads."""
        body = {
            "firstName": self.person.first_name,
            "lastName": self.person.last_name,
            "companyName": self.company,
            "email": self.person.email,
            "source": "demo",
        }
        return dict(expect(await self._http.post("/api/control/leads", json=body), 202))

    async def verify(self, link: str) -> Json:
        """POST the token of the mailed link."""
        token = httpx.URL(link).params["token"]
        answer = dict(expect(await self._http.post("/api/control/leads/verify", json={"token": token}), 200))
        self.lead_token = answer["leadToken"]
        return answer

    async def create_tenant(self, key: str, plan_id: str) -> Json:
        """POST /api/tenants with the lead token."""
        body = {
            "key": key,
            "planId": plan_id,
            "address": {"line1": "1 Main Street", "city": "Springfield", "country": "US"},
        }
        response = await self._http.post("/api/control/tenants", json=body, headers=self._headers)
        return dict(expect(response, 202))

    async def progress(self) -> AsyncIterator[Json]:
        """How far provisioning is, whenever it changed, until the tenant is active or has failed."""
        async for now in changes(self.progress_now):
            yield now
            if now["status"] in {"active", "provision_failed"}:
                return

    async def progress_now(self) -> Json:
        """How far provisioning is at this moment."""
        return dict(expect(await self._http.get("/api/control/leads/progress", headers=self._headers), 200))

    async def finished(self) -> Json:
        """The tenant, once provisioning has ended well or badly."""
        return [progress async for progress in self.progress()][-1]

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.lead_token}"}


async def polls(pause: float = 0.2) -> AsyncIterator[None]:
    """Again and again, until the time is up."""
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        yield
        await asyncio.sleep(pause)
    raise StepFailedError(f"nothing more happened within {WAIT_SECONDS:.0f} s; look into bin/ananta logs")


async def changes(look: Callable[[], Awaitable[Json]], mark: str | None = None) -> AsyncIterator[Json]:
    """What ``look`` finds, whenever it (or its field ``mark``) differs from the time before."""
    seen: Any = None
    while True:
        async for _ in polls():
            found = await look()
            if (found[mark] if mark else found) != seen:
                break
        seen = found[mark] if mark else found
        yield found


async def mail(http: httpx.AsyncClient, to: str, subject: str, *, count: int = 1) -> list[Json]:
    """The mails to an address whose subject holds the words, once there are ``count``."""
    async for _ in polls():
        messages = expect(await http.get("/mailbox/api/messages", params={"to": to}), 200)
        found = [message for message in messages if subject.lower() in message["subject"].lower()]
        if len(found) >= count:
            return found
    raise AssertionError("unreachable")


async def choose_password(http: httpx.AsyncClient, message: Json) -> str:
    """Open the mailed link and set a password, as its owner would."""
    password = secrets.token_urlsafe(12)
    await set_password(http, message["links"][0], password)
    return password


def expect(response: httpx.Response, status: int) -> Any:
    """The body of an answer with the status that the step needs."""
    if response.status_code != status:
        path = response.request.url.path
        raise StepFailedError(
            f"{response.request.method} {path} answered {response.status_code}, not {status}: {response.text[:500]}"
        )
    return response.json()


__all__ = ["LoginFailedError", "Person", "Session", "Signup", "StepFailedError", "choose_password", "expect", "mail"]
