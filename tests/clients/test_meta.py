"""postgres-meta, Studio's backend, over both databases; and the types it makes."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from ananta.embedded import processes
from ananta.settings import ROOT, Plane
from tests.support.exposure import rules
from tests.support.http_client import HTTP
from tests.support.platform import Platform
from tests.support.world import connect

PATIENCE = 240  # seconds; postgres-meta takes three to load where nothing else runs
COMMAND = [sys.executable, "-P", "-m", "ananta"]
PAGE = (ROOT / "docs" / "CLIENTS.md").read_text(encoding="utf-8")
WRONG = [
    'await app.from("no_such_table").select("name");',
    'await app.from("projects").insert({ name: 5 });',
    'await app.rpc("commit_bom", { bom: "b" });',
    'const name: number = (await app.from("boms").select("name").throwOnError()).data[0].name;',
]


def environment(platform: Platform) -> dict[str, str]:
    return {**os.environ, "ANANTA_STATE_DIR": str(platform.state_dir), "PYTHONPATH": str(ROOT)}


@dataclass
class Started:
    """The commands under test, all started at once, since each takes seconds to load."""

    ports: dict[Plane, int]
    servers: dict[Plane, subprocess.Popen[str]]
    types: dict[Plane, subprocess.Popen[str]]


@pytest.fixture(scope="module")
def started(platform: Platform, node: object) -> Iterator[Started]:
    """`bin/ananta meta` and `bin/ananta types` over both planes."""

    def start(*arguments: str) -> "subprocess.Popen[str]":
        out = subprocess.PIPE if arguments[0] == "types" else subprocess.DEVNULL
        return subprocess.Popen([*COMMAND, *arguments], env=environment(platform), stdout=out, text=True)

    ports = {plane: processes.free_port() for plane in Plane}
    servers = {plane: start("meta", "--plane", plane, "--port", str(ports[plane])) for plane in Plane}
    types = {plane: start("types", "--plane", plane) for plane in Plane}
    try:
        yield Started(ports, servers, types)
    finally:
        for process in (*servers.values(), *types.values()):
            process.terminate()
            process.communicate(timeout=PATIENCE)


@pytest.fixture(scope="module", params=list(Plane))
def studio(started: Started, request: pytest.FixtureRequest) -> tuple[Plane, str]:
    """A plane, and the address of postgres-meta over it."""
    server, address = started.servers[request.param], f"http://127.0.0.1:{started.ports[request.param]}"
    assert processes.wait_until(lambda: answers(address) or server.poll() is not None, PATIENCE)
    assert server.poll() is None
    return request.param, address


def answers(address: str) -> bool:
    try:
        return HTTP.get(f"{address}/health").status_code == 200
    except httpx.TransportError:
        return False


def rows(address: str, kind: str, schema: str) -> list[dict[str, Any]]:
    response = HTTP.get(f"{address}/{kind}", params={"included_schemas": f"{schema},private"})
    assert response.status_code == 200, response.text
    return list(response.json())


def test_studio_shows_tables_with_comments(studio: tuple[Plane, str]) -> None:
    plane, address = studio
    shown = {table["name"]: table for table in rows(address, "tables", rules(plane).schema)}
    assert rules(plane).tables.keys() <= shown.keys()
    for name in rules(plane).tables:
        table = shown[name]
        assert table["rls_enabled"], name
        assert table["comment"], name
        assert all(column["comment"] for column in table["columns"]), name


def test_studio_shows_policies(studio: tuple[Plane, str], platform: Platform) -> None:
    plane, address = studio
    schema = rules(plane).schema
    with connect(platform, plane) as db:
        found = db.execute("select tablename, policyname from pg_policies where schemaname = %s", (schema,)).fetchall()
        views = db.execute("select viewname from pg_views where schemaname = %s", (schema,)).fetchall()
    wanted = {(row["tablename"], row["policyname"]) for row in found}
    shown = {(each["table"], each["name"]) for each in rows(address, "policies", schema) if each["schema"] == schema}
    assert shown == wanted
    assert {table for table, name in shown if name == "tenant_isolation"} >= {
        name for name, rule in rules(plane).tables.items() if rule.kind == "tenant"
    } - {row["viewname"] for row in views}


def test_studio_shows_functions(studio: tuple[Plane, str]) -> None:
    plane, address = studio
    functions = rows(address, "functions", rules(plane).schema)
    shown = {each["name"]: each for each in functions if each["schema"] == rules(plane).schema}
    assert {name.partition("(")[0] for name in rules(plane).functions} <= shown.keys()
    assert "security_definer" in shown["current_operations"]
    assert "check_request" in {each["name"] for each in functions if each["schema"] == "private"}


@pytest.fixture(scope="module")
def types(started: Started, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the types of both planes."""
    folder = tmp_path_factory.mktemp("types")
    (folder / "node_modules").symlink_to(ROOT / "clients" / "node_modules")
    for plane in Plane:
        text, _ = started.types[plane].communicate(timeout=PATIENCE)
        assert started.types[plane].returncode == 0
        (folder / f"{plane}.ts").write_text(text, encoding="utf-8")
    return folder


def test_types_have_every_table_and_function(types: Path) -> None:
    for plane in Plane:
        text = (types / f"{plane}.ts").read_text(encoding="utf-8")
        for name in (*rules(plane).tables, *(function.partition("(")[0] for function in rules(plane).functions)):
            assert f"      {name}: {{" in text, name


def test_types_fit_programs_and_find_mistakes(types: Path, node: Callable[..., list[str]]) -> None:
    program = PAGE.partition("```ts\n")[2].partition("```")[0]
    (types / "right.ts").write_text(program, encoding="utf-8")
    for number, line in enumerate(WRONG):
        text = program.replace("  const plans", f"  {line}\n  const plans")
        (types / f"wrong{number}.ts").write_text(text, encoding="utf-8")
    options = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--moduleResolution", "bundler"]
    compiler = types / "node_modules" / "typescript" / "bin" / "tsc"
    programs = [str(path) for path in sorted(types.glob("[rw]*.ts"))]
    command = node(compiler, *options, "--module", "esnext", *programs)
    done = subprocess.run(command, capture_output=True, text=True, cwd=types, check=False)
    faulty = {line.partition("(")[0] for line in done.stdout.splitlines() if ": error TS" in line}
    assert faulty == {f"wrong{number}.ts" for number in range(len(WRONG))}, done.stdout
