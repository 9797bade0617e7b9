"""Who sees and does what in the control plane: the public, members of a tenant, operators."""

import asyncio
import secrets
from typing import Any

import httpx
import pytest

from ananta.settings import Plane
from tests.support.exposure import rules
from tests.support.http_client import HTTP
from tests.support.platform import run
from tests.support.world import ROLES, World, add_control_user

REST = "/api/control/rest/v1"
RETURNING = {"Prefer": "return=representation"}


def call(world: World, token: str | None, method: str, path: str, **arguments: Any) -> httpx.Response:
    headers = ({"Authorization": f"Bearer {token}"} if token else {}) | RETURNING | arguments.pop("headers", {})
    return HTTP.request(method, f"{world.platform.url}{REST}/{path}", headers=headers, **arguments)


def slug(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["message"]


@pytest.fixture
def hidden_plan(world: World) -> str:
    """A plan that an operator made and did not publish."""
    name = f"plan-hidden-{secrets.token_hex(4)}"
    body = {
        "id": name,
        "name": "Hidden",
        "rank": 10_000 + secrets.randbelow(10**8),
        "price_minor": 1,
        "is_public": False,
    }
    assert call(world, world.operator_token(), "POST", "plans", json=body).status_code == 201
    for table, row in (
        ("plan_limits", {"metric": "users", "limit_value": 1}),
        ("plan_features", {"feature": "secret"}),
    ):
        assert call(world, world.operator_token(), "POST", table, json=row | {"plan_id": name}).status_code == 201
    return name


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer anon"}, {"apikey": "anon"}])
def test_anonymous_sees_public_plans_only(world: World, hidden_plan: str, headers: dict[str, str]) -> None:
    plans = call(world, None, "GET", "plans", headers=headers).json()
    assert {"plan-free", "plan-basic", "plan-professional", "plan-enterprise"} <= {plan["id"] for plan in plans}
    assert all(plan["is_public"] for plan in plans)
    for table in ("plan_limits", "plan_features", "plans?select=*,plan_limits(*)"):
        rows = call(world, None, "GET", table, headers=headers)
        assert rows.json()
        assert hidden_plan not in rows.text
    for table in set(rules(Plane.CONTROL).tables) - {"plans", "plan_limits", "plan_features"}:
        assert call(world, None, "GET", table, headers=headers).status_code == 401, table
    for method, path in (("POST", "plans"), ("PATCH", "plans?id=eq.plan-free"), ("DELETE", "plans?id=eq.plan-free")):
        assert call(world, None, method, path, json={"id": "plan-x", "name": "x"}, headers=headers).status_code == 401


@pytest.mark.parametrize("role", ROLES)
def test_member_sees_public_plans_only(world: World, hidden_plan: str, role: str) -> None:
    token = world.token(Plane.CONTROL, "alpha", role)
    for table in ("plans", "plan_limits", "plan_features"):
        rows = call(world, token, "GET", table)
        assert rows.json()
        assert hidden_plan not in rows.text
    assert call(world, token, "PATCH", f"plans?id=eq.{hidden_plan}", json={"is_public": True}).status_code == 403


def test_member_sees_own_tenant_only(world: World) -> None:
    """Tables of no tenant stay closed; of the others every row is the caller's."""
    token, tenant = world.token(Plane.CONTROL, "alpha", "owner"), world.tenants["alpha"]
    assert [row["key"] for row in call(world, token, "GET", "tenants").json()] == [tenant.key]
    for name, rule in rules(Plane.CONTROL).tables.items():
        response = call(world, token, "GET", name)
        if rule.kind == "tenant":
            assert {row["tenant_id"] for row in response.json()} <= {tenant.tenant_id}, name
        elif "select" not in rule.least:
            assert response.status_code == 403, name
    steps = call(world, token, "GET", "workflows?select=*,workflow_steps(*)").json()
    assert len(steps[0]["workflow_steps"]) >= 4


@pytest.mark.parametrize("role", ROLES)
def test_member_calls_no_operators_function(world: World, role: str) -> None:
    query = world.platform.query
    before = query(Plane.CONTROL, "select id, status from tenant_management.workflows order by id")
    for word in ("alpha", "beta"):
        workflow = f"provision-tenant-{world.tenants[word].tenant_id}"
        for function in ("cancel_workflow", "retry_workflow"):
            token = world.token(Plane.CONTROL, "alpha", role)
            response = call(world, token, "POST", f"rpc/{function}", json={"workflow_id": workflow})
            assert response.status_code == 403
    assert query(Plane.CONTROL, "select id, status from tenant_management.workflows order by id") == before
    assert call(world, None, "POST", "rpc/retry_workflow", json={"workflow_id": "x"}).status_code == 401


def test_operator_calls_functions(world: World) -> None:
    token = world.operator_token()
    workflow = f"provision-tenant-{world.tenants['alpha'].tenant_id}"
    assert slug(call(world, token, "POST", "rpc/cancel_workflow", json={"workflow_id": "none"})) == (
        404,
        "workflow_not_found",
    )
    assert slug(call(world, token, "POST", "rpc/cancel_workflow", json={"workflow_id": workflow})) == (
        409,
        "workflow_completed",
    )
    assert (
        call(world, token, "POST", "rpc/retry_workflow", json={"workflow_id": workflow}).json()["status"] == "completed"
    )


def test_operator_creates_reads_changes_and_deletes(world: World) -> None:
    """The life of a tenant's row, by operators only; the rest of the tables is in the matrix."""
    token, key = world.operator_token(), f"made-{secrets.token_hex(5)}"
    plane = call(world, token, "GET", "app_planes?name=eq.default").json()[0]["id"]
    tenant = call(world, token, "POST", "tenants", json={"key": key, "name": "Made", "app_plane_id": plane}).json()[0]
    assert tenant["status"] == "pending_provision"
    changed = call(world, token, "PATCH", f"tenants?id=eq.{tenant['id']}", json={"name": "Changed"}).json()
    assert changed[0]["name"] == "Changed"
    assert slug(call(world, token, "PATCH", f"tenants?id=eq.{tenant['id']}", json={"key": "other-key"})) == (
        409,
        "key_column_changed",
    )
    assert (
        call(world, token, "POST", "tenants", json={"key": key, "name": "x", "app_plane_id": plane}).status_code == 409
    )
    assert call(world, token, "DELETE", f"tenants?id=eq.{tenant['id']}").status_code == 403
    for kind in ("billing", "shipping"):
        body = {
            "tenant_id": tenant["id"],
            "kind": kind,
            "line1": "1 Main Street",
            "city": "Springfield",
            "country": "US",
        }
        assert call(world, token, "POST", "addresses", json=body).status_code == 201
    assert len(call(world, token, "DELETE", f"addresses?tenant_id=eq.{tenant['id']}").json()) == 2
    assert len({row["id"] for row in call(world, token, "GET", "tenants").json()}) >= 3


ESCALATIONS = [
    ("PATCH", "users?id=eq.{me}", {"is_platform_admin": True}),
    (
        "POST",
        "users",
        {"email": "new@operator.example", "first_name": "A", "last_name": "B", "is_platform_admin": True},
    ),
    ("POST", "user_tenants", {"user_id": "{me}", "tenant_id": "{other}", "role": "owner"}),
    ("PATCH", "user_tenants?user_id=eq.{me}", {"role": "owner"}),
    ("PATCH", "user_tenants?user_id=eq.{me}", {"tenant_id": "{other}"}),
    ("PATCH", "tenants?id=eq.{own}", {"status": "active"}),
    ("PATCH", "subscriptions?tenant_id=eq.{own}", {"plan_id": "plan-enterprise"}),
    ("PATCH", "invoices?tenant_id=eq.{own}", {"status": "paid"}),
    ("POST", "user_identities", {"issuer": "x", "subject": "x", "user_id": "{me}"}),
    ("POST", "workflows", {"id": "x", "tenant_id": "{own}", "name": "x", "input": {}}),
    ("DELETE", "tenants?id=eq.{own}", None),
]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("method", "path", "body"), ESCALATIONS)
def test_member_makes_nobody_more(world: World, role: str, method: str, path: str, body: dict[str, Any] | None) -> None:
    values = {
        "me": str(world.claims[Plane.CONTROL, "alpha", role]["sub"]),
        "own": world.tenants["alpha"].tenant_id,
        "other": world.tenants["beta"].tenant_id,
    }
    filled = {k: v.format(**values) if isinstance(v, str) else v for k, v in body.items()} if body else None
    response = call(world, world.token(Plane.CONTROL, "alpha", role), method, path.format(**values), json=filled)
    assert response.status_code == 403, response.text


def answer(world: World, token: str) -> tuple[int, str | None]:
    response = call(world, token, "GET", "tenants")
    body = response.json()
    return response.status_code, body["message"] if isinstance(body, dict) else None


def test_head_requests_break_no_other(world: World) -> None:
    """PostgREST hangs up after a HEAD; whoever comes next on that connection of the gateway must not notice."""

    async def one(http: httpx.AsyncClient) -> set[int]:
        return {(await http.request(method, f"{REST}/plans")).status_code for method in ["HEAD", "GET"] * 40}

    async def many() -> list[set[int]]:
        async with world.platform.client() as http:
            return await asyncio.gather(*(one(http) for _ in range(8)))

    assert run(many()) == [{200}] * 8


DEACTIVATIONS = {
    "user": ("update tenant_management.users set status = %s where id = %s", "deactivated", "user"),
    "membership": ("update tenant_management.user_tenants set status = %s where user_id = %s", "deactivated", "user"),
    "tenant": ("update tenant_management.tenants set status = %s where id = %s", "suspended", "tenant"),
    "failed tenant": ("update tenant_management.tenants set status = %s where id = %s", "provision_failed", "tenant"),
}


@pytest.mark.parametrize("what", DEACTIVATIONS)
def test_deactivation_works_at_once(world: World, what: str) -> None:
    statement, status, kind = DEACTIVATIONS[what]
    claims = world.claims[Plane.CONTROL, "alpha", "viewer"]
    subject = claims["sub"] if kind == "user" else claims["tenantId"]
    token = world.token(Plane.CONTROL, "alpha", "viewer")
    assert answer(world, token) == (200, None)
    world.platform.query(Plane.CONTROL, statement, (status, subject))
    try:
        assert answer(world, token) == (401, "membership_inactive")
    finally:
        world.platform.query(Plane.CONTROL, statement, ("active", subject))
    assert answer(world, token) == (200, None)


def test_deactivated_operator_is_refused_at_once(world: World) -> None:
    user_id = add_control_user(world.platform, "leaving", is_platform_admin=True)
    token = world.token(Plane.CONTROL, "", "operator", sub=user_id, userId=user_id)
    assert answer(world, token) == (200, None)
    for change in ("is_platform_admin = false", "is_platform_admin = true, status = 'deactivated'"):
        world.platform.query(Plane.CONTROL, f"update tenant_management.users set {change} where id = %s", (user_id,))  # noqa: S608
        assert answer(world, token) == (401, "membership_inactive")
