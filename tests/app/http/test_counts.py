"""Counts of a list are exact: the planner's estimate is made of every tenant's rows."""

import pytest

from ananta.settings import Plane
from tests.support.companies import Company
from tests.support.function_mutants import mutated
from tests.support.http_client import HTTP
from tests.support.world import World, connect

PARTS = "rest/v1/components?select=id&limit=1&internal_number=eq."
SECRET = "SECRET-HOUSE-PN-7"


@pytest.fixture(scope="module")
def nobody(world: World) -> Company:
    """An organization without parts, beside one that has thousands of a number."""
    company, other = Company(world), Company(world)
    other.query(
        "insert into public.components (organization_id, mpn, internal_number)"
        " select %s, 'C' || n, case when n %% 3 = 0 then %s end from generate_series(1, 3000) as n",
        (other.id, SECRET),
    )
    other.query("analyze public.components")
    return company


@pytest.mark.parametrize("form", ["planned", "estimated", "exact"])
def test_counts_tell_nothing_of_another_organization(nobody: Company, form: str) -> None:
    for number in (SECRET, "none has this"):
        answer = nobody.call("GET", PARTS + number, headers={"Prefer": f"count={form}"})
        assert (answer.status_code, answer.headers["content-range"]) == (200, "*/0")


@pytest.mark.parametrize("form", ["planned", "estimated"])
def test_estimates_are_refused_behind_the_gateway(world: World, nobody: Company, form: str) -> None:
    base = f"http://127.0.0.1:{world.platform.ports['app_rest']}"
    answer = HTTP.get(
        f"{base}/components?internal_number=eq.{SECRET}", headers=nobody.headers | {"Prefer": f"count={form}"}
    )
    assert answer.status_code == 400
    assert answer.json()["message"] == "count_not_estimated"
    assert "content-range" not in answer.headers


def test_own_rows_are_counted(world: World) -> None:
    company = Company(world)
    company.query(
        "insert into public.components (organization_id, mpn) select %s, 'C' || n from generate_series(1, 1500) as n",
        (company.id,),
    )
    for form in ("planned", "estimated", "exact"):
        answer = company.call("GET", "rest/v1/components?select=id&limit=1", headers={"Prefer": f"count={form}"})
        assert answer.headers["content-range"] == "0-0/1500"


def test_a_count_that_takes_too_long_says_what_to_do(world: World) -> None:
    """With less than its second, so that few rows are too many."""
    company = Company(world)
    company.query(
        "insert into public.components (organization_id, mpn) select %s, 'C' || n from generate_series(1, 9999) as n",
        (company.id,),
    )
    changed = {"private.bound_count()": [("'1s'", "'1ms'")]}
    with connect(world.platform, Plane.APP) as db, mutated(db, changed):
        answer = company.call("GET", "rest/v1/components?select=id&limit=1", headers={"Prefer": "count=exact"})
    assert (answer.status_code, answer.json()["message"]) == (422, "count_too_large")
    assert company.call("GET", "rest/v1/components?select=id&limit=1").is_success


def test_operators_count_as_they_like(world: World) -> None:
    base = f"http://127.0.0.1:{world.platform.ports['control_rest']}"
    headers = {"Authorization": f"Bearer {world.operator_token()}", "Prefer": "count=planned"}
    assert HTTP.get(f"{base}/tenants?select=id", headers=headers).is_success
