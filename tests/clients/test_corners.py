"""What clients do besides the usual: one row or none, counts alone, pages that are not there, refusals, browsers."""

import json
import secrets
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from postgrest import SyncPostgrestClient
from postgrest.exceptions import APIError

from ananta.demo.client import LOOPBACK_REDIRECT, PORTAL_CLIENT
from ananta.settings import Plane
from ananta.standins.login import login
from tests.support.http_client import HTTP
from tests.support.platform import Platform, Tenant, run
from tests.support.world import World

SCRIPT = """
import { createClient } from "@supabase/supabase-js";

const { BASE, TOKEN, FOREIGN } = process.env;
const client = (token) => createClient(`${BASE}/api/app`, "anon", { accessToken: async () => token });
const projects = client(TOKEN).from("projects");
const none = () => client(TOKEN).from("projects").select("name").eq("name", "there is none");
const found = {};
const note = (name, { status, error, data, count }) => {
  found[name] = { status, code: error?.code, message: error?.message, data, count };
};
note("single", await none().single());
note("maybe", await none().maybeSingle());
note("head", await client(TOKEN).from("projects").select("*", { count: "exact", head: true }));
note("csv", await client(TOKEN).from("projects").select("name").csv());
note("beyond", await client(TOKEN).from("projects").select("name", { count: "exact" }).range(100, 110));
note("column", await client(TOKEN).from("projects").select("no_such_column"));
note("ignored", await projects.upsert({ name: "Default project" }, {
  onConflict: "organization_id,name", ignoreDuplicates: true,
}).select("name"));
note("read", await client(TOKEN).rpc("dashboard_summary", {}, { get: true }));
note("foreign", await client(FOREIGN).from("boms").select("name"));
note("nobody", await createClient(`${BASE}/api/app`, "anon").from("boms").select("name"));
note("schema", await createClient(`${BASE}/api/control`, "anon").from("plans").select("id"));
note("quiet", await client(TOKEN).from("projects").insert({ name: "Quiet" }));
note("gone", await client(TOKEN).from("projects").delete().eq("name", "Quiet"));
console.log(JSON.stringify(found));
"""


@pytest.fixture(scope="module")
def _results() -> dict[str, Any]:
    return {}


@pytest.fixture
def js(
    environment: dict[str, str], folder: Path, node: Callable[..., list[str]], world: World, _results: dict[str, Any]
) -> dict[str, Any]:
    """What the script found, of one run."""
    if not _results:
        (folder / "corners.mjs").write_text(SCRIPT, encoding="utf-8")
        foreign = world.token(Plane.APP, "alpha", "viewer")
        command = node(folder / "corners.mjs")
        done = subprocess.run(
            command, capture_output=True, text=True, env=environment | {"FOREIGN": foreign}, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        _results.update(json.loads(done.stdout))
    return _results


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("single", 406, "PGRST116"),
        ("beyond", 416, "PGRST103"),
        ("column", 400, "42703"),
        ("nobody", 401, "42501"),
        ("schema", 406, "PGRST106"),
    ],
)
def test_refusals_reach_supabase_js(js: dict[str, Any], name: str, status: int, code: str) -> None:
    assert (js[name]["status"], js[name]["code"], js[name]["data"]) == (status, code, None)
    assert js[name]["message"]


def test_supabase_js_takes_what_has_no_rows(js: dict[str, Any]) -> None:
    assert (js["maybe"]["status"], js["maybe"]["data"]) == (200, None)
    assert (js["head"]["status"], js["head"]["data"], js["head"]["count"]) == (200, None, 1)
    assert js["ignored"]["data"] == []
    assert (js["quiet"]["status"], js["quiet"]["data"]) == (201, None)
    assert (js["gone"]["status"], js["gone"]["data"]) == (204, None)


def test_supabase_js_reads_csv_and_functions(js: dict[str, Any]) -> None:
    assert js["csv"]["data"] == "name\nDefault project"
    assert js["read"]["data"]["boms"] == {"ready": 1}


def test_supabase_js_sees_its_own_organization_only(js: dict[str, Any]) -> None:
    assert js["foreign"]["status"] == 200
    assert "014-glasgow-revc2.csv" not in json.dumps(js["foreign"])


@pytest.fixture
def viewer(world: World) -> Iterator[SyncPostgrestClient]:
    headers = {"Authorization": f"Bearer {world.token(Plane.APP, 'alpha', 'viewer')}"}
    with httpx.Client(base_url=f"{world.platform.url}/api/app/rest/v1/", headers=headers, timeout=30) as http:
        yield SyncPostgrestClient(str(http.base_url), http_client=http)


def test_a_viewers_refusal_is_an_error_of_postgrest_py(viewer: SyncPostgrestClient) -> None:
    with pytest.raises(APIError) as caught:
        viewer.from_("projects").insert({"name": secrets.token_hex(4)}).execute()
    assert caught.value.code == "42501"


def test_an_old_token_is_an_error_of_postgrest_py(world: World) -> None:
    token = world.token(Plane.APP, "alpha", "owner", exp=1)
    with httpx.Client(timeout=30) as http:
        base = f"{world.platform.url}/api/app/rest/v1"
        client = SyncPostgrestClient(base, headers={"Authorization": f"Bearer {token}"}, http_client=http)
        with pytest.raises(APIError) as caught:
            client.from_("projects").select("name").execute()
    assert caught.value.code == "PGRST301"


def test_a_browser_of_another_origin_may_ask(world: World) -> None:
    """What supabase-js sends from a page: no cookies are used, so any origin may."""
    names = "apikey,authorization,content-profile,content-type,prefer,x-client-info"
    headers = {
        "Origin": "https://page.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": names,
    }
    address = f"{world.platform.url}/api/app/rest/v1/projects"
    allowed = HTTP.options(address, headers=headers)
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == "*"
    assert {name.strip() for name in allowed.headers["access-control-allow-headers"].split(",")} >= set(
        names.split(",")
    )
    answer = HTTP.get(address, headers={"Origin": "https://page.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers


def test_a_token_of_the_realm_works_as_it_is(company: Tenant, platform: Platform) -> None:
    """Nothing to exchange beforehand: the gateway does it on the way."""

    async def sign_in() -> str:
        async with platform.client() as http:
            issuer = f"{platform.url}/auth/realms/{company.owner.realm}"
            who = (company.owner.email, company.owner.password)
            return (await login(http, issuer, PORTAL_CLIENT, LOOPBACK_REDIRECT, *who)).access_token

    token = run(sign_in())
    headers = {"apikey": token, "Authorization": f"Bearer {token}"}
    with httpx.Client(headers=headers, timeout=30) as http:
        client = SyncPostgrestClient(f"{platform.url}/api/app/rest/v1", http_client=http, headers=headers)
        assert [row["name"] for row in client.from_("boms").select("name").execute().data] == ["014-glasgow-revc2.csv"]
