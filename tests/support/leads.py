"""Signing up over HTTP, step by step."""

import secrets
from typing import Any

import httpx

from ananta.demo.client import mail
from tests.support.http_client import HTTP
from tests.support.platform import Platform, run

LEADS = "/api/control/leads"
VERIFY = "/api/control/leads/verify"
PROGRESS = "/api/control/leads/progress"
TENANTS = "/api/control/tenants"
Json = dict[str, Any]


def lead(**changes: object) -> Json:
    """What a company fills in; MISSING leaves a field out."""
    body = {
        "firstName": "Ada",
        "lastName": "Lovelace",
        "companyName": "Analytical",
        "email": f"ada@{secrets.token_hex(5)}.example",
    }
    return {k: v for k, v in (body | changes).items() if v != "MISSING"}


def wanted(**changes: object) -> Json:
    """The tenant that a lead asks for."""
    body = {"key": f"made-{secrets.token_hex(5)}", "planId": "plan-basic"}
    return {k: v for k, v in (body | changes).items() if v != "MISSING"}


def post(platform: Platform, path: str, body: object, **arguments: Any) -> httpx.Response:
    """POST as anybody."""
    return HTTP.post(platform.url + path, json=body, **arguments)


def slug(response: httpx.Response) -> tuple[int, str]:
    """How a request was refused."""
    return response.status_code, response.json()["message"]


def mailed_token(platform: Platform, email: str) -> str:
    """The token of the mailed link."""

    async def look() -> str:
        async with platform.client() as http:
            letter = (await mail(http, email, "verify"))[0]
            return str(httpx.URL(letter["links"][0]).params["token"])

    return run(look())


def verified(platform: Platform) -> Json:
    """A verified lead: its headers with the lead token."""
    body = lead()
    assert post(platform, LEADS, body).status_code == 202
    answer = post(platform, VERIFY, {"token": mailed_token(platform, body["email"])})
    assert answer.status_code == 200
    return {"Authorization": f"Bearer {answer.json()['leadToken']}"}
