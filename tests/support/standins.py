"""What the tests of the stand-ins share: addresses, a clock, and calls that many of them make."""

import secrets
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import httpx

from ananta.standins.login import TokenSet, _form, challenge, login, set_password

ORIGIN = "http://127.0.0.1:27500"
CALLBACK = f"{ORIGIN}/callback"
CLIENT = "ananta-portal"
ADMIN_SECRET = "an admin secret for tests"
REALM = "tenant-acme"
PASSWORD = "correct horse battery"
ROLES = {"owner": ["member", "members:invite"], "member": ["boms:write", "boms:read"], "viewer": ["boms:read"]}


@dataclass
class Clock:
    """A time that only the test moves."""

    now: float = 1_900_000_000.0

    def __call__(self) -> float:
        return self.now


def realm_url(realm: str = REALM) -> str:
    return f"{ORIGIN}/auth/realms/{realm}"


def endpoint(name: str, realm: str = REALM) -> str:
    return f"{realm_url(realm)}/protocol/openid-connect/{name}"


@dataclass
class Flow:
    """One authorization code flow, step by step."""

    realm: str = REALM
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    state: str = "a state"
    nonce: str = "a nonce"
    redirect_uri: str = CALLBACK

    def parameters(self, **changes: str | None) -> dict[str, str]:
        values = {
            "client_id": CLIENT,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": "openid",
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": challenge(self.verifier),
            "code_challenge_method": "S256",
            **changes,
        }
        return {name: value for name, value in values.items() if value is not None}

    async def show(self, http: httpx.AsyncClient, **changes: str | None) -> httpx.Response:
        return await http.get(endpoint("auth", self.realm), params=self.parameters(**changes))

    async def submit(self, http: httpx.AsyncClient, email: str, password: str, **changes: str) -> httpx.Response:
        form, address = _form(await self.show(http), "password")
        return await http.post(address, data={**form.fields, "username": email, "password": password, **changes})

    async def code(self, http: httpx.AsyncClient, email: str, password: str = PASSWORD) -> str:
        answered = await self.submit(http, email, password)
        assert answered.status_code == 303, answered.text
        return query_of(answered)["code"]

    async def redeem(self, http: httpx.AsyncClient, code: str, /, **changes: str | None) -> httpx.Response:
        values = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": CLIENT,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.verifier,
            **changes,
        }
        form = {name: value for name, value in values.items() if value is not None}
        return await http.post(endpoint("token", self.realm), data=form)


def query_of(response: httpx.Response) -> dict[str, str]:
    """The parameters of a redirect's address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(response.headers["location"]).query).items()}


async def mails_to(http: httpx.AsyncClient, address: str) -> list[dict[str, object]]:
    return (await http.get("/mailbox/api/messages", params={"to": address})).json()


async def make_realm(admin: httpx.AsyncClient, realm: str = REALM, display_name: str = "Acme") -> httpx.Response:
    clients = [{"clientId": CLIENT, "redirectUris": [CALLBACK, "http://127.0.0.1/callback"]}]
    body = {"realm": realm, "displayName": display_name, "roles": ROLES, "clients": clients}
    return await admin.post("/auth/admin/realms", json=body)


async def make_user(admin: httpx.AsyncClient, email: str, *, realm: str = REALM, role: str = "owner") -> str:
    """A user without a password."""
    body = {"email": email, "firstName": "Ada", "lastName": "Love", "roles": [role]}
    made = await admin.post(f"/auth/admin/realms/{realm}/users", json=body)
    assert made.status_code == 201, made.text
    return made.json()["id"]


async def mail_link(admin: httpx.AsyncClient, user_id: str, email: str, *, realm: str = REALM, key: str = "k") -> str:
    """The set-password link from the mail."""
    address = f"/auth/admin/realms/{realm}/users/{user_id}/execute-actions-email"
    sent = await admin.post(address, json={"idempotencyKey": key})
    assert sent.status_code == 204, sent.text
    return (await mails_to(admin, email))[0]["links"][0]


async def make_member(
    admin: httpx.AsyncClient, http: httpx.AsyncClient, email: str, *, realm: str = REALM, role: str = "owner"
) -> str:
    """A user who set their password by the mailed link."""
    user_id = await make_user(admin, email, realm=realm, role=role)
    await set_password(http, await mail_link(admin, user_id, email, realm=realm), PASSWORD)
    return user_id


async def log_in(http: httpx.AsyncClient, email: str, *, realm: str = REALM) -> TokenSet:
    return await login(http, realm_url(realm), CLIENT, CALLBACK, email, PASSWORD)
