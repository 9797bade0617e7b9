"""What a plan does not include is refused on every way in; the ways are listed here, and a new one must be added."""

import re
import uuid
from typing import Any

import httpx
import pytest
from psycopg.types.json import Jsonb

from ananta.settings import ROOT, Plane
from tests.support.companies import Company
from tests.support.exposure import rules
from tests.support.http_client import HTTP
from tests.support.world import World

RULES = rules(Plane.APP)
READABLE = [name for name, rule in RULES.tables.items() if "select" in rule.least]
CSV = {"Accept": "text/csv"}
RETURNING = CSV | {"Prefer": "return=representation"}
PART = {"mpn": "FLAGGED"}
Path = tuple[str, str, dict[str, Any]]

# Every way in that gives what a feature is. Ways that are open in every plan: a BOM's own lines
# (boms/{id}/export, one BOM at a time), its original file, and all reading as JSON, a page at a time.
PATHS: dict[str, list[Path]] = {
    "bulk_export": [
        *(("GET", f"rest/v1/{table}", {"headers": CSV}) for table in READABLE),
        *(("GET", f"direct/{table}", {"headers": CSV}) for table in READABLE),
        ("GET", "rest/v1/components?select=mpn", {"headers": CSV}),
        ("GET", "rest/v1/components", {"headers": {"Accept": "*/*, text/csv"}}),
        ("GET", "rest/v1/components", {"headers": {"Accept": "application/json;q=0.5, text/csv;q=0.9"}}),
        ("GET", "rest/v1/boms?select=name,bom_line_items(mpn)", {"headers": CSV}),
        ("HEAD", "rest/v1/components", {"headers": CSV}),
        ("POST", "rest/v1/components", {"headers": RETURNING, "json": PART}),
        ("PATCH", "rest/v1/components?mpn=eq.FLAGGED", {"headers": RETURNING, "json": {"description": "x"}}),
        ("DELETE", "rest/v1/components?mpn=eq.FLAGGED", {"headers": RETURNING}),
        ("POST", "rest/v1/rpc/current_usage", {"headers": CSV, "json": {}}),
        ("GET", "rest/v1/rpc/dashboard_summary", {"headers": CSV}),
        ("GET", "direct/rpc/dashboard_summary", {"headers": CSV}),
    ],
    "ai_normalization": [],  # nothing calls a model yet
    "dedicated_placement": [],  # every tenant is placed on a pooled app plane
}
# Where the database asks, by feature.
ASKED = {
    "bulk_export": {"check_request", "finish_list_export"},
    "ai_normalization": set(),
    "dedicated_placement": set(),
}


def ask(world: World, company: Company, path: Path) -> httpx.Response:
    method, address, arguments = path
    gateway, direct = f"{world.platform.url}/api/app", f"http://127.0.0.1:{world.platform.ports['app_rest']}"
    url = direct + address.removeprefix("direct") if address.startswith("direct/") else f"{gateway}/{address}"
    headers = company.headers | arguments.get("headers", {})
    return HTTP.request(method, url, headers=headers, json=arguments.get("json"))


def set_features(world: World, company: Company, features: list[str], version: int) -> None:
    tenant = company.query(
        "select arc_saas_tenant_id::text as id from public.organizations where id = %s", (company.id,)
    )
    event = {"tenantId": tenant[0]["id"], "newPlan": "plan-any", "newLimits": {}, "newFeatures": features}
    parameters = (uuid.uuid4(), Jsonb(event | {"version": version}))
    company.query("select private.change_subscription(%s, %s)", parameters)


@pytest.mark.parametrize("feature", [feature for feature, paths in PATHS.items() if paths])
def test_every_path_asks_for_the_feature(world: World, feature: str) -> None:
    company = Company(world)
    for path in PATHS[feature]:
        answer = ask(world, company, path)
        assert answer.status_code == 402, path
        if path[0] != "HEAD":
            assert answer.json()["message"] == "feature_not_in_plan", path
            assert answer.json()["details"] == f'{{"feature": "{feature}"}}', path
    assert company.query("select mpn from public.components where organization_id = %s", (company.id,)) == []
    set_features(world, company, [feature], 1)
    for path in PATHS[feature]:
        assert ask(world, company, path).status_code < 300, path
    set_features(world, company, [], 2)
    assert ask(world, company, PATHS[feature][0]).status_code == 402, "the same token, at once"


def test_reading_as_json_and_one_bom_are_every_plans(world: World) -> None:
    company = Company(world)
    bom = company.upload(b"Reference,Qty,MPN\nR1,1,RC0402\n").json()
    for address in (*(f"rest/v1/{table}" for table in READABLE), f"boms/{bom['id']}/export", "summary/dashboard"):
        assert ask(world, company, ("GET", address, {"headers": {"Accept": "application/json, text/csv"}})).is_success


def test_no_caller_decides_what_the_gateway_asks(world: World) -> None:
    company = Company(world)
    named = {"headers": CSV | {"X-Ananta-Internal-Answer": "application/json"}}
    assert ask(world, company, ("GET", "rest/v1/components", named)).status_code == 402
    harmless = {"headers": {"X-Ananta-Internal-Answer": "text/csv"}}
    assert ask(world, company, ("GET", "rest/v1/components", harmless)).status_code == 200


def test_every_feature_of_a_plan_has_its_paths(world: World) -> None:
    rows = world.platform.query(Plane.CONTROL, "select distinct feature from tenant_management.plan_features")
    sold = {row["feature"] for row in rows if not row["feature"].startswith("canary")}
    assert sold <= set(PATHS)
    asked: dict[str, set[str]] = {feature: set() for feature in PATHS}
    for file in (ROOT / "functions").rglob("*.sql"):
        for feature in re.findall(r"(?:require|has)_feature\('(\w+)'\)", file.read_text(encoding="utf-8")):
            asked[feature].add(file.stem)
    assert asked == ASKED
