"""Every exposed function: who may call it, and that no argument reaches another organization."""

import secrets
from typing import Any

import pytest

from ananta.settings import Plane
from tests.support.exposure import rules
from tests.support.platform import run
from tests.support.world import ROLES, World, add_organization, connect

FUNCTIONS = rules(Plane.APP).functions
VALUES = {
    "jsonb": [],
    "integer": 1,
    "bigint": 1,
    "boolean": True,
    "text": "x",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def add_bom(world: World, word: str, status: str) -> str:
    """A BOM in a status that no interface leaves it in."""
    organization_id = world.tenants[word].organization_id
    rows = world.platform.query(
        Plane.APP,
        "with f as (insert into public.stored_files (organization_id, sha256, size_bytes)"
        " values (%s, repeat('0', 64), 1) on conflict do nothing)"
        " insert into public.boms"
        " (organization_id, project_id, name, status, file_name, file_sha256, file_size)"
        " select organization_id, id, %s, %s, 'x', repeat('0', 64), 1 from public.projects"
        " where organization_id = %s and is_default returning id::text",
        (organization_id, f"canary-{word}-{secrets.token_hex(4)}", status, organization_id),
    )
    return str(rows[0]["id"])


def arguments_of(world: World, function: str) -> dict[str, Any]:
    """Arguments of the right types, which name nothing that exists."""
    row = world.platform.query(
        Plane.APP,
        "select coalesce(proargnames, '{}') as names, proargtypes::regtype[]::text[] as types from pg_proc"
        " where oid = %s::regprocedure",
        (f"public.{function}",),
    )[0]
    return {name: VALUES[kind] for name, kind in zip(row["names"], row["types"], strict=False)}


def call(world: World, function: str, role: str | None, body: dict[str, Any]) -> tuple[int, str]:
    async def ask() -> tuple[int, str]:
        async with world.platform.client() as http:
            headers = {"Authorization": f"Bearer {world.token(Plane.APP, 'alpha', role)}"} if role else {}
            path = f"/api/app/rest/v1/rpc/{function.partition('(')[0]}"
            response = await http.post(path, json=body, headers=headers)
            return response.status_code, response.text

    return run(ask())


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("role", [*ROLES, None])
def test_who_may_call(world: World, function: str, role: str | None) -> None:
    status, text = call(world, function, role, arguments_of(world, function))
    expected = rules(Plane.APP).may_call(role, function)
    assert (status not in (401, 403)) == expected, text
    assert status < 500


def test_own_bom_is_resumed(world: World) -> None:
    status, text = call(world, "resume_bom(uuid)", "member", {"bom_id": add_bom(world, "alpha", "ready")})
    assert (status, '"status":"ready"' in text) == (200, True)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("status", ["failed", "ready"])
def test_resume_reaches_no_other_organization(world: World, role: str, status: str) -> None:
    bom_id = add_bom(world, "beta", status)
    answer, text = call(world, "resume_bom(uuid)", role, {"bom_id": bom_id})
    assert answer == (404 if rules(Plane.APP).may_call(role, "resume_bom(uuid)") else 403)
    assert "canary-beta" not in text
    row = world.platform.query(Plane.APP, "select status from public.boms where id = %s", (bom_id,))[0]
    assert row["status"] == status


def test_summary_counts_own_rows_only(world: World) -> None:
    with connect(world.platform, Plane.APP) as db:
        other = add_organization(db, max_users=None, max_components=None)
    add_bom(world, "beta", "failed")
    before = call(world, "dashboard_summary()", "owner", {})
    add_bom(world, "beta", "failed")
    assert call(world, "dashboard_summary()", "owner", {}) == before
    assert other.organization_id not in before[1]


@pytest.mark.parametrize(
    "parts", [None, {}, "x", 5, [5], ["x"], [None], [{"mpn": 5}], [{"mpn": {"a": 1}}], [{"mpn": "\u0000"}], []]
)
def test_normalize_takes_anything_without_a_fault(world: World, parts: object) -> None:
    async def ask() -> int:
        async with world.platform.client() as http:
            headers = {"Authorization": f"Bearer {world.token(Plane.APP, 'alpha', 'owner')}"}
            response = await http.post("/api/app/rest/v1/rpc/normalize_parts", json={"parts": parts}, headers=headers)
            return response.status_code

    assert run(ask()) in (200, 400, 422)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/app/boms/{bom}/file"),
        ("GET", "/api/app/rest/v1/boms?id=eq.{bom}"),
    ],
)
def test_files_of_another_organization_are_not_found(world: World, method: str, path: str) -> None:
    bom_id = add_bom(world, "beta", "ready")

    async def ask() -> tuple[int, str]:
        async with world.platform.client() as http:
            headers = {"Authorization": f"Bearer {world.token(Plane.APP, 'alpha', 'owner')}"}
            response = await http.request(method, path.format(bom=bom_id), headers=headers)
            return response.status_code, response.text

    status, text = run(ask())
    assert status == 404 or (status, text) == (200, "[]")


def test_uploads_go_to_no_other_project(world: World) -> None:
    project = world.platform.query(
        Plane.APP,
        "select id::text from public.projects where organization_id = %s",
        (world.tenants["beta"].organization_id,),
    )[0]["id"]

    async def ask() -> tuple[int, str]:
        async with world.platform.client() as http:
            headers = {"Authorization": f"Bearer {world.token(Plane.APP, 'alpha', 'owner')}"}
            files = {"file": ("b.csv", b"Reference,MPN\nR1,ABC123\n")}
            response = await http.post("/api/app/boms", files=files, data={"project_id": project}, headers=headers)
            return response.status_code, response.json()["message"]

    assert run(ask()) == (404, "project_not_found")
