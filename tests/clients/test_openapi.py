"""The OpenAPI document of each plane: our comments, the gateway's address, and what the asking role may do."""

from typing import Any

import pytest

from ananta.settings import Plane
from tests.support.exposure import Rules, rules
from tests.support.http_client import HTTP
from tests.support.world import World, connect

Json = dict[str, Any]
METHODS = {"select": "get", "insert": "post", "update": "patch", "delete": "delete"}
ASKING = [
    (Plane.CONTROL, "anonymous"),
    (Plane.CONTROL, "viewer"),
    (Plane.CONTROL, "member"),
    (Plane.CONTROL, "operator"),
    (Plane.APP, "anonymous"),
    (Plane.APP, "viewer"),
    (Plane.APP, "member"),
]


def document(world: World, plane: Plane, role: str, path: str = "/") -> Json:
    """What a plane answers at its root."""
    headers = {}
    if role != "anonymous":
        token = world.operator_token() if role == "operator" else world.token(plane, "alpha", role)
        headers["Authorization"] = f"Bearer {token}"
    response = HTTP.get(f"{world.platform.url}/api/{plane}/rest/v1{path}", headers=headers)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("application/openapi+json")
    return dict(response.json())


def declared_methods(declared: Rules, role: str) -> dict[str, set[str]]:
    """What exposed.toml lets the database role behind a role do: which member may is decided by row."""
    role = role if role in ("anonymous", "operator") else "owner"
    found = {
        f"/{table}": {method for command, method in METHODS.items() if declared.may(role, command, table)}
        for table in declared.tables
    }
    return {path: methods for path, methods in found.items() if methods}


@pytest.mark.parametrize(("plane", "role"), ASKING)
def test_tables_and_methods_are_those_the_role_may_use(world: World, plane: Plane, role: str) -> None:
    paths = document(world, plane, role)["paths"]
    shown = {path: set(item) for path, item in paths.items() if path != "/" and not path.startswith("/rpc/")}
    assert shown == declared_methods(rules(plane), role)


@pytest.mark.parametrize(("plane", "role"), ASKING)
def test_functions_are_those_the_role_may_call(world: World, plane: Plane, role: str) -> None:
    declared = rules(plane)
    asking = {"anonymous": "nobody", "operator": "operator"}.get(role, "owner")
    wanted = {name.partition("(")[0] for name in declared.functions if declared.may_call(asking, name)}
    paths = document(world, plane, role)["paths"]
    assert {path.removeprefix("/rpc/") for path in paths if path.startswith("/rpc/")} == wanted


def test_functions_that_change_something_are_posts(world: World) -> None:
    paths = document(world, Plane.APP, "member")["paths"]
    assert set(paths["/rpc/commit_bom"]) == {"post"}
    assert set(paths["/rpc/dashboard_summary"]) == {"get", "post"}


@pytest.mark.parametrize("plane", list(Plane))
def test_addresses_are_the_gateways(world: World, plane: Plane) -> None:
    for path in ("/", ""):
        shown = document(world, plane, "anonymous", path)
        assert (
            f"{shown['schemes'][0]}://{shown['host']}{shown['basePath']}" == f"{world.platform.url}/api/{plane}/rest/v1"
        )


@pytest.mark.parametrize(("plane", "role"), [(Plane.CONTROL, "operator"), (Plane.APP, "member")])
def test_comments_of_tables_and_columns_are_in_it(world: World, plane: Plane, role: str) -> None:
    shown = document(world, plane, role)
    with connect(world.platform, plane) as db:
        rows = db.execute(
            "select c.relname, a.attname, obj_description(c.oid) as about_table,"
            " col_description(c.oid, a.attnum) as about_column"
            " from pg_class as c join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped"
            " where c.relnamespace = %s::regnamespace and c.relkind in ('r', 'p', 'v') and not c.relispartition",
            (rules(plane).schema,),
        ).fetchall()
        title = db.execute("select obj_description(%s::regnamespace) as text", (rules(plane).schema,)).fetchone()
    assert title is not None
    assert shown["info"]["title"] == title["text"]
    assert f"{plane} plane".capitalize() in shown["info"]["title"]
    described = [row for row in rows if row["relname"] in shown["definitions"]]
    assert {row["relname"] for row in described} == {path.strip("/") for path in declared_methods(rules(plane), role)}
    for row in described:
        definition = shown["definitions"][row["relname"]]
        assert definition["description"] == row["about_table"]
        assert definition["properties"][row["attname"]]["description"].startswith(row["about_column"])


@pytest.mark.parametrize(("plane", "role"), [(Plane.CONTROL, "operator"), (Plane.APP, "member")])
def test_contracts_of_functions_are_in_it(world: World, plane: Plane, role: str) -> None:
    paths = document(world, plane, role)["paths"]
    functions = {path: item["post"] for path, item in paths.items() if path.startswith("/rpc/")}
    assert functions
    for path, post in functions.items():
        assert post["summary"].endswith("."), f"{path}: its first line is no sentence"
        assert "Auth:" in post["description"], path


def test_document_of_a_forged_token_is_refused(world: World) -> None:
    token = world.token(Plane.APP, "alpha", "member", exp=1)
    response = HTTP.get(f"{world.platform.url}/api/app/rest/v1/", headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 401
    assert "paths" not in response.json()
