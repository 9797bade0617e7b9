"""Whose a key is, what is not kept, and what happens where the first answer is lost."""

import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from ananta.settings import Plane
from tests.support.companies import Company, eventually
from tests.support.http_client import HTTP
from tests.support.idempotency import same, slug
from tests.support.platform import run
from tests.support.tokens import member_claims
from tests.support.world import World

PART = "rest/v1/components?select=mpn,id"
ROWS = {"Prefer": "return=representation"}
REPLAYED = "idempotent-replayed"
SAMPLE = b"Reference,MPN\nR1,LM358\n"


def create(company: Company, mpn: str, key: str = "k", path: str = PART, **headers: str) -> httpx.Response:
    return company.call("POST", path, json={"mpn": mpn}, headers=ROWS | {"Idempotency-Key": key} | headers)


def parts(company: Company) -> list[str]:
    rows = company.query("select mpn from public.components where organization_id = %s order by mpn", (company.id,))
    return [row["mpn"] for row in rows]


def forget_answers(world: World) -> None:
    """As if the edge had died after PostgREST's commit."""
    for plane in Plane:
        world.platform.query(plane, "update private.idempotency_keys set answer = null where answer ? 'status'")


def test_tenants_and_members_have_keys_of_their_own(world: World) -> None:
    """Beta's request under alpha's key is neither refused nor answered with what is alpha's."""
    one, two = Company(world), Company(world)
    first, second = create(one, "A"), create(two, "A")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()[0]["id"] != second.json()[0]["id"]
    assert REPLAYED not in second.headers
    assert create(two, "B").status_code == 422
    assert (parts(one), parts(two)) == (["A"], ["A"])
    owner, member = (world.token(Plane.APP, "alpha", role) for role in ("owner", "member"))
    made = []
    for token, mpn in ((owner, "OWNERS"), (member, "MEMBERS")):
        answer = HTTP.post(
            f"{world.platform.url}/api/app/{PART}",
            json={"mpn": f"{mpn}-{uuid.uuid4()}"},
            headers=ROWS | {"Idempotency-Key": "shared", "Authorization": f"Bearer {token}"},
        )
        made.append((answer.status_code, answer.headers.get(REPLAYED)))
    assert made == [(201, None), (201, None)]


def test_the_first_answer_stays_whatever_becomes_of_the_row(world: World) -> None:
    company = Company(world)
    first = create(company, "A")
    company.call("PATCH", f"rest/v1/components?id=eq.{first.json()[0]['id']}", json={"mpn": "B"})
    assert same(first, create(company, "A"))
    company.call("DELETE", f"rest/v1/components?id=eq.{first.json()[0]['id']}")
    assert same(first, create(company, "A"))
    assert parts(company) == []


def test_a_lost_answer_is_made_again_only_from_rows_as_they_were_written(world: World) -> None:
    company = Company(world)
    first = create(company, "A")
    forget_answers(world)
    again = create(company, "A")
    assert same(first, again)
    assert again.headers[REPLAYED] == "true"
    company.call("PATCH", f"rest/v1/components?id=eq.{first.json()[0]['id']}", json={"package": "0402"})
    assert same(first, create(company, "A")), "it is kept now"
    forget_answers(world)
    lost = create(company, "A")
    assert (lost.status_code, slug(lost)) == (409, "idempotency_answer_lost")
    assert parts(company) == ["A"]


@pytest.mark.parametrize(
    "prefer",
    [
        "return=minimal",
        "return=headers-only",
        "return=representation,count=exact",
        "resolution=ignore-duplicates,return=representation",
        "missing=default,return=representation",
        "return=representation, resolution=merge-duplicates",
    ],
)
def test_a_lost_answer_has_the_headers_of_the_first(world: World, prefer: str) -> None:
    company = Company(world)
    first = create(company, "A", path="rest/v1/components", Prefer=prefer)
    forget_answers(world)
    assert same(first, create(company, "A", path="rest/v1/components", Prefer=prefer))
    assert first.headers["preference-applied"]


def test_a_long_answer_is_not_kept_but_made_again(world: World) -> None:
    company = Company(world)
    rows = [{"name": f"P{number}", "description": "é" * 4000} for number in range(10)]
    key = str(uuid.uuid4())
    request = {"json": rows, "headers": ROWS | {"Idempotency-Key": key}}
    first = company.call("POST", "rest/v1/projects", **request)
    assert (first.status_code, len(first.content) > 64 * 1024 > len(first.text)) == (201, True)
    for _ in range(2):
        again = company.call("POST", "rest/v1/projects", **request)
        assert same(first, again)
        assert again.headers[REPLAYED] == "true"
    kept = company.query(
        "select answer from private.idempotency_keys where key_hash = (select k.key_hash"
        " from private.idempotency_keys as k join public.projects as p on p.xmin::text::bigint = "
        "(k.transaction_id::text::bigint %% 4294967296) where p.organization_id = %s limit 1)",
        (company.id,),
    )
    assert kept == [{"answer": None}]


def test_what_is_refused_keeps_no_key(world: World) -> None:
    """Nothing was done: the same key goes with the corrected request."""
    company = Company(world, max_storage_gb=0)
    assert create(company, "").status_code == 400
    assert create(company, "A").status_code == 201
    refused = company.upload(SAMPLE, key="u")
    assert (refused.status_code, slug(refused)) == (402, "quota_exceeded")
    company.limit(1)
    assert company.upload(SAMPLE, key="u").status_code == 202
    assert company.upload(SAMPLE, key="u").headers[REPLAYED] == "true"
    assert company.upload(SAMPLE, key="u", name="other").status_code == 422
    assert company.upload(SAMPLE, "other.csv", key="u").status_code == 422


@pytest.mark.parametrize(
    "other",
    [
        {"path": "rest/v1/components?select=id"},
        {"path": "rest/v1/components?select=mpn,id&columns=mpn"},
        {"Prefer": "return=minimal"},
        {"Content-Type": "application/vnd.pgrst.array+json"},
        {"mpn": "B", "X-Ananta-Internal-Fingerprint": "forged"},
    ],
)
def test_any_other_request_is_refused(world: World, other: dict[str, str]) -> None:
    company = Company(world)
    create(company, "A", **{"X-Ananta-Internal-Fingerprint": "forged"})
    refused = create(company, **({"mpn": "A"} | other))
    assert (refused.status_code, slug(refused)) == (422, "idempotency_key_reused")
    assert parts(company) == ["A"]


def test_any_other_path_is_another_request(world: World) -> None:
    company, key = Company(world), {"Idempotency-Key": "k"}
    create(company, "A")
    project = company.call("POST", "rest/v1/projects", json={"name": "A"}, headers=key)
    for refused in (project, company.upload(SAMPLE, key="k")):
        assert (refused.status_code, slug(refused)) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("keys", [[""], ["k" * 256], ["a", "b"], ["é"]], ids=["empty", "long", "two", "not ascii"])
@pytest.mark.parametrize("path", ["rest/v1/components", "boms"])
def test_what_is_no_key_is_refused(world: World, path: str, keys: list[str]) -> None:
    company = Company(world)
    headers = [*company.headers.items(), *(("Idempotency-Key", key.encode()) for key in keys)]
    content: dict[str, Any] = {"files": {"file": ("b.csv", SAMPLE)}} if path == "boms" else {"json": {"mpn": "A"}}
    refused = HTTP.post(f"{world.platform.url}/api/app/{path}", headers=headers, **content)
    assert (refused.status_code, slug(refused)) == (400, "idempotency_key_invalid")
    assert parts(company) == []


@pytest.mark.parametrize("authorization", [None, "Bearer anon", "Bearer eyJ0eXAiOiJhdCtqd3QifQ.e30.x"])
def test_a_key_opens_nothing(world: World, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    plain, keyed = (
        HTTP.post(f"{world.platform.url}/api/app/rest/v1/components", json={"mpn": "A"}, headers=headers | key)
        for key in ({}, {"Idempotency-Key": "k"})
    )
    assert (keyed.status_code, plain.status_code) == (401, 401)


def test_a_token_just_over_its_time_takes_no_key(world: World) -> None:
    """PostgREST would take it for another half a minute."""
    company, now = Company(world), int(time.time())
    claims = member_claims(world.platform.query, company.made.owner_id) | {"iat": now - 60, "exp": now - 5}
    late = {"Authorization": f"Bearer {world.key(Plane.APP).sign(claims)}"}
    assert create(company, "A", **late).status_code == 401
    assert create(company, "A").status_code == 201


def test_other_methods_take_no_key(world: World) -> None:
    company = Company(world)
    create(company, "A", "first")
    for turn in range(2):
        for method, path, body in (("GET", PART, None), ("PATCH", f"{PART}&mpn=eq.A", {"package": f"{turn}"})):
            answer = company.call(method, path, json=body, headers=ROWS | {"Idempotency-Key": "k"})
            assert (answer.status_code, answer.headers.get(REPLAYED)) == (200, None)
    assert create(company, "B").status_code == 201


def test_functions_are_repeated_where_their_contract_allows(world: World) -> None:
    company = Company(world)
    bom = company.upload(SAMPLE).json()
    headers = {"Idempotency-Key": "k", "Accept": "application/vnd.pgrst.object+json"}

    def resume() -> httpx.Response:
        return company.call("POST", "rest/v1/rpc/resume_bom?select=id", json={"bom_id": bom["id"]}, headers=headers)

    first = resume()
    assert (first.status_code, first.json()) == (200, {"id": bom["id"]})
    assert same(first, resume())
    forget_answers(world)
    assert (resume().status_code, resume().headers.get(REPLAYED)) == (200, "true")
    parts_read = [
        company.call("POST", "rest/v1/rpc/normalize_parts", json={"parts": []}, headers={"Idempotency-Key": "r"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in parts_read] == [200, 200], "what only reads takes no key"


def test_an_earlier_answer_is_not_shown_to_who_may_not_see_it_any_more(world: World) -> None:
    """Asked again while their project is private, and once it is joined: an upload, a comment, a function."""
    company = Company(world)
    user = "insert into public.users (organization_id, email, role) values (%s, %s, 'member') returning id::text"
    member = company.query(user, (company.id, f"m@{company.id}.example"))[0]["id"]
    project = "insert into public.projects (organization_id, name) values (%s, 'P') returning id::text"
    project_id = company.query(project, (company.id,))[0]["id"]
    token = world.key(Plane.APP).sign(member_claims(world.platform.query, member))

    def send(key: str, path: str, **content: Any) -> httpx.Response:
        headers = ROWS | {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        return company.call("POST", path, headers=headers, **content)

    upload: dict[str, Any] = {"files": {"file": ("b.csv", SAMPLE)}, "data": {"project_id": project_id}}
    bom_id = send("u", "boms", **upload).json()["id"]
    ready = "select l.id from public.bom_line_items as l join public.boms as b on b.id = l.bom_id"
    assert eventually(lambda: bool(company.query(f"{ready} where b.id = %s and b.status = 'ready'", (bom_id,))))
    line_id = company.query("select id::text from public.bom_line_items where bom_id = %s", (bom_id,))[0]["id"]
    requests: dict[str, tuple[str, dict[str, Any]]] = {
        "u": ("boms", upload),
        "c": ("rest/v1/bom_line_comments?select=body", {"json": {"bom_line_item_id": line_id, "body": "Stocked?"}}),
        "f": ("rest/v1/rpc/resume_bom?select=name", {"json": {"bom_id": bom_id}}),
        "p": ("rest/v1/components?select=mpn", {"json": {"mpn": "ELSEWHERE"}}),
    }
    first = {key: send(key, path, **content) for key, (path, content) in requests.items()}
    assert [answer.is_success for answer in first.values()] == [True] * 4
    company.query("update public.projects set is_private = true where id = %s", (project_id,))
    again = {key: send(key, path, **content) for key, (path, content) in requests.items()}
    assert same(first["p"], again.pop("p")), "what is not the project's is answered as ever"
    for key, refused in again.items():
        assert (refused.status_code, slug(refused)) == (404, "idempotency_answer_hidden"), key
        assert bom_id not in refused.text
    join = "insert into public.project_members (organization_id, project_id, user_id) values (%s, %s, %s)"
    company.query(join, (company.id, project_id, member))
    for key, (path, content) in requests.items():
        assert same(first[key], send(key, path, **content)), key


@pytest.fixture
def full_allowance(world: World) -> Iterator[None]:
    """Leads come from one address here."""
    world.platform.query(Plane.CONTROL, "delete from private.rate_limits")
    yield
    world.platform.query(Plane.CONTROL, "delete from private.rate_limits")


@pytest.mark.usefixtures("full_allowance")
def test_a_tenant_is_asked_for_once_a_key(world: World) -> None:
    async def check() -> None:
        async with world.platform.client() as http:
            signup = await world.platform.begin_signup(http, "keyed")
            headers = {"Authorization": f"Bearer {signup.lead_token}", "Idempotency-Key": "k"}
            body = {"key": (await signup.finished())["key"], "planId": "plan-basic"}
            first = await http.post("/api/control/tenants", json=body, headers=headers)
            assert (first.status_code, first.headers.get(REPLAYED)) == (202, None)
            again = await http.post("/api/control/tenants", json=body, headers=headers)
            assert same(first, again)
            assert again.headers[REPLAYED] == "true"
            other = await http.post("/api/control/tenants", json=body | {"name": "Other"}, headers=headers)
            assert (other.status_code, slug(other)) == (422, "idempotency_key_reused")
            unknown = headers | {"Authorization": "Bearer another"}
            assert (await http.post("/api/control/tenants", json=body, headers=unknown)).status_code == 401

    run(check())


@pytest.mark.usefixtures("full_allowance")
def test_a_lead_over_the_limit_keeps_no_key(world: World) -> None:
    body = {"firstName": "A", "lastName": "B", "companyName": "Keyed", "email": f"k@{uuid.uuid4()}.example"}
    key = {"Idempotency-Key": str(uuid.uuid4())}
    url, rows = f"{world.platform.url}/api/control/leads", "select hit_count from private.rate_limits"
    assert HTTP.post(url, json=body).status_code == 202
    world.platform.query(Plane.CONTROL, "update private.rate_limits set hit_count = 1000")
    assert HTTP.post(url, json=body, headers=key).status_code == 429
    assert world.platform.query(Plane.CONTROL, rows)
    world.platform.query(Plane.CONTROL, "delete from private.rate_limits")
    assert REPLAYED not in HTTP.post(url, json=body, headers=key).headers
    assert HTTP.post(url, json=body, headers=key).headers[REPLAYED] == "true"
    count = "select count(*) from tenant_management.leads where email = %s"
    assert world.platform.query(Plane.CONTROL, count, (body["email"],)) == [{"count": 2}]


def test_no_answer_or_key_is_in_the_database_log(world: World) -> None:
    """A repeated request raises an error in the database, which its log tells of; what it says is constant."""
    company, key, mpn = Company(world), str(uuid.uuid4()), f"SECRET-{uuid.uuid4()}"
    for _ in range(2):
        create(company, mpn, key)
    create(company, "other", key)
    for path in (world.platform.state_dir / "logs").iterdir():
        text = path.read_text(errors="replace")
        assert key not in text, path
        assert mpn not in text, path
