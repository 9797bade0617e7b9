"""Runs the matrix of tenancy over a plane: of a running platform, or of a PostgREST of the test's own."""

import json
import secrets
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg

from ananta.embedded import binaries, processes
from ananta.embedded.postgrest import PostgrestServer, write_config
from ananta.embedded.token_keys import public_key_set
from ananta.settings import ROOT, Plane
from tests.support.canaries import Canaries, Side
from tests.support.exposure import Function, Rules, Table, read_functions, read_tables, rules
from tests.support.extent import Extent
from tests.support.function_probes import FunctionProbe
from tests.support.http_client import HTTP
from tests.support.matrix import Caller, Matrix, fingerprint, together
from tests.support.plane_probes import PlaneProbe
from tests.support.table_probes import TableProbe, ViewProbe
from tests.support.world import World, connect

Db = psycopg.Connection[dict[str, Any]]


class Isolation:
    """Canaries of two tenants in every table of a plane, and the matrix over them."""

    def __init__(self, plane: Plane, connection: Db, ids: Mapping[str, str], rest_url: str) -> None:
        self.plane = plane
        self.rules: Rules = rules(plane)
        self.rest_url = rest_url
        self._connection = connection
        self.read_catalogue()
        self.canaries = Canaries(self.query, self.rules, self.tables)
        self.sides = {word: Side(tenant, f"canary-{word}-{secrets.token_hex(4)}") for word, tenant in ids.items()}
        for side in self.sides.values():
            self.canaries.plant(side)
            for name, rule in self.rules.tables.items():
                if "insert" in rule.least and rule.kind == "tenant" and name in self.tables:
                    self.canaries.plant_decoy(self.tables[name], side)
        self.probe_count = self.caller_count = 0

    def read_catalogue(self) -> None:
        """What there is to probe."""
        self.tables: dict[str, Table] = read_tables(self._connection, self.rules.schema)
        self.functions: dict[str, Function] = read_functions(self._connection, self.rules.schema)

    def query(self, statement: str, parameters: tuple[Any, ...] = ()) -> list[dict[str, Any]]:
        """Run something as the superuser."""
        cursor = self._connection.execute(statement.encode(), parameters or None)
        return cursor.fetchall() if cursor.description else []

    async def probe(
        self, word: str, role: str, token: str | None, only: set[str] | None = None, *, gateway: str | None = None
    ) -> Matrix:
        """Every probe by one caller, who is a member of ``word``; the failures tell whether the other was touched.

        PostgREST itself is asked, which is quicker, unless the address of a gateway is given. ``only`` names tables,
        views and signatures of functions; an object that was asked for and not probed is a failure.
        """
        own = self.sides[word]
        other = next(side for name, side in self.sides.items() if name != word)
        base = self.rest_url if gateway is None else f"{gateway}/api/{self.plane}/rest/v1"
        matrix = Matrix(self.rules, self.tables, self.functions, self.canaries, base)
        names = self.objects() if only is None else sorted(only)
        before = fingerprint(self.query, self.rules, self.tables, other)
        async with httpx.AsyncClient(timeout=30) as http:
            asking = caller(http, f"{role} of {word}", role, token)
            probes = [_probe_of(matrix, name, asking, own, other) for name in names]
            await together([probe.run() for probe in probes])
            for probe in probes:
                await probe.run_alone()
        self.canaries.clean()
        after = fingerprint(self.query, self.rules, self.tables, other)
        if role != "operator":
            matrix.failures += [
                f"{role} of {word}: {t} of the other has changed" for t in before if before[t] != after[t]
            ]
        self.probe_count += matrix.probe_count
        self.caller_count += 1
        probed = {name for name, _ in matrix.covered}
        matrix.failures += [f"{name}: not probed" for name in names if name.partition("(")[0] not in probed]
        return matrix

    def told(self, extent: Extent) -> str:
        """What was tried so far, in a line."""
        how = "all" if extent.is_whole else f"a sample, seed {extent.seed}"
        objects = f"{len(self.tables)} tables and views, {len(self.functions)} functions"
        return (
            f"{self.plane} plane over HTTP ({how}): {self.probe_count} probes by {self.caller_count} callers of two"
            f" tenants, {objects}"
        )

    def objects(self) -> list[str]:
        """Everything that a client may ask for: tables, views, signatures of functions, and the plane itself."""
        return ["plane", *self.tables, *self.functions]


def _probe_of(
    matrix: Matrix, name: str, asking: Caller, own: Side, other: Side
) -> TableProbe | ViewProbe | FunctionProbe | PlaneProbe:
    if name == "plane":
        return PlaneProbe(matrix, asking, own, other)
    if name in matrix.functions:
        return FunctionProbe(matrix, matrix.functions[name], asking, own, other)
    table = matrix.tables[name]
    return (ViewProbe if table.is_view else TableProbe)(matrix, table, asking, own, other)


def caller(http: httpx.AsyncClient, name: str, role: str, token: str | None) -> Caller:
    """Somebody with a token, or without."""
    authorization = {"Authorization": f"Bearer {token}"} if token else {}

    async def send(method: str, path: str, **arguments: Any) -> httpx.Response:
        headers = arguments.pop("headers", {}) | authorization
        if method == "HEAD":  # PostgREST hangs up after it
            headers["Connection"] = "close"
        return await http.request(method, path, headers=headers, **arguments)

    return Caller(name, role, send)


@contextmanager
def isolation(world: World, plane: Plane) -> Iterator[Isolation]:
    """The matrix of a plane of a running platform."""
    ids = {word: world.isolation_id(plane, word) for word in world.tenants}
    with connect(world.platform, plane) as connection:
        yield Isolation(plane, connection, ids, f"http://127.0.0.1:{world.platform.ports[f'{plane}_rest']}")


@contextmanager
def own_postgrest(plane: Plane, database_url: str, folder: Path, key_file: Path) -> Iterator[str]:
    """A PostgREST of the test's own, configured as the platform configures it; gives its address."""
    key_set = folder / "keys.json"
    key_set.write_text(json.dumps(public_key_set(key_file)))
    port, admin_port = processes.free_port(), processes.free_port()
    config = write_config(folder, PostgrestServer(plane, database_url, key_set, port, admin_port))
    with (folder / "postgrest.log").open("wb") as log:
        server = subprocess.Popen([str(binaries.postgrest_binary(ROOT)), str(config)], stdout=log, stderr=log)
    try:
        ready = f"http://127.0.0.1:{admin_port}/ready"
        assert processes.wait_until(lambda: _answers(ready), 20), (folder / "postgrest.log").read_text()
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def _answers(url: str) -> bool:
    try:
        return HTTP.get(url, timeout=2).status_code == 200
    except httpx.TransportError:
        return False
