"""A team at work over HTTP: settings, a private project, comments and mentions, seats."""

import json
import secrets
from pathlib import Path

import httpx
import pytest

from ananta.demo.client import mail, polls
from ananta.settings import Plane
from tests.support.http_client import HTTP
from tests.support.platform import run
from tests.support.world import ROLES, World

CONTROL, APP = "/api/control/rest/v1", "/api/app/rest/v1"
UPSERT = {"Prefer": "resolution=merge-duplicates,return=representation"}


def ask(world: World, who: tuple[Plane, str], method: str, path: str, body: object = None) -> httpx.Response:
    """A request of a member of alpha, in a plane and a role."""
    plane, role = who
    headers = {"Authorization": f"Bearer {world.token(plane, 'alpha', role)}"} | UPSERT
    base = CONTROL if plane is Plane.CONTROL else APP
    return HTTP.request(method, f"{world.platform.url}{base}/{path}", json=body, headers=headers)


def test_a_setting_made_in_the_control_plane_reaches_the_users_of_the_app_plane(world: World) -> None:
    wanted = {"key": "time_zone", "value": "Asia/Tokyo"}

    async def reaches(value: str) -> bool:
        async for _ in polls():
            found = ask(world, (Plane.APP, "viewer"), "GET", "rpc/effective_settings?key=eq.time_zone").json()
            if found[0]["value"] == value:
                return True
        return False

    made = ask(world, (Plane.CONTROL, "admin"), "POST", "settings?on_conflict=tenant_id,key", wanted)
    assert (made.status_code, made.json()[0]["value"]) == (201, "Asia/Tokyo")
    try:
        assert run(reaches("Asia/Tokyo"))
        again = ask(world, (Plane.CONTROL, "owner"), "POST", "settings?on_conflict=tenant_id,key", wanted)
        assert again.status_code == 200
        effective = ask(world, (Plane.CONTROL, "viewer"), "GET", "rpc/effective_settings?is_default=is.false")
        assert "time_zone" in {row["key"] for row in effective.json()}
        assert ask(world, (Plane.CONTROL, "viewer"), "POST", "settings", wanted).status_code == 403
    finally:
        assert len(ask(world, (Plane.CONTROL, "admin"), "DELETE", "settings?key=eq.time_zone").json()) == 1
    assert run(reaches("UTC"))


@pytest.mark.parametrize(
    ("key", "value", "slug"),
    [
        ("time_zone", "Mars", "setting_invalid"),
        ("currency", "euro", "setting_invalid"),
        ("colour", 1, "setting_unknown"),
    ],
)
def test_a_wrong_setting_says_which_and_what_is_allowed(world: World, key: str, value: object, slug: str) -> None:
    response = ask(world, (Plane.CONTROL, "admin"), "POST", "settings", {"key": key, "value": value})
    assert (response.status_code, response.json()["message"]) == (422, slug)
    details = json.loads(response.json()["details"])
    assert details["key"] == key
    assert details["allowed"]


@pytest.mark.parametrize("role", [*ROLES, "operator"])
def test_operators_alone_ask_for_settings_of_any_tenant(world: World, role: str) -> None:
    token = world.operator_token() if role == "operator" else world.token(Plane.CONTROL, "alpha", role)
    for word in world.tenants:
        response = HTTP.post(
            f"{world.platform.url}{CONTROL}/rpc/tenant_settings",
            json={"tenant_id": world.tenants[word].tenant_id},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert response.status_code == (200 if role == "operator" else 403)
        assert role != "operator" or len(response.json()) == 5


def test_a_private_project_with_a_comment_that_mentions_somebody(world: World, tmp_path: Path) -> None:
    alpha, beta = world.tenants["alpha"], world.tenants["beta"]
    file = tmp_path / "board.csv"
    file.write_text(f"Reference,Quantity,MPN\nR1,1,TEAM{secrets.token_hex(4)}\n")

    async def check() -> None:
        async with world.platform.client() as http:
            owner, member, viewer = alpha.owner, alpha.members["member"], alpha.members["viewer"]
            for session in (owner, member, viewer, beta.owner):
                session.http = http
            project = {"name": f"Secret {secrets.token_hex(4)}", "is_private": True}
            made = await member.call("POST", f"{APP}/projects", json=project, headers=UPSERT)
            project_id = made.json()[0]["id"]
            bom = await member.upload(file, {"project_id": project_id})
            assert [state async for state in member.watch(bom["id"])][-1]["status"] == "ready"
            lines = await member.rows("bom_line_items", bom_id=f"eq.{bom['id']}")
            body = f"@{viewer.email.partition('@')[0]} @{beta.owner.email}: do we have this?"
            comment = {"bom_line_item_id": lines[0]["id"], "body": body}

            assert await viewer.rows("boms", id=f"eq.{bom['id']}") == []
            assert (await viewer.call("GET", f"/api/app/boms/{bom['id']}/file")).status_code == 404
            hidden = await viewer.call(
                "POST", "/api/app/boms", files={"file": ("b.csv", b"x")}, data={"project_id": project_id}
            )
            assert hidden.status_code == 403
            assert (await member.call("POST", f"{APP}/bom_line_comments", json=comment)).status_code == 201
            assert (
                await viewer.rows("mentions", user_id=f"eq.{world.user_id('alpha', 'viewer')}", read_at="is.null") == []
            )

            joined = {"project_id": project_id, "user_id": world.user_id("alpha", "viewer")}
            assert (await member.call("POST", f"{APP}/project_members", json=joined)).status_code == 201
            assert (await member.call("POST", f"{APP}/bom_line_comments", json=comment)).status_code == 201
            (mention,) = await viewer.rows(
                "mentions", user_id=f"eq.{world.user_id('alpha', 'viewer')}", select="id,bom_line_comments(body)"
            )
            assert mention["bom_line_comments"]["body"] == body
            (letter,) = await mail(http, viewer.email, "mentioned")
            assert "do we have this?" in letter["text"]
            read = await viewer.call("POST", f"{APP}/rpc/read_mention", json={"mention_id": mention["id"]})
            assert read.json()["read_at"]
            assert await beta.owner.rows("bom_line_comments", bom_line_item_id=f"eq.{lines[0]['id']}") == []
            assert len(await owner.rows("bom_line_comments", bom_line_item_id=f"eq.{lines[0]['id']}")) == 2
            assert (await owner.call("DELETE", f"{APP}/boms?id=eq.{bom['id']}")).status_code == 204
            assert (await owner.call("DELETE", f"{APP}/projects?id=eq.{project_id}")).status_code == 204

    run(check())


def test_a_deactivated_member_frees_a_seat(world: World) -> None:
    viewer = f"users?id=eq.{world.user_id('alpha', 'viewer')}"

    def seats() -> dict[str, int]:
        return dict(ask(world, (Plane.APP, "member"), "POST", "rpc/dashboard_summary", {}).json()["seats"])

    before = seats()
    assert before["limit"] == 25
    assert before["used"] == before["active"] + before["invited"]
    assert ask(world, (Plane.APP, "admin"), "PATCH", viewer, {"status": "deactivated"}).status_code == 200
    try:
        assert seats() == before | {"used": before["used"] - 1, "active": before["active"] - 1}
    finally:
        assert ask(world, (Plane.APP, "admin"), "PATCH", viewer, {"status": "active"}).status_code == 200
    assert seats() == before
