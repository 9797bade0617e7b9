"""docs/ENDPOINTS.md names every endpoint and function there is, and no other; so do the paths in other pages."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from ananta.embedded import token_keys
from ananta.settings import ROOT, Plane, Settings
from edge_api import app, cns, control, summary
from edge_api.gateway.routing import find_route

PAGE = (ROOT / "docs" / "ENDPOINTS.md").read_text(encoding="utf-8")
OTHERS = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *sorted((ROOT / "docs").rglob("*.md"))]
PLANES = {Plane.APP: (app, cns, summary), Plane.CONTROL: (control,)}


@pytest.fixture(scope="module")
def edges(tmp_path_factory: pytest.TempPathFactory) -> dict[Plane, list[FastAPI]]:
    folder = tmp_path_factory.mktemp("keys")
    nowhere, secret = SecretStr("postgresql://nobody:nothing@127.0.0.1:1/nothing"), SecretStr("whsec_" + "A" * 43 + "=")
    settings = Settings(
        state_dir=folder,
        control_edge_database_url=nowhere,
        app_edge_database_url=nowhere,
        control_token_key_file=token_keys.ensure(folder, Plane.CONTROL)[0],
        app_token_key_file=token_keys.ensure(folder, Plane.APP)[0],
        webhook_secret=secret,
        gateway_webhook_secret=secret,
    )
    return {plane: [module.create_app(settings) for module in modules] for plane, modules in PLANES.items()}


def section(heading: str) -> str:
    start = PAGE.index(f"## {heading}")
    end = PAGE.find("\n## ", start + 1)
    return PAGE[start:end]


def operations(edge: FastAPI) -> Iterator[tuple[str, str]]:
    """Method and path of what an edge describes as its own; health, aliases and PostgREST's paths it leaves out."""
    for path, methods in edge.openapi()["paths"].items():
        yield from ((method.upper(), path) for method in methods)


def is_exposed(path: str) -> bool:
    return path.startswith("/api/") and not path.startswith("/api/bootstrap")


def test_edges_are_listed(edges: dict[Plane, list[FastAPI]]) -> None:
    there = {
        f"{method} /api/{plane}{path.removeprefix('/api')}"
        for plane, apps in edges.items()
        for edge in apps
        for method, path in operations(edge)
        if is_exposed(path)
    }
    assert set(re.findall(r"^\| `([A-Z]+ /[^`]+)` \|", section("Edges"), re.M)) == there


def test_what_the_planes_tell_each_other_is_listed(edges: dict[Plane, list[FastAPI]]) -> None:
    there = {
        (plane, f"{method} {path}")
        for plane, apps in edges.items()
        for edge in apps
        for method, path in operations(edge)
        if not is_exposed(path)
    }
    assert set(re.findall(r"^\| (\w+) \| `([A-Z]+ /[^`]+)` \|", section("Between the planes"), re.M)) == there


@pytest.mark.parametrize("plane", list(Plane))
def test_functions_are_listed_with_their_least_role(plane: Plane) -> None:
    exposed = tomllib.loads((ROOT / "tests" / plane / "db" / "exposed.toml").read_text(encoding="utf-8"))
    there = {(signature.partition("(")[0], role) for signature, role in exposed["functions"].items()}
    listed = re.findall(rf"^\| {plane} \| `(\w+)` \| (\w+) \|", section("Functions"), re.M)
    assert set(listed) == there
    assert len(listed) == len(there)


def test_the_gateway_leads_to_what_is_listed_and_not_to_the_rest() -> None:
    for path in re.findall(r"^\| `[A-Z]+ (/[^`]+)` \|", section("Edges"), re.M):
        assert find_route(path.replace("{", "").replace("}", ""), Settings()) is not None, path
    for plane, path in re.findall(r"^\| (\w+) \| `[A-Z]+ (/[^`]+)` \|", section("Between the planes"), re.M):
        assert find_route(f"/api/{plane}{path.removeprefix('/api')}", Settings()) is None, path


@pytest.mark.parametrize("page", OTHERS, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_paths_in_pages_exist(page: Path, edges: dict[Plane, list[FastAPI]]) -> None:
    known = {re.sub(r"\{\w+\}", "*", path) for path in re.findall(r"`[A-Z]+ (/api/[^`]+)`", section("Edges"))}
    for path in re.findall(r"(?<![\w.])/api/(?:app|control)/[\w/{}-]*", page.read_text(encoding="utf-8")):
        plain = re.sub(r"\{\w+\}", "*", path.rstrip("/"))
        is_known = plain in known or any(other.startswith(f"{plain}/") for other in known)
        assert is_known or "/rest/v1" in plain or plain.count("/") == 2, f"{page.name}: {path}"
