"""Who sends or reads slowly, over real sockets: others go on, and what stands still ends."""

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field

import anyio.to_thread
import httpx
import pytest
import structlog
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Message, Receive

from ananta.settings import Settings
from edge_api.gateway import answers, proxy, request_bodies
from edge_api.gateway.request_bodies import BLOCK_BYTES, WHOLE_BYTES, Bodies
from tests.support.platform import run
from tests.support.serving import serving, without_logs

AT_ONCE = 3
CONNECTIONS = 5
REST = "/api/app/rest/v1/"
LARGE = 3 * WHOLE_BYTES
SLOW, OTHER = "192.0.2.1", "192.0.2.2"


@dataclass
class Behind:
    """A server that says who called, and one answer that has no end."""

    may_go: threading.Event = field(default_factory=threading.Event)
    uploads: int = 0
    ended: int = 0

    def app(self) -> Starlette:
        """As an application."""
        return Starlette(
            routes=[
                Route("/{path:path}flood", self.flood),
                Route("/{path:path}held", self.hold),
                Route("/{path:path}", self.answer, methods=["GET", "POST"]),
            ]
        )

    async def hold(self, _request: Request) -> Response:
        async def chunks() -> AsyncIterator[bytes]:
            yield b"first"
            await anyio.to_thread.run_sync(self.may_go.wait)

        return StreamingResponse(chunks())

    async def flood(self, _request: Request) -> Response:
        async def chunks() -> AsyncIterator[bytes]:
            try:
                for _ in range(1000):
                    yield b"x" * 1024 * 1024
            finally:
                self.ended += 1

        return StreamingResponse(chunks())

    async def answer(self, request: Request) -> Response:
        self.uploads += request.method == "POST"
        try:
            size = len(await request.body())
        except ClientDisconnect:
            return Response()
        finally:
            self.uploads -= request.method == "POST"
        return JSONResponse({"size": size, "for": request.headers["x-forwarded-for"]})


@dataclass
class World:
    """A gateway behind a proxy on this machine, with few connections."""

    behind: Behind
    port: int

    def ask(self, address: str, path: str = REST, **given: bytes) -> httpx.Response:
        method, url = "POST" if given else "GET", f"http://127.0.0.1:{self.port}{path}"
        headers = {"X-Forwarded-For": address}
        return httpx.request(method, url, headers=headers, timeout=20, trust_env=False, **given)  # type: ignore[arg-type]

    @contextlib.contextmanager
    def sending(self, length: int, begun: bytes, path: str = REST, address: str = SLOW) -> Iterator[socket.socket]:
        """A POST of which so much has been sent."""
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {address}\r\nContent-Length: {length}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            connection.sendall(head.encode() + begun)
            yield connection

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """An answer that goes on."""
        headers, url = {"X-Forwarded-For": SLOW}, f"http://127.0.0.1:{self.port}{REST}held"
        with httpx.stream("GET", url, headers=headers, timeout=20, trust_env=False) as response:
            assert response.status_code == 200
            yield

    def until(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 20
        while not is_so():
            assert time.monotonic() < deadline
            time.sleep(0.005)


def answer_of(connection: socket.socket) -> tuple[bytes, bytes]:
    """Head and body, up to the end of the connection or of what was announced."""
    head, _, body = connection.recv(100_000).partition(b"\r\n\r\n")
    while not body:
        body = connection.recv(100_000)
    return head, body


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for name in ("_LIMITS", "_UPLOAD_LIMITS"):
        monkeypatch.setattr(proxy, name, httpx.Limits(max_connections=CONNECTIONS))
    behind = Behind()
    with without_logs(), serving(behind.app()) as inner:
        settings = Settings(
            app_rest_url=f"http://127.0.0.1:{inner}",
            identity_url=f"http://127.0.0.1:{inner}",
            caller_requests_at_once=AT_ONCE,
            tenant_wait_seconds=0.1,
            trusted_proxies="127.0.0.1",  # type: ignore[arg-type]
        )
        with serving(proxy.create_app(settings)) as port:
            yield World(behind, port)


@pytest.mark.parametrize("path", [REST, "/auth/realms/x"])
def test_small_bodies_that_do_not_end_hold_up_nobody(world: World, path: str) -> None:
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(world.sending(8, b"half", path)) for _ in range(4 * CONNECTIONS)]
        for address in (SLOW, OTHER):
            assert world.ask(address).json() == {"size": 0, "for": address}
            assert world.ask(address, content=b"short").json() == {"size": 5, "for": address}
        for connection in slow:
            connection.sendall(b"half")
            assert b'"size":8' in answer_of(connection)[1]


def test_large_bodies_that_do_not_end_hold_up_no_one_elses(world: World) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(AT_ONCE):
            stack.enter_context(world.sending(LARGE, b"x" * 2 * WHOLE_BYTES))
        world.until(lambda: world.behind.uploads == AT_ONCE)
        refused = world.ask(SLOW, content=b"x" * LARGE)
        assert (refused.status_code, refused.json()["message"]) == (429, "too_many_requests")
        assert json.loads(refused.json()["details"]) == {"reason": "at_once"}
        assert refused.headers["Retry-After"] == "1"
        assert world.ask(SLOW, content=b"short").status_code == 200
        assert world.ask(OTHER, content=b"x" * LARGE).json() == {"size": LARGE, "for": OTHER}
    world.until(lambda: world.behind.uploads == 0)
    assert world.ask(SLOW, content=b"x" * LARGE).json() == {"size": LARGE, "for": SLOW}


def test_addresses_of_one_network_share_their_places(world: World) -> None:
    with contextlib.ExitStack() as stack:
        for number in range(AT_ONCE):
            stack.enter_context(world.sending(LARGE, b"x" * 2 * WHOLE_BYTES, address=f"2001:db8::{number}"))
        world.until(lambda: world.behind.uploads == AT_ONCE)
        assert world.ask("2001:db8::ff", content=b"x" * LARGE).status_code == 429
        assert world.ask("2001:db8:0:1::ff", content=b"x" * LARGE).status_code == 200


def test_large_bodies_of_many_hold_up_no_other_calls(world: World) -> None:
    with contextlib.ExitStack() as stack:
        for number in range(CONNECTIONS):
            stack.enter_context(world.sending(LARGE, b"x" * 2 * WHOLE_BYTES, address=f"198.51.100.{number}"))
        world.until(lambda: world.behind.uploads == CONNECTIONS)
        assert world.ask(OTHER).status_code == 200
        assert world.ask(OTHER, content=b"short").json() == {"size": 5, "for": OTHER}


@pytest.mark.parametrize("proxies", ["", "10.0.0.0/8"])
def test_who_runs_it_is_told_when_all_callers_would_count_as_one(monkeypatch: pytest.MonkeyPatch, proxies: str) -> None:
    monkeypatch.setenv("ANANTA_ENV", "production")
    if proxies:
        monkeypatch.setenv("ANANTA_TRUSTED_PROXIES", proxies)
    log = structlog.testing.CapturingLogger()
    monkeypatch.setattr(proxy, "log", log)
    proxy.create_app(Settings())
    assert ("callers_share_one_address" in [call.args[0] for call in log.calls]) == (not proxies)


def test_answers_that_do_not_end_hold_up_no_one_elses(world: World) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(AT_ONCE):
            stack.enter_context(world.reading())
        assert world.ask(SLOW).status_code == 429
        assert world.ask(OTHER).status_code == 200
        world.behind.may_go.set()
    world.until(lambda: world.ask(SLOW).status_code == 200)


@pytest.mark.parametrize(("length", "begun"), [(8, b"half"), (8, b""), (LARGE, b"x" * 2 * WHOLE_BYTES)])
def test_a_body_that_stands_still_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch, length: int, begun: bytes
) -> None:
    monkeypatch.setattr(request_bodies, "BLOCK_SECONDS", 0.2)
    with world.sending(length, begun) as connection:
        head, body = answer_of(connection)
    assert head.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in head.lower()
    assert json.loads(body)["message"] == "body_too_slow"
    world.until(lambda: world.behind.uploads == 0)


def test_a_trickle_stands_still_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_bodies, "BLOCK_SECONDS", 0.2)
    with world.sending(LARGE, b"") as connection:
        connection.settimeout(0.02)
        answer, deadline = b"", time.monotonic() + 20
        while not answer:
            assert time.monotonic() < deadline
            connection.sendall(b"x")
            with contextlib.suppress(TimeoutError):
                answer = connection.recv(100)
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_an_answer_that_nobody_reads_is_broken_off(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "SEND_SECONDS", 0.2)
    with socket.create_connection(("127.0.0.1", world.port), timeout=20) as connection:
        connection.sendall(f"GET {REST}flood HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        world.until(lambda: world.behind.ended == 1)
        received = b""
        while part := connection.recv(1024 * 1024):
            received = (received + part)[-100:]
    assert not received.endswith(b"0\r\n\r\n"), "who reads it later sees that it is not whole"


def arriving(*chunks: bytes, then: asyncio.Event | None = None) -> Receive:
    """A request's body as it arrives; the last part after an event."""
    left = list(chunks)

    async def receive() -> Message:
        if len(left) == 1 and then is not None:
            await then.wait()
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    return receive


async def nothing() -> None:
    """In place of a place."""


def test_a_small_body_is_whole_before_anything_is_taken() -> None:
    async def read() -> tuple[list[str], bytes]:
        took, may_end = list[str](), asyncio.Event()

        async def whole() -> None:
            took.append("whole")

        receive = arriving(b"x" * WHOLE_BYTES, b"end", then=may_end)
        reading = asyncio.create_task(
            Bodies().read(receive, [(b"transfer-encoding", b"chunked")], whole=whole, upload=nothing, end=nothing)
        )
        await asyncio.sleep(0.01)
        before = list(took)
        may_end.set()
        body = await reading
        assert isinstance(body, bytes)
        return before + took, body[-4:]

    assert run(read()) == (["whole"], b"xend")


def test_what_is_held_is_bounded() -> None:
    """Beyond it a body goes on before it is whole, as a large one does; room comes back with each that ends."""

    async def read() -> list[str]:
        bodies, kinds = Bodies(room=3 * BLOCK_BYTES), list[str]()
        block, header, may_end = b"x" * BLOCK_BYTES, [(b"transfer-encoding", b"chunked")], asyncio.Event()

        async def one(*chunks: bytes, then: asyncio.Event | None = None) -> None:
            body = await bodies.read(arriving(*chunks, then=then), header, whole=nothing, upload=nothing, end=nothing)
            kinds.append(type(body).__name__)

        held = asyncio.create_task(one(block, block, block, b"end", then=may_end))
        await asyncio.sleep(0.01)
        await one(block, block)
        may_end.set()
        await held
        await one(block, block)
        return kinds

    assert run(read()) == ["async_generator", "bytes", "bytes"]
