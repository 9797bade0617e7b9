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
from tests.support.exposure import Rules, Table, read_tables, rules
from tests.support.http_client import HTTP
from tests.support.matrix import Caller, Matrix, fingerprint
from tests.support.tallies import tally
from tests.support.world import World, connect

Db = psycopg.Connection[dict[str, Any]]


class Isolation:
    """Canaries of two tenants in every table of a plane, and the matrix over them."""

    def __init__(self, plane: Plane, connection: Db, ids: Mapping[str, str], rest_url: str) -> None:
        self.plane = plane
        self.rules: Rules = rules(plane)
        self.rest_url = rest_url
        self._connection = connection
        self.tables: dict[str, Table] = read_tables(connection, self.rules.schema)
        self.canaries = Canaries(self.query, self.rules, self.tables)
        self.sides = {word: Side(tenant, f"canary-{word}-{secrets.token_hex(4)}") for word, tenant in ids.items()}
        for side in self.sides.values():
            self.canaries.plant(side)

    def query(self, statement: str, parameters: tuple[Any, ...] = ()) -> list[dict[str, Any]]:
        """Run something as the superuser."""
        cursor = self._connection.execute(statement.encode(), parameters)
        return cursor.fetchall() if cursor.description else []

    async def probe(
        self, word: str, role: str, token: str | None, only: set[str] | None = None, *, gateway: str | None = None
    ) -> Matrix:
        """Every probe by one caller, who is a member of ``word``; the failures tell whether the other was touched.

        PostgREST itself is asked, which is quicker, unless the address of a gateway is given.
        """
        own = self.sides[word]
        other = next(side for name, side in self.sides.items() if name != word)
        base = self.rest_url if gateway is None else f"{gateway}/api/{self.plane}/rest/v1"
        matrix = Matrix(self.rules, self.tables, self.canaries, base)
        before = fingerprint(self.query, self.rules, self.tables, other)
        async with httpx.AsyncClient(timeout=30) as http:
            await matrix.run(caller(http, f"{role} of {word}", role, token), own, other, only)
        after = fingerprint(self.query, self.rules, self.tables, other)
        if role != "operator":
            matrix.failures += [
                f"{role} of {word}: {t} of the other has changed" for t in before if before[t] != after[t]
            ]
        kind = "plane" if only is None else "plane with a planted fault"
        tally(f"{self.plane} {kind}, {role} of {word}: {matrix.probe_count} probes, {len(matrix.failures)} failures")
        return matrix


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
