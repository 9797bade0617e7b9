"""Signing up: what the public may ask for, how often, and what it learns from the answers."""

import asyncio

import pytest

from ananta.demo.client import mail
from ananta.settings import Plane
from tests.support.http_client import HTTP
from tests.support.leads import LEADS, VERIFY, Json, lead, mailed_token, post, slug
from tests.support.platform import Platform, run

LEADS_PER_HOUR = 500  # as tests.support.platform sets it
pytestmark = pytest.mark.usefixtures("full_allowance")


def test_answer_does_not_tell_whether_an_address_is_known(platform: Platform) -> None:
    known = lead()
    first = post(platform, LEADS, known)
    again = post(platform, LEADS, known | {"companyName": "Other"})
    unknown = post(platform, LEADS, lead())
    upper = post(platform, LEADS, known | {"email": known["email"].upper()})
    answers = {(r.status_code, r.text) for r in (first, again, unknown, upper)}
    assert len(answers) == 1
    assert first.status_code == 202
    assert known["email"] not in first.text
    names = {frozenset(r.headers) for r in (first, again, unknown, upper)}
    assert len(names) == 1


def test_too_many_to_one_address_are_dropped_in_silence(platform: Platform) -> None:
    body = lead()
    answers = {(r.status_code, r.text) for r in (post(platform, LEADS, body) for _ in range(8))}
    assert len(answers) == 1
    rows = platform.query(
        Plane.CONTROL, "select count(*) from tenant_management.leads where email = %s", (body["email"],)
    )
    assert rows[0]["count"] == 5


def test_too_many_from_one_caller_are_refused_with_a_time_to_wait(platform: Platform) -> None:
    assert post(platform, LEADS, lead()).status_code == 202
    platform.query(
        Plane.CONTROL,
        "update private.rate_limits set hit_count = %s"
        " where bucket = encode(extensions.digest('lead-address:127.0.0.1', 'sha256'), 'hex')",
        (LEADS_PER_HOUR - 1,),
    )
    assert post(platform, LEADS, lead()).status_code == 202
    before = platform.query(Plane.CONTROL, "select count(*) from tenant_management.leads")
    spoofed = [{}, {"X-Forwarded-For": "203.0.113.9"}, {"Forwarded": "for=203.0.113.9"}, {"X-Real-IP": "203.0.113.9"}]
    for headers in spoofed:
        refused = post(platform, LEADS, lead(), headers=headers)
        assert slug(refused) == (429, "too_many_requests"), headers
        assert 0 < int(refused.headers["retry-after"]) <= 3600
    assert platform.query(Plane.CONTROL, "select count(*) from tenant_management.leads") == before
    stored = platform.query(Plane.CONTROL, "select bucket from private.rate_limits")
    assert all("127.0.0.1" not in row["bucket"] for row in stored)


def test_link_uses_nothing_up_until_it_is_posted(platform: Platform) -> None:
    body = lead()
    post(platform, LEADS, body)
    token = mailed_token(platform, body["email"])
    for _ in range(3):
        page = HTTP.get(platform.url + VERIFY, params={"token": token})
        assert page.status_code == 200
        assert HTTP.head(platform.url + VERIFY, params={"token": token}).status_code in (200, 405)
    status = platform.query(
        Plane.CONTROL, "select status from tenant_management.leads where email = %s", (body["email"],)
    )
    assert status == [{"status": "new"}]
    answer = post(platform, VERIFY, {"token": token})
    assert answer.status_code == 200
    assert answer.json()["email"] == body["email"]
    assert slug(post(platform, VERIFY, {"token": token})) == (410, "verification_expired")


def test_link_is_used_once_by_many_at_once(platform: Platform) -> None:
    body = lead()
    post(platform, LEADS, body)
    token = mailed_token(platform, body["email"])

    async def all_at_once() -> list[int]:
        async with platform.client() as http:
            answers = await asyncio.gather(*(http.post(VERIFY, json={"token": token}) for _ in range(8)))
            return sorted(answer.status_code for answer in answers)

    assert run(all_at_once()) == [200] + [410] * 7


def test_only_the_hash_of_a_token_is_kept(platform: Platform) -> None:
    body = lead()
    post(platform, LEADS, body)
    token = mailed_token(platform, body["email"])
    rows = platform.query(Plane.CONTROL, "select to_jsonb(t)::text as row from private.lead_tokens as t")
    assert rows
    assert all(token not in row["row"] for row in rows)


def test_expired_link_is_gone(platform: Platform) -> None:
    body = lead()
    post(platform, LEADS, body)
    token = mailed_token(platform, body["email"])
    platform.query(
        Plane.CONTROL,
        "update private.lead_tokens set expires_at = now() where token_hash = private.hash_token(%s)",
        (token,),
    )
    assert slug(post(platform, VERIFY, {"token": token})) == (410, "verification_expired")


@pytest.mark.parametrize("token", ["x", "lead_unknown", "' or true --", "\u0000", "\ud800", "a\u0000b", "é" * 50])
def test_unknown_link_is_no_fault(platform: Platform, token: str) -> None:
    assert HTTP.post(
        platform.url + VERIFY, content=f'{{"token": "{_escaped(token)}"}}', headers={"Content-Type": "application/json"}
    ).status_code in (400, 410, 422)


def _escaped(text: str) -> str:
    return "".join(f"\\u{ord(character):04x}" for character in text)


TEXTS = ["firstName", "lastName", "companyName", "email"]
WRONG: list[tuple[str, object]] = [
    *((name, value) for name in TEXTS for value in ("MISSING", None, "", " ", 5, [], {}, "x" * 300)),
    *((name, value) for name in TEXTS for value in ("a\u0000b", "a\nb", "<script>")),
    *((name, "a\r\nBcc: mallory@elsewhere.example") for name in TEXTS),
    *((name, "<a href='https://elsewhere.example'>win</a>") for name in TEXTS),
    ("email", "no-at"), ("email", "a@b"), ("email", "a@b@c.example"), ("email", "a b@c.example"),
    ("email", "ada@x.example\nBcc: b@c.example"), ("email", "ada@x.example, b@c.example"),
    ("source", "<script>"), ("source", "a\r\nb"), ("source", "x" * 51), ("source", 5), ("unknown", "x"),
    ("status", "verified"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_wrong_lead_is_refused_with_its_field(platform: Platform, field: str, value: object) -> None:
    response = post(platform, LEADS, lead(**{field: value}))
    assert slug(response) == (422, "invalid_request")
    assert f'"{field}"' in response.json()["details"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"5",
        b'"x"',
        b'{"firstName": "\\ud800"}',
        b"\xff\xfe",
        b"[" * 5000,
        b'{"email": 1e999}',
    ],
)
def test_no_json_is_refused_without_a_fault(platform: Platform, content: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    for path in (LEADS, VERIFY):
        assert HTTP.post(platform.url + path, content=content, headers=headers).status_code in (400, 422)


def test_form_is_no_lead(platform: Platform) -> None:
    assert HTTP.post(platform.url + LEADS, data=lead()).status_code in (415, 422)


def test_mail_carries_names_as_text(platform: Platform) -> None:
    body = lead(firstName='Ada & "Co"', companyName="A & B 'Ltd'")
    assert post(platform, LEADS, body).status_code == 202

    async def look() -> list[Json]:
        async with platform.client() as http:
            return await mail(http, body["email"], "verify")

    letters = run(look())
    assert len(letters) == 1
    assert "Bcc" not in str(letters[0].get("headers", ""))
