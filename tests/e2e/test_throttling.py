"""API calls are metered through the whole platform; a noisy tenant is told to wait, and another one is not."""

import time
from collections import Counter
from typing import Any

import pytest

from ananta.settings import Plane
from edge_api.gateway.throttled import LONGEST_SECONDS
from tests.support.companies import Company
from tests.support.http_client import HTTP
from tests.support.platform import Platform
from tests.support.world import World, connect, world_of

PARTS = "rest/v1/components?limit=1"
FLUSH_SECONDS = 2.0


@pytest.fixture
def world(platform: Platform) -> World:
    return world_of(platform)


def total(company: Company) -> int:
    query = "select quantity from public.usage_totals where organization_id = %s and metric = 'api_calls'"
    return int(next((row["quantity"] for row in company.query(query, (company.id,))), 0))


def settled(company: Company, expected: int) -> int:
    """The total once the gateway has flushed; a while longer, to see one call too many."""
    deadline = time.monotonic() + 10 * FLUSH_SECONDS
    while total(company) < expected and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(FLUSH_SECONDS + 0.5)
    return total(company)


def test_successful_calls_are_metered_exactly_and_to_nobody_else(world: World) -> None:
    company, other = Company(world), Company(world)
    spoofed: dict[str, Any] = {"headers": {"X-Ananta-Internal-Organization": other.id}}
    answers = [company.call("GET", PARTS, **spoofed) for _ in range(20)]
    answers.append(company.call("GET", "summary/dashboard", **spoofed))
    answers.append(company.call("POST", "cns/normalize", json={"parts": []}))
    assert {answer.status_code for answer in answers} == {200}
    assert not any("x-ananta-internal-organization" in answer.headers for answer in answers)
    assert company.call("GET", "rest/v1/components?nothing=eq.1").status_code == 400
    assert company.call("GET", f"boms/{company.id}/file").status_code == 404
    assert settled(company, len(answers)) == len(answers)
    assert total(other) == 0


def test_a_flood_is_told_to_wait_and_others_are_not(world: World) -> None:
    noisy, quiet = Company(world), Company(world)
    query = "update public.organizations set max_api_calls_per_minute = 240 where id = any (%s::uuid[])"
    noisy.query(query, ([noisy.id, quiet.id],))  # four a second, sixty at once
    seen: Counter[tuple[str, int]] = Counter()
    refused = None
    deadline = time.monotonic() + 60
    while refused is None and time.monotonic() < deadline:
        for _ in range(40):
            answer = noisy.call("GET", PARTS)
            seen["noisy", answer.status_code] += 1
            refused = answer if answer.status_code == 429 else refused
        seen["quiet", quiet.call("GET", PARTS).status_code] += 1
    assert refused is not None, seen
    assert refused.json().get("message") == "too_many_requests", refused.text
    assert 1 <= int(refused.headers["Retry-After"]) < 3600
    longer = "update private.api_rates set throttled_until = now() + interval '1 hour' where organization_id = %s"
    noisy.query(longer, (noisy.id,))
    for path in (PARTS, "summary/dashboard", f"boms/{noisy.id}/file"):
        answer = noisy.call("GET", path)
        assert (answer.status_code, answer.json()["message"]) == (429, "too_many_requests")
        assert int(answer.headers["Retry-After"]) >= 1
    assert quiet.call("GET", PARTS).status_code == 200
    assert {status for (who, status) in seen if who == "quiet"} == {200}
    noisy.query("update public.organizations set max_api_calls_per_minute = 100000 where id = %s", (noisy.id,))
    time.sleep(LONGEST_SECONDS)
    assert noisy.call("GET", PARTS).status_code == 200, "an upgrade opens at once, but for what the gateway repeats"


def test_a_flood_of_failing_calls_is_told_to_wait_and_not_charged(world: World) -> None:
    """With another token for each round, none of which ever had another answer."""
    noisy = Company(world)
    noisy.query("update public.organizations set max_api_calls_per_minute = 240 where id = %s", (noisy.id,))
    seen: Counter[int] = Counter()
    deadline = time.monotonic() + 60
    while not seen[429] and time.monotonic() < deadline:
        noisy.sign_in()
        seen.update(noisy.call("GET", "rest/v1/components?nothing=eq.1").status_code for _ in range(40))
    assert seen[429], seen
    assert set(seen) == {400, 429}
    assert total(noisy) == 0


def test_a_row_that_others_hold_is_answered_as_busy(world: World) -> None:
    company = Company(world)
    company.query("insert into public.components (organization_id, mpn) values (%s, 'HELD')", (company.id,))
    with connect(world.platform, Plane.APP) as db, db.transaction():
        db.execute("select from public.components where organization_id = %s for update", (company.id,))
        answer = company.call("PATCH", "rest/v1/components?mpn=eq.HELD", json={"description": "x"})
    assert (answer.status_code, answer.json()["message"]) == (503, "busy"), answer.text
    assert answer.json()["details"] == '{"code": "55P03"}', "the lock's time-out comes before the statement's"
    assert answer.headers["Retry-After"] == "1"


def test_nobody_outside_reports_calls(world: World) -> None:
    company = Company(world)
    body = {"startedAt": "2026-01-01T00:00:00Z", "calls": [{"organizationId": company.id, "calls": 1}]}
    assert company.call("POST", "internal/api-calls", json=body).status_code == 404
    edge = f"http://127.0.0.1:{world.platform.ports['app_edge']}/internal/api-calls"
    assert HTTP.post(edge, json=body).status_code == 401
