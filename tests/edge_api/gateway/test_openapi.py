"""What the gateway leaves of PostgREST's OpenAPI document."""

import json

import httpx
import pytest

from ananta.settings import Plane, Settings
from edge_api.gateway import openapi
from edge_api.gateway.routing import Route, find_route

DOCUMENT = {
    "info": {"title": "Bücher"},
    "paths": {
        "/": {"get": {}},
        "/boms": {"get": {}, "post": {}, "patch": {}, "delete": {}, "parameters": []},
        "/secrets": {"get": {}, "parameters": []},
        "/rpc/commit_bom": {"get": {}, "post": {}},
    },
}
OPENAPI = {"content-type": "application/openapi+json; charset=utf-8"}


def test_what_the_role_may_not_is_taken_out() -> None:
    allowed = {"/boms": ["get", "delete"], "/rpc/commit_bom": ["post"], "/unknown": ["get"]}
    left = json.loads(openapi.trimmed(json.dumps(DOCUMENT).encode(), json.dumps(allowed).encode()))
    assert left["info"] == DOCUMENT["info"]
    assert left["paths"] == {
        "/": {"get": {}},
        "/boms": {"get": {}, "delete": {}, "parameters": []},
        "/rpc/commit_bom": {"post": {}},
    }


@pytest.mark.parametrize(
    ("path", "status", "headers", "expected"),
    [
        ("/api/app/rest/v1/", 200, OPENAPI, True),
        ("/api/app/rest/v1/", 401, OPENAPI, False),
        ("/api/app/rest/v1/boms", 200, {"content-type": "application/json"}, False),
        ("/api/app/rest/v1/boms", 204, {}, False),
        ("/api/app/boms", 200, OPENAPI, False),
    ],
)
def test_only_postgrests_document_is_changed(
    path: str, status: int, headers: dict[str, str], *, expected: bool
) -> None:
    route = find_route(path, Settings())
    assert route is not None
    assert openapi.is_document(route, httpx.Response(status, headers=headers)) is expected


def test_operations_are_asked_as_the_same_caller() -> None:
    route = Route("http://rest", "/api/app/rest/v1", "", Plane.APP, is_postgrest=True)
    request = openapi.operations_request(route, [(b"authorization", b"Bearer x")], httpx.Timeout(1.0))
    assert (request.method, str(request.url)) == ("GET", "http://rest/rpc/current_operations")
    assert request.headers["authorization"] == "Bearer x"
