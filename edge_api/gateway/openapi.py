"""PostgREST's OpenAPI document, cut down to what the asking role may do (ADR 21).

PostgREST lists every method of a table of which the role may use any, and GET for functions that change something.
"""

import json

import httpx

from edge_api.gateway.routing import Route

_MEDIA_TYPE = "application/openapi+json"
_OPERATIONS = "/rpc/current_operations"
_METHODS = frozenset({"get", "post", "patch", "delete"})


def is_document(route: Route, response: httpx.Response) -> bool:
    """Whether an answer is the document of a plane, which PostgREST gives at its root."""
    is_openapi = response.headers.get("content-type", "").startswith(_MEDIA_TYPE)
    return route.is_postgrest and is_openapi and not response.is_error


def operations_request(route: Route, headers: list[tuple[bytes, bytes]], timeout: httpx.Timeout) -> httpx.Request:
    """What asks the database, as the same caller, what the role may do."""
    return httpx.Request("GET", route.origin + _OPERATIONS, headers=headers, extensions={"timeout": timeout.as_dict()})


def trimmed(document: bytes, allowed: bytes) -> bytes:
    """The document without paths and methods that are not in ``allowed``; its own description stays."""
    description, operations = json.loads(document), json.loads(allowed)
    paths = {}
    for path, item in description["paths"].items():
        may = operations.get(path, [])
        kept = {name: value for name, value in item.items() if path == "/" or name not in _METHODS or name in may}
        if kept.keys() & _METHODS:
            paths[path] = kept
    description["paths"] = paths
    return json.dumps(description, ensure_ascii=False, separators=(",", ":")).encode()
