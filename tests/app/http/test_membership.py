"""Who is a member now, and as what: deactivation works at once, and nobody makes themselves more than they are."""

import asyncio
from typing import Any

import httpx
import pytest

from ananta.demo.client import LOOPBACK_REDIRECT, PORTAL_CLIENT
from ananta.settings import Plane
from ananta.standins.login import login
from tests.support.http_client import HTTP
from tests.support.platform import run
from tests.support.tokens import member_claims
from tests.support.world import World, add_organization, connect

REST = "/api/app/rest/v1"
RETURNING = {"Prefer": "return=representation"}


class People:
    """An organization made for a test, and calls as its members."""

    def __init__(self, world: World, *, max_users: int | None = None) -> None:
        self._world = world
        with connect(world.platform, Plane.APP) as db:
            made = add_organization(db, max_users=max_users, max_components=None)
        self.organization_id = made.organization_id
        self.ids = {"owner": made.owner_id}

    def add(self, name: str, role: str) -> str:
        """A member, as the database keeps one."""
        rows = self._world.platform.query(
            Plane.APP,
            "insert into public.users (organization_id, email, role) values (%s, %s, %s) returning id::text",
            (self.organization_id, f"{name}@{self.organization_id}.example", role),
        )
        self.ids[name] = rows[0]["id"]
        return self.ids[name]

    def token(self, name: str) -> str:
        """A member's token as the exchange signs it."""
        return self._world.key(Plane.APP).sign(member_claims(self._world.platform.query, self.ids[name]))

    def call(self, name: str, method: str, path: str, **arguments: Any) -> httpx.Response:
        """A request of a member."""
        headers = {"Authorization": f"Bearer {self.token(name)}"} | RETURNING | arguments.pop("headers", {})
        return HTTP.request(method, f"{self._world.platform.url}{path}", headers=headers, **arguments)

    def change(self, name: str, whom: str, **change: Any) -> tuple[int, str]:
        """A change of a member's row by another: status, and slug or role and status."""
        response = self.call(name, "PATCH", f"{REST}/users?id=eq.{self.ids[whom]}", json=change)
        body = response.json()
        return response.status_code, body["message"] if isinstance(body, dict) else str(len(body))

    def roles(self) -> dict[str, str]:
        """Role and status of everybody, as the database has them."""
        rows = self._world.platform.query(
            Plane.APP,
            "select id::text, role, status from public.users where organization_id = %s",
            (self.organization_id,),
        )
        names = {user_id: name for name, user_id in self.ids.items()}
        return {names.get(row["id"], row["id"]): f"{row['role']} {row['status']}" for row in rows}


@pytest.fixture
def people(world: World) -> People:
    made = People(world)
    for name, role in (("admin", "admin"), ("second", "admin"), ("member", "member"), ("viewer", "viewer")):
        made.add(name, role)
    return made


def test_deactivated_member_is_refused_at_once(people: People) -> None:
    token = people.token("member")
    paths = (f"{REST}/organizations", f"{REST}/rpc/dashboard_summary", "/api/app/summary/dashboard")

    def answers() -> set[tuple[int, str | None]]:
        found = set()
        for path in paths:
            response = people.call("owner", "GET", path, headers={"Authorization": f"Bearer {token}"})
            body = response.json()
            found.add((response.status_code, body.get("message") if isinstance(body, dict) else None))
        return found

    assert answers() == {(200, None)}
    assert people.change("admin", "member", status="deactivated") == (200, "1")
    assert answers() == {(401, "membership_inactive")}
    assert people.change("admin", "member", status="active") == (200, "1")
    assert answers() == {(200, None)}


def test_demoted_member_may_less_at_once(people: People) -> None:
    token = {"Authorization": f"Bearer {people.token('member')}"}

    def insert(name: str) -> int:
        return people.call("owner", "POST", f"{REST}/projects", headers=token, json={"name": name}).status_code

    assert insert("before") == 201
    assert people.change("admin", "member", role="viewer") == (200, "1")
    assert insert("after") == 403
    assert people.call("owner", "GET", f"{REST}/projects", headers=token).status_code == 200


def test_deactivated_member_is_refused_at_the_exchange(world: World) -> None:
    """Also with a sign-in token that the gateway has exchanged and kept."""

    async def check() -> None:
        async with world.platform.client() as http:
            viewer, owner = world.tenants["alpha"].members["viewer"], world.tenants["alpha"].owner
            issuer = f"{world.platform.url}/auth/realms/{viewer.realm}"
            tokens = await login(http, issuer, PORTAL_CLIENT, LOOPBACK_REDIRECT, viewer.email, viewer.password)
            headers = {"Authorization": f"Bearer {tokens.access_token}"}
            assert (await http.get(f"{REST}/organizations", headers=headers)).status_code == 200
            owner.http = http
            path = f"{REST}/users?id=eq.{world.user_id('alpha', 'viewer')}"
            try:
                assert (await owner.call("PATCH", path, json={"status": "deactivated"})).status_code == 204
                kept = await http.get(f"{REST}/organizations", headers=headers)
                assert (kept.status_code, kept.json()["message"]) == (401, "membership_inactive")
                form = {
                    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
                    "subject_token": tokens.access_token,
                }
                asked = await http.post("/api/app/auth/exchange", data=form)
                assert (asked.status_code, asked.json()["message"]) == (403, "not_a_member")
            finally:
                assert (await owner.call("PATCH", path, json={"status": "active"})).status_code == 204

    run(check())


@pytest.mark.parametrize("status", ["suspended", "deprovisioned"])
def test_organization_that_is_not_active_is_refused_at_once(world: World, people: People, status: str) -> None:
    tokens = {name: people.token(name) for name in people.ids}
    query = "update public.organizations set status = %s where id = %s"
    world.platform.query(Plane.APP, query, (status, people.organization_id))
    for name, token in tokens.items():
        response = HTTP.get(f"{world.platform.url}{REST}/projects", headers={"Authorization": f"Bearer {token}"})
        assert (response.status_code, response.json()["message"]) == (401, "membership_inactive"), name
    world.platform.query(Plane.APP, query, ("active", people.organization_id))
    assert people.call("viewer", "GET", f"{REST}/projects").status_code == 200


def test_only_owners_make_or_change_owners(people: People) -> None:
    before = people.roles()
    for name in ("admin", "member", "viewer"):
        for whom, change in (
            (name, {"role": "owner"}),
            ("second", {"role": "owner"}),
            ("owner", {"role": "viewer"}),
            ("owner", {"status": "deactivated"}),
            ("owner", {"first_name": "Mallory"}),
        ):
            status, answer = people.change(name, whom, **change)
            assert (status, answer) == (403, "owner_required") if name == "admin" else (status, answer) == (200, "0")
    assert people.roles() == before
    assert people.change("owner", "second", role="owner") == (200, "1")
    assert people.roles()["second"] == "owner active"


@pytest.mark.parametrize("prefer", ["resolution=merge-duplicates", "resolution=merge-duplicates,return=minimal"])
def test_nobody_becomes_owner_by_an_insert(people: People, prefer: str) -> None:
    before = people.roles()
    row = {"email": f"admin@{people.organization_id}.example", "role": "owner"}
    for params in ({}, {"on_conflict": "organization_id,email"}):
        response = people.call(
            "admin", "POST", f"{REST}/users", json=row | {"organization_id": people.organization_id}, params=params,
            headers={"Prefer": prefer},
        )  # fmt: skip
        assert response.status_code in (403, 409), response.text
    response = people.call("admin", "POST", f"{REST}/users", json={"email": "new@owner.example", "role": "owner"})
    assert (response.status_code, response.json()["message"]) == (403, "owner_required")
    assert people.roles() == before


def test_the_last_owner_stays(people: People) -> None:
    before = people.roles()
    assert people.change("owner", "owner", role="admin") == (409, "last_owner")
    assert people.change("owner", "owner", status="deactivated") == (409, "last_owner")
    assert people.call("owner", "DELETE", f"{REST}/users?id=eq.{people.ids['owner']}").status_code == 403
    assert people.roles() == before


def test_not_all_owners_step_down_in_one_statement(people: People) -> None:
    people.change("owner", "second", role="owner")
    response = people.call("owner", "PATCH", f"{REST}/users?role=eq.owner", json={"role": "viewer"})
    assert (response.status_code, response.json()["message"]) in ((409, "last_owner"), (403, "owner_required"))
    assert list(people.roles().values()).count("owner active") == 2


def test_not_all_owners_step_down_at_once(world: World, people: People) -> None:
    """Each demotes the other, at the same time, again and again: one stays."""
    people.change("owner", "second", role="owner")
    tokens = {name: people.token(name) for name in ("owner", "second")}

    async def step_down(http: httpx.AsyncClient, name: str, whom: str) -> int:
        headers = {"Authorization": f"Bearer {tokens[name]}"}
        response = await http.patch(f"{REST}/users?id=eq.{people.ids[whom]}", json={"role": "admin"}, headers=headers)
        return response.status_code

    async def both() -> list[int]:
        async with world.platform.client() as http:
            return await asyncio.gather(step_down(http, "owner", "second"), step_down(http, "second", "owner"))

    for _ in range(8):
        assert set(run(both())) <= {204, 403, 409}
        owners = [name for name, role in people.roles().items() if role == "owner active"]
        assert owners
        world.platform.query(
            Plane.APP,
            "update public.users set role = 'owner' where id = any (%s)",
            ([people.ids["owner"], people.ids["second"]],),
        )


def test_key_columns_of_a_member_stay(people: People) -> None:
    for change in ({"email": "other@elsewhere.example"}, {"id": "00000000-0000-4000-8000-000000000001"}):
        assert people.change("owner", "member", **change) == (409, "key_column_changed")


WRITES = {
    "projects": {"name": "x"},
    "components": {"mpn": "X1"},
    "users": {"email": "x@y.example"},
    "notification_preferences": {"alert_type": "price-change"},
    "boms": {"name": "x"},
    "organizations": {"name": "x"},
    "alerts": {"status": "resolved"},
    "enrichment_queue": {"status": "done"},
}


@pytest.mark.parametrize("table", WRITES)
def test_viewer_writes_nothing(people: People, table: str) -> None:
    assert people.call("viewer", "GET", f"{REST}/{table}").status_code == 200
    created = people.call("viewer", "POST", f"{REST}/{table}", json=WRITES[table])
    assert created.status_code == 403
    for method in ("PATCH", "DELETE"):
        response = people.call("viewer", method, f"{REST}/{table}", json=WRITES[table] if method == "PATCH" else None)
        assert response.status_code == 403 or response.json() == []


def test_viewer_uploads_and_resumes_nothing(people: People) -> None:
    uploaded = people.call("viewer", "POST", "/api/app/boms", files={"file": ("b.csv", b"Reference,MPN\nR1,ABC\n")})
    assert (uploaded.status_code, uploaded.json()["message"]) == (403, "permission_denied")
    body = {"bom_id": "00000000-0000-4000-8000-000000000000"}
    resumed = people.call("viewer", "POST", f"{REST}/rpc/resume_bom", json=body)
    assert (resumed.status_code, resumed.json()["message"]) == (403, "permission_denied")


@pytest.mark.parametrize(
    "path", ["organizations", "users", "boms", "components", "catalogue_parts", "rpc/dashboard_summary"]
)
def test_anonymous_sees_nothing(world: World, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer anon"}, {"apikey": "anon"}):
        assert HTTP.get(f"{world.platform.url}{REST}/{path}", headers=headers).status_code == 401
