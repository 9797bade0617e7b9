"""Limits hold exactly, over HTTP: also when many ask at once, and for a batch whole or not at all."""

import asyncio
import json
from collections import Counter
from typing import Any

import httpx
import pytest

from ananta.settings import Plane
from tests.support.http_client import HTTP
from tests.support.platform import run
from tests.support.tallies import tally
from tests.support.tokens import member_claims
from tests.support.world import Members, World, add_organization, connect

REST = "/api/app/rest/v1"
WRITERS = 16


class Company:
    """An organization with limits, and its owner's calls."""

    def __init__(self, world: World, *, max_users: int | None = None, max_components: int | None = None) -> None:
        with connect(world.platform, Plane.APP) as db:
            self.made: Members = add_organization(db, max_users=max_users, max_components=max_components)
        self._world = world
        claims = member_claims(world.platform.query, self.made.owner_id)
        self.headers = {"Authorization": f"Bearer {world.key(Plane.APP).sign(claims)}"}

    def counts(self, metric: str) -> tuple[int, int]:
        """Rows that count, and the counter."""
        condition = " and status = 'active'" if metric == "users" else ""
        rows = f"select count(*) from public.{metric} where organization_id = %s{condition}"  # noqa: S608
        counter = "select current_count as count from private.usage_sums where organization_id = %s and metric = %s"
        query, organization = self._world.platform.query, self.made.organization_id
        counted = query(Plane.APP, counter, (organization, metric)) or [{"count": 0}]
        return query(Plane.APP, rows, (organization,))[0]["count"], counted[0]["count"]

    def call(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """One request of the owner."""
        return HTTP.request(method, f"{self._world.platform.url}{REST}/{path}", headers=self.headers, **arguments)


def components(*names: object) -> list[dict[str, str]]:
    return [{"mpn": f"PART{name}"} for name in names]


def refusal(response: httpx.Response) -> dict[str, Any]:
    assert (response.status_code, response.json()["message"], response.json()["code"]) == (
        402,
        "quota_exceeded",
        "PT402",
    )
    return dict(json.loads(response.json()["details"]))


def test_batch_lands_whole_or_not_at_all(world: World) -> None:
    company = Company(world, max_components=10)
    assert company.call("POST", "components", json=components(*range(7))).status_code == 201
    refused = company.call("POST", "components", json=components(*range(7, 11)))
    assert refusal(refused) == {
        "code": "quota_exceeded",
        "metric": "components",
        "limit": 10,
        "current": 7,
        "requested": 4,
    }
    assert company.counts("components") == (7, 7)
    assert company.call("POST", "components", json=components(*range(7, 10))).status_code == 201
    assert refusal(company.call("POST", "components", json=components("X")))["current"] == 10
    assert company.counts("components") == (10, 10)


def test_only_what_is_new_counts(world: World) -> None:
    company = Company(world, max_components=3)
    assert company.call("POST", "components", json=components(1, 2, 3)).status_code == 201
    unique = {"on_conflict": "organization_id,normalized_mpn,normalized_manufacturer"}
    headers = company.headers | {"Prefer": "resolution=ignore-duplicates"}
    url = f"{world.platform.url}{REST}/components"
    again = HTTP.post(url, json=components(1, 2, 3), headers=headers, params=unique)
    assert again.status_code in (200, 201), again.text
    assert company.counts("components") == (3, 3)
    assert company.call("POST", "components", json=components(1)).status_code == 409
    assert company.counts("components") == (3, 3)


def test_deleting_frees(world: World) -> None:
    company = Company(world, max_components=2)
    assert company.call("POST", "components", json=components(1, 2)).status_code == 201
    assert company.call("POST", "components", json=components(3)).status_code == 402
    assert company.call("DELETE", "components?mpn=eq.PART1").status_code == 204
    assert company.counts("components") == (1, 1)
    assert company.call("POST", "components", json=components(3)).status_code == 201
    assert company.call("DELETE", "components?mpn=neq.x").status_code == 204
    assert company.counts("components") == (0, 0)


def test_null_is_unlimited_and_zero_is_none(world: World) -> None:
    assert Company(world).call("POST", "components", json=components(*range(300))).status_code == 201
    refused = Company(world, max_components=0).call("POST", "components", json=components(1))
    assert refusal(refused) == {
        "code": "quota_exceeded",
        "metric": "components",
        "limit": 0,
        "current": 0,
        "requested": 1,
    }


def test_deactivated_users_do_not_count(world: World) -> None:
    company = Company(world, max_users=2)
    assert company.call("POST", "users", json={"email": "a@b.example"}).status_code == 201
    refused = company.call("POST", "users", json={"email": "c@b.example"})
    assert refusal(refused) == {"code": "quota_exceeded", "metric": "users", "limit": 2, "current": 2, "requested": 1}
    assert company.call("PATCH", "users?email=eq.a@b.example", json={"status": "deactivated"}).status_code == 204
    assert company.counts("users") == (1, 1)
    assert company.call("POST", "users", json={"email": "c@b.example"}).status_code == 201
    back = company.call("PATCH", "users?email=eq.a@b.example", json={"status": "active"})
    assert refusal(back)["current"] == 2
    assert company.counts("users") == (2, 2)
    assert company.call("PATCH", "users?email=eq.a@b.example", json={"first_name": "Ann"}).status_code == 204
    assert company.counts("users") == (2, 2)


def test_counters_are_not_a_clients_to_write(world: World) -> None:
    company = Company(world, max_components=1)
    company.call("POST", "components", json=components(1))
    for method, body in (("PATCH", {"current_count": 0}), ("DELETE", None)):
        assert company.call(method, "usage_counters?metric=eq.components", json=body).status_code == 403
    assert (
        company.call(
            "PATCH", f"organizations?id=eq.{company.made.organization_id}", json={"max_components": 9}
        ).status_code
        == 403
    )
    assert (
        company.call("PATCH", f"organizations?id=eq.{company.made.organization_id}", json={"plan_id": "x"}).status_code
        == 403
    )
    assert company.counts("components") == (1, 1)


@pytest.mark.parametrize(("metric", "limit", "sizes"), [("components", 40, (1, 2, 3)), ("users", 12, (1,))])
def test_no_overshoot_with_many_writers(world: World, metric: str, limit: int, sizes: tuple[int, ...]) -> None:
    company = Company(world, **{f"max_{metric}": limit})
    answers: Counter[int] = Counter()

    async def writer(http: httpx.AsyncClient, number: int) -> None:
        for turn in range(3):
            size = sizes[(number + turn) % len(sizes)]
            names = [f"{number}x{turn}x{n}" for n in range(size)]
            rows = components(*names) if metric == "components" else [{"email": f"u{name}@b.example"} for name in names]
            response = await http.post(f"{REST}/{metric}", json=rows, headers=company.headers)
            answers[response.status_code] += 1
            if response.status_code == 402:
                details = refusal(response)
                assert details["limit"] == limit
                assert details["requested"] == size
                assert details["current"] + size > limit

    async def all_at_once() -> None:
        async with httpx.AsyncClient(base_url=world.platform.url, timeout=30) as http:
            await asyncio.gather(*(writer(http, number) for number in range(WRITERS)))

    run(all_at_once())
    rows, counter = company.counts(metric)
    tally(f"quota of {metric}, {WRITERS} writers over HTTP: {rows} of {limit}, {dict(answers)}")
    assert set(answers) == {201, 402}
    assert rows == counter == limit
