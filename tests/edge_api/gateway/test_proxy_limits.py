"""The gateway's limits over real sockets: calls in flight of a tenant, and what failed calls count for."""

import contextlib
import json
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import anyio.to_thread
import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from ananta.embedded import token_keys
from ananta.settings import Plane, Settings
from edge_api import busy
from edge_api.gateway import proxy
from edge_api.gateway.metering import PATH
from tests.support.serving import serving, without_logs
from tests.support.tokens import Key, platform_claims, platform_key, rogue_key

AT_ONCE = 3
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
REST = "/api/app/rest/v1/"


@dataclass
class Behind:
    """The app plane's servers: answers are held until they may go, or are what was asked for."""

    may_go: threading.Event = field(default_factory=threading.Event)
    held: int = 0
    metered: list[dict[str, Any]] = field(default_factory=list)

    def app(self) -> Starlette:
        """As an application."""
        return Starlette(
            routes=[
                Route("/held", self.hold, methods=["GET", "POST"]),
                Route("/endless", self.stream),
                Route("/error/{code}", self.fail),
                Route("/api/auth/exchange", self.hold, methods=["POST"]),
                Route(PATH, self.meter, methods=["POST"]),
                Route("/{path:path}", self.answer, methods=["GET", "POST"]),
            ]
        )

    async def hold(self, request: Request) -> Response:
        await request.body()
        self.held += 1
        try:
            await anyio.to_thread.run_sync(self.may_go.wait)
        finally:
            self.held -= 1
        return JSONResponse({})

    async def stream(self, _request: Request) -> Response:
        async def chunks() -> Any:
            yield b"first"
            await anyio.to_thread.run_sync(self.may_go.wait)

        return StreamingResponse(chunks())

    async def fail(self, request: Request) -> Response:
        code = request.path_params["code"]
        return JSONResponse({"code": code, "message": "Process 5 waits", "details": "rows", "hint": None}, 500)

    async def meter(self, request: Request) -> Response:
        self.metered += (await request.json())["calls"]
        return JSONResponse({})

    async def answer(self, request: Request) -> Response:
        return JSONResponse({}, int(request.query_params.get("status", 200)))


def id_of(organization: str) -> str:
    """An organization's id, always the same."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, organization))


@dataclass
class World:
    """A gateway in front of it, with the keys of both planes."""

    behind: Behind
    url: str
    key: Key
    pool: ThreadPoolExecutor

    def headers(self, organization: str, number: int = 0) -> dict[str, str]:
        """Another member's token for each number, said to come from another address."""
        claims = platform_claims(Plane.APP, sub=f"user-{number}", organization_id=id_of(organization))
        return {"Authorization": f"Bearer {self.key.sign(claims)}", "X-Forwarded-For": f"192.0.2.{number}"}

    def get(self, path: str, headers: dict[str, str]) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", headers=headers, timeout=20, trust_env=False)

    @contextlib.contextmanager
    def holding(self, calls: list[Callable[[], httpx.Response]]) -> Iterator[list[Future[httpx.Response]]]:
        """While the servers are at work on these calls."""
        running = [self.pool.submit(call) for call in calls]
        try:
            self.until(lambda: self.behind.held == len(calls))
            yield running
        finally:
            self.behind.may_go.set()
            answers = [call.result() for call in running]
            self.behind.may_go.clear()
        assert {answer.status_code for answer in answers} == {200}

    def until(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 20
        while not is_so():
            assert time.monotonic() < deadline
            time.sleep(0.005)

    def held(self, count: int, organization: str) -> Any:
        headers = [self.headers(organization, number) for number in range(count)]
        return self.holding([lambda h=h: self.get(f"{REST}held", h) for h in headers])  # type: ignore[misc]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder, behind = tmp_path_factory.mktemp("keys"), Behind()
    files = {f"{plane}_token_key_set_file": token_keys.ensure(folder, plane)[1] for plane in Plane}
    with without_logs(), serving(behind.app()) as inner, ThreadPoolExecutor(16) as pool:
        settings = Settings(
            app_rest_url=f"http://127.0.0.1:{inner}",
            app_edge_url=f"http://127.0.0.1:{inner}",
            gateway_webhook_secret=SecretStr(SECRET),
            meter_flush_seconds=0.02,
            tenant_calls_at_once=AT_ONCE,
            tenant_wait_seconds=0.2,
            **files,  # type: ignore[arg-type]
        )
        with serving(proxy.create_app(settings)) as port:
            yield World(behind, f"http://127.0.0.1:{port}", platform_key(folder, Plane.APP), pool)


def test_tokens_of_a_tenant_share_one_limit_whatever_address_they_say(world: World) -> None:
    with world.held(AT_ONCE, "noisy"):
        for headers in (world.headers("noisy", 77), world.headers("noisy", 0)):
            refused = world.get(f"{REST}parts", headers)
            assert (refused.status_code, refused.json()["message"]) == (429, "too_many_requests")
            assert json.loads(refused.json()["details"]) == {"reason": "at_once"}
            assert refused.headers["Retry-After"] == "1"
            assert refused.json()["correlation_id"] == refused.headers["X-Correlation-Id"]
        assert world.get(f"{REST}parts", world.headers("quiet")).status_code == 200
        assert world.get(f"{REST}parts", {}).status_code == 200, "who is nobody counts as the address"
    assert world.get(f"{REST}parts", world.headers("noisy")).status_code == 200


def test_a_call_waits_for_its_turn(world: World) -> None:
    with world.held(AT_ONCE, "patient") as running:
        waiting = world.pool.submit(world.get, f"{REST}parts", world.headers("patient", 9))
        world.behind.may_go.set()
        assert waiting.result().status_code == 200
        assert all(call.result().status_code == 200 for call in running)


def test_a_forged_token_is_nobodys(world: World) -> None:
    """Calls with it take no place of the tenant it names; those above the limit are refused as the address's."""
    claims = platform_claims(Plane.APP, sub="x", organization_id=id_of("victim"))
    forged = [{"Authorization": f"Bearer {rogue_key(world.key.id).sign(claims | {'jti': str(n)})}"} for n in range(5)]
    calls = [lambda h=h: world.get(f"{REST}held", h) for h in forged[:AT_ONCE]]
    with world.holding(calls):  # type: ignore[arg-type]
        assert world.get(f"{REST}parts", world.headers("victim")).status_code == 200
        assert world.get(f"{REST}parts", forged[4]).status_code == 429
    with world.held(AT_ONCE, "victim"):
        assert world.get(f"{REST}parts", forged[4]).status_code == 200


def test_an_exchange_counts_as_nobodys(world: World) -> None:
    address = f"{world.url}/api/app/auth/exchange"
    with world.holding([lambda: httpx.post(address, timeout=20, trust_env=False)] * (AT_ONCE + 2)):
        assert world.get(f"{REST}parts", {}).status_code == 200


def test_slow_uploads_and_long_answers_do_not_count(world: World) -> None:
    headers = world.headers("slow")
    with contextlib.ExitStack() as stack:
        uploads = [stack.enter_context(_half_sent(world, headers)) for _ in range(AT_ONCE)]
        client = stack.enter_context(httpx.Client(trust_env=False, timeout=20))
        streams = [
            stack.enter_context(client.stream("GET", f"{world.url}{REST}endless", headers=headers)).iter_raw()
            for _ in range(AT_ONCE)
        ]
        assert [next(stream) for stream in streams] == [b"first"] * AT_ONCE
        assert world.get(f"{REST}parts", headers).status_code == 200
        world.behind.may_go.set()
        for upload in uploads:
            upload.sendall(b"half")
            assert upload.recv(100).startswith(b"HTTP/1.1 200 ")
        assert [list(stream) for stream in streams] == [[]] * AT_ONCE
    world.behind.may_go.clear()


def test_a_whole_upload_counts(world: World) -> None:
    headers = world.headers("uploads")
    with world.held(AT_ONCE, "uploads"), _half_sent(world, headers) as upload:
        upload.sendall(b"half")
        assert upload.recv(100).startswith(b"HTTP/1.1 429 ")
        answer = httpx.post(f"{world.url}{REST}held", headers=headers, content=b"short", timeout=20, trust_env=False)
        assert answer.status_code == 429
        assert world.behind.held == AT_ONCE


@contextlib.contextmanager
def _half_sent(world: World, headers: dict[str, str]) -> Iterator[socket.socket]:
    host, port = world.url.removeprefix("http://").split(":")
    lines = [f"POST {REST}held HTTP/1.1", f"Host: {host}", "Content-Length: 8"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall("\r\n".join([*lines, "", "half"]).encode())
        yield connection


@pytest.mark.parametrize("code", sorted(busy.CODES))
def test_what_may_succeed_later_says_so(world: World, code: str) -> None:
    answer = world.get(f"{REST}error/{code}", world.headers("any"))
    assert (answer.status_code, answer.json()["message"], answer.headers["Retry-After"]) == (503, "busy", "1")
    assert json.loads(answer.json()["details"]) == {"code": code}
    assert "Process" not in answer.text
    assert answer.json()["correlation_id"] == answer.headers["X-Correlation-Id"]


@pytest.mark.parametrize("prefer", ["count=exact", 'return=representation, Count="estimated"'])
@pytest.mark.parametrize("accept", ["application/json", "text/csv"])
def test_a_count_that_takes_too_long_is_not_to_be_sent_again(world: World, prefer: str, accept: str) -> None:
    headers = world.headers("any") | {"Prefer": prefer, "Accept": accept}
    answer = world.get(f"{REST}error/{busy.STATEMENT_TIMEOUT}", headers)
    assert (answer.status_code, answer.json()["code"], answer.json()["message"]) == (422, "PT422", "count_too_large")
    assert "Retry-After" not in answer.headers
    assert "Process" not in answer.text


@pytest.mark.parametrize(
    ("code", "prefer"),
    [
        (busy.STATEMENT_TIMEOUT, "return=minimal"),
        *((code, "count=exact") for code in sorted(busy.CODES - {busy.STATEMENT_TIMEOUT})),
    ],
)
def test_only_a_count_that_takes_too_long_is_the_callers_to_change(world: World, code: str, prefer: str) -> None:
    answer = world.get(f"{REST}error/{code}", world.headers("any") | {"Prefer": prefer})
    assert (answer.status_code, answer.json()["message"]) == (503, "busy")


def test_other_faults_stay_as_they_are(world: World) -> None:
    answer = world.get(f"{REST}error/XX000", world.headers("any"))
    assert (answer.status_code, answer.json()["code"]) == (500, "XX000")


def test_failed_calls_are_handed_on_without_any_that_succeeded(world: World) -> None:
    """Also of a token that never had another answer, and never of one that only says whose it is."""
    claims = platform_claims(Plane.APP, sub="x", organization_id=id_of("failing"))
    forged = {"Authorization": f"Bearer {rogue_key(world.key.id).sign(claims)}"}
    for number in range(4):
        world.get(f"{REST}parts?status=400", world.headers("failing", number))
        world.get(f"{REST}parts?status=400", forged)

    def failed() -> int:
        return sum(found["failed"] for found in world.behind.metered if found["organizationId"] == id_of("failing"))

    world.until(lambda: failed() >= 4)
    assert failed() == 4
    assert not any(found["calls"] for found in world.behind.metered if found["organizationId"] == id_of("failing"))
