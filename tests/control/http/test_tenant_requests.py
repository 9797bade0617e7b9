"""A verified lead asks for its tenant: once, with a key of its own, and sees how far it is."""

import asyncio
import secrets

import httpx
import pytest

from ananta.settings import Plane
from tests.support.http_client import HTTP
from tests.support.leads import LEADS, PROGRESS, TENANTS, VERIFY, Json, lead, mailed_token, post, slug, verified, wanted
from tests.support.platform import Platform, run

pytestmark = pytest.mark.usefixtures("full_allowance")


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "Bearer",
        "Bearer x",
        "Bearer lead_x",
        "Basic lead_x",
        "Bearer ' or true --",
        "Bearer eyJ.eyJ.x",
        "Bearer " + "x" * 9000,
    ],
)
def test_wrong_lead_token_is_refused(platform: Platform, authorization: str | None) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    assert HTTP.get(platform.url + PROGRESS, headers=headers).status_code == 401
    assert post(platform, TENANTS, wanted(), headers=headers).status_code == 401


def test_verification_token_is_no_lead_token_and_back(platform: Platform) -> None:
    body = lead()
    post(platform, LEADS, body)
    token = mailed_token(platform, body["email"])
    headers = {"Authorization": f"Bearer {token}"}
    assert slug(HTTP.get(platform.url + PROGRESS, headers=headers)) == (401, "lead_token_invalid")
    assert slug(post(platform, TENANTS, wanted(), headers=headers)) == (401, "lead_token_invalid")
    lead_token = post(platform, VERIFY, {"token": token}).json()["leadToken"]
    assert slug(post(platform, VERIFY, {"token": lead_token})) == (410, "verification_expired")


def test_expired_lead_token_is_refused(platform: Platform) -> None:
    headers = verified(platform)
    token = headers["Authorization"].removeprefix("Bearer ")
    platform.query(
        Plane.CONTROL,
        "update private.lead_tokens set expires_at = now() where token_hash = private.hash_token(%s)",
        (token,),
    )
    assert slug(HTTP.get(platform.url + PROGRESS, headers=headers)) == (401, "lead_token_invalid")
    assert slug(post(platform, TENANTS, wanted(), headers=headers)) == (401, "lead_token_invalid")


KEYS = {
    "admin": "tenant_key_reserved",
    "arc-saas": "tenant_key_reserved",
    "master": "tenant_key_reserved",
    "www": "tenant_key_reserved",
    **dict.fromkeys(
        ["", "ab", "a" * 41, "Upper", "under_score", "9lives", "-dash", "dash-", "two--dashes", "white space",
         "é-company", "a/b", "..", "a.b", "key\n", "key\u0000x", "' or true --"],
        "tenant_key_invalid",
    ),
}  # fmt: skip


def test_wrong_keys_and_plans_are_refused(platform: Platform) -> None:
    headers = verified(platform)
    for key, problem in KEYS.items():
        response = post(platform, TENANTS, wanted(key=key), headers=headers)
        assert slug(response) in ((422, problem), (400, "invalid_value")), key
    for plan in ("plan-unknown", "", "' or true --", "plan-\u0000"):
        response = post(platform, TENANTS, wanted(planId=plan), headers=headers)
        assert slug(response) in ((422, "plan_not_found"), (400, "invalid_value")), plan
    assert platform.query(
        Plane.CONTROL,
        "select count(*) from tenant_management.tenants where key = any (%s)",
        ([k for k in KEYS if "\0" not in k],),
    ) == [{"count": 0}]


ADDRESS = {"line1": "1 Main Street", "city": "Springfield", "country": "US"}
WRONG_TENANTS: list[tuple[str, object]] = [
    ("key", "MISSING"), ("key", None), ("key", 5), ("key", []), ("planId", "MISSING"), ("planId", None),
    ("name", "<b>"), ("name", "a\nb"),
    ("name", ""), ("name", "x" * 201), ("unknown", 1), ("leadId", "x"), ("address", []), ("address", "x"),
    ("address", {}),
    ("address", ADDRESS | {"country": "USA"}), ("address", ADDRESS | {"country": "1"}),
    ("address", ADDRESS | {"line1": "<script>"}),
    ("address", ADDRESS | {"city": "a\u0000b"}), ("address", ADDRESS | {"tenant_id": "x"}),
]  # fmt: skip


def test_wrong_tenants_are_refused_with_their_field(platform: Platform) -> None:
    headers = verified(platform)
    for field, value in WRONG_TENANTS:
        response = post(platform, TENANTS, wanted(**{field: value}), headers=headers)
        assert slug(response) == (422, "invalid_request"), (field, value)
        assert f'"{field}' in response.json()["details"], (field, value)


def test_plan_that_is_not_public_is_not_found(platform: Platform) -> None:
    name = f"plan-hidden-{secrets.token_hex(4)}"
    platform.query(
        Plane.CONTROL,
        "insert into tenant_management.plans (id, name, rank, price_minor, is_public)"
        " values (%s, 'Hidden', %s, 0, false)",
        (name, 10_000 + secrets.randbelow(1_000_000)),
    )
    response = post(platform, TENANTS, wanted(planId=name), headers=verified(platform))
    assert slug(response) == (422, "plan_not_found")


def test_one_lead_has_one_tenant_however_often_it_asks(platform: Platform) -> None:
    headers = verified(platform)
    bodies = [wanted() for _ in range(8)]

    async def all_at_once() -> list[Json]:
        async with platform.client() as http:
            answers = await asyncio.gather(*(http.post(TENANTS, json=body, headers=headers) for body in bodies))
            assert {answer.status_code for answer in answers} == {202}, [answer.text for answer in answers]
            return [answer.json() for answer in answers]

    tenants = {answer["tenantId"] for answer in run(all_at_once())}
    assert len(tenants) == 1
    later = post(platform, TENANTS, wanted(), headers=headers)
    assert (later.status_code, later.json()["tenantId"]) == (202, *tenants)
    keys = [body["key"] for body in bodies]
    made = platform.query(Plane.CONTROL, "select id::text from tenant_management.tenants where key = any (%s)", (keys,))
    assert [row["id"] for row in made] == list(tenants)
    for table in ("subscriptions", "workflows", "contacts"):
        rows = platform.query(
            Plane.CONTROL,
            f"select count(*) from tenant_management.{table} where tenant_id = any (%s)",  # noqa: S608
            (list(tenants),),
        )
        assert rows == [{"count": 1}], table


def test_one_key_has_one_tenant_however_many_ask(platform: Platform) -> None:
    all_headers, body = [verified(platform) for _ in range(4)], wanted()

    async def all_at_once() -> list[tuple[int, str | None]]:
        async with platform.client() as http:
            answers = await asyncio.gather(*(http.post(TENANTS, json=body, headers=headers) for headers in all_headers))
            return sorted((answer.status_code, answer.json().get("message")) for answer in answers)

    assert run(all_at_once()) == [(202, None)] + [(409, "tenant_key_taken")] * 3
    free = HTTP.get(f"{platform.url}/api/control/tenant-keys/{body['key']}").json()
    assert free == {"key": body["key"], "available": False, "reason": "tenant_key_taken"}


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("free-to-have", None),
        ("admin", "tenant_key_reserved"),
        ("A", "tenant_key_invalid"),
        ("x" * 99, "tenant_key_invalid"),
    ],
)
def test_availability_of_a_key(platform: Platform, key: str, reason: str | None) -> None:
    answer = HTTP.get(f"{platform.url}/api/control/tenant-keys/{key}").json()
    assert answer == {"key": key, "available": reason is None, "reason": reason}


def test_availability_is_limited(platform: Platform) -> None:
    with httpx.Client(base_url=platform.url) as http:
        answers = [http.get(f"/api/control/tenant-keys/key-{n}").status_code for n in range(121)]
    assert answers == [200] * 120 + [429]


def test_progress_is_the_leads_own(platform: Platform) -> None:
    mine, other = verified(platform), verified(platform)
    assert post(platform, TENANTS, wanted(), headers=other).status_code == 202
    answer = HTTP.get(platform.url + PROGRESS, headers=mine).json()
    assert (answer["leadStatus"], answer["tenantId"], answer["steps"]) == ("verified", None, [])
    assert answer["reason"] == "Choose a key and a plan."
