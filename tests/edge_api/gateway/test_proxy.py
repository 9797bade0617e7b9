"""The gateway over real sockets, in front of servers that say what reached them."""

import asyncio
import contextlib
import http.client
import json
import re
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from ananta.settings import Settings
from edge_api.gateway import proxy, request_bodies, token_routing
from edge_api.gateway.routing import InvalidPathError, find_route, segments_of
from tests.support.serving import serving, without_logs

OURS = token_routing.PLATFORM_PREFIX + "LCJhbGciOiJSUzI1NiJ9.e30.c2ln"
FOREIGN = "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]


@dataclass
class Upstream:
    """A server behind the gateway: echoes, misbehaves where asked, and exchanges tokens."""

    name: str
    exchanges: Counter[str] = field(default_factory=Counter)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/api/auth/exchange", self.exchange, methods=["POST"]),
                Route("/api/stream", self.stream),
                Route("/api/slow", self.slow),
                Route("/api/redirect", self.redirect),
                Route("/api/page", self.page),
                Route("/deep", self.deep),
                Route("/{path:path}", self.echo, methods=METHODS),
            ]
        )

    async def exchange(self, request: Request) -> Response:
        form = await request.form()
        token = str(form.get("subject_token", ""))
        self.exchanges[token] += 1
        await asyncio.sleep(0.05)
        if token.endswith("refused"):
            body = {"code": "PT401", "message": "invalid_token", "details": None, "hint": "log in again"}
            return JSONResponse(body, 401, headers={"WWW-Authenticate": "Bearer"})
        if token.endswith("broken"):
            return JSONResponse({}, 500)
        grant = str(form["grant_type"]).rpartition(":")[2]
        seconds = 11 if token.endswith("brief") else 300
        return JSONResponse({"access_token": f"{OURS}.{self.name}.{grant}.{token}", "expires_in": seconds})

    async def echo(self, request: Request) -> Response:
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
        seen = {
            "server": self.name,
            "method": request.method,
            "path": request.scope["raw_path"].decode(),
            "query": request.scope["query_string"].decode(),
            "headers": {name: request.headers.getlist(name) for name in request.headers},
            "size": size,
        }
        headers = {"X-Ananta-Internal-Organization": "o1", "X-Correlation-Id": "theirs-theirs", "Set-Cookie": "s=1"}
        return JSONResponse(seen, headers=headers)

    async def stream(self, _request: Request) -> Response:
        async def chunks() -> AsyncIterator[bytes]:
            yield b"first"
            await asyncio.sleep(0.4)
            yield b"second"

        return StreamingResponse(chunks())

    async def slow(self, _request: Request) -> Response:
        await asyncio.sleep(1.5)
        return Response()

    async def redirect(self, request: Request) -> Response:
        return RedirectResponse(request.query_params["to"])

    async def page(self, _request: Request) -> Response:
        return HTMLResponse("<p>hello</p>")

    async def deep(self, _request: Request) -> Response:
        return Response(b"[" * 100_000, media_type="application/json")


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class World:
    port: int
    settings: Settings
    upstreams: dict[str, Upstream]

    def ask(self, target: str, method: str = "GET", headers: dict[str, str] | None = None, body: Any = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, target, body=body, headers=headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def seen(self, target: str, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask(target, headers=named).json


@pytest.fixture(scope="module", autouse=True)
def _quiet() -> Iterator[None]:
    with without_logs():
        yield


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    names = ["control_rest", "app_rest", "control_edge", "app_edge", "cns", "summary", "identity"]
    upstreams = {name: Upstream(name) for name in names}
    with contextlib.ExitStack() as stack:
        urls = {
            f"{name}_url": f"http://127.0.0.1:{stack.enter_context(serving(upstream.app()))}"
            for name, upstream in upstreams.items()
        }
        settings = Settings(public_url="http://ananta.example:27500", anon_key="publishable", **urls)
        port = stack.enter_context(serving(proxy.create_app(settings)))
        yield World(port, settings, upstreams)


ROUTES = {
    "/api/control/rest/v1/plans?select=*&id=in.(a,b)": ("control_rest", "/plans"),
    "/api/app/rest/v1/": ("app_rest", "/"),
    "/api/app/rest/v1": ("app_rest", "/"),
    "/api/app/rest/v1/rpc/dashboard_summary": ("app_rest", "/rpc/dashboard_summary"),
    "/api/control/leads": ("control_edge", "/api/leads"),
    "/api/app/boms/1/file": ("app_edge", "/api/boms/1/file"),
    "/api/app/cns/normalize": ("cns", "/api/cns/normalize"),
    "/api/app/summary/dashboard": ("summary", "/api/summary/dashboard"),
    "/auth/realms/arc-saas/protocol/openid-connect/auth?x=1": (
        "identity",
        "/auth/realms/arc-saas/protocol/openid-connect/auth",
    ),
    "/mailbox/": ("identity", "/mailbox/"),
    "/api/app/rest/v1/parts?mpn=eq.a%2Fb%20c": ("app_rest", "/parts"),
}


@pytest.mark.parametrize("target", ROUTES)
def test_url_table(world: World, target: str) -> None:
    seen = world.seen(target)
    assert (seen["server"], seen["path"]) == ROUTES[target]
    assert seen["query"] == target.partition("?")[2]


HIDDEN = [
    "/api/app/bootstrap",
    "/api/app/bootstrap/",
    "/api/app/bootstrap/x",
    "/api/app/Bootstrap",
    "/api/app/%62ootstrap",
    "/api/control/bootstrap",
    "/api/app/webhooks/tenant",
    "/api/control/webhook/x",
    "/api/app/internal/x",
    "/api/app/cns/internal/x",
    "/api/app/summary/webhooks/x",
    "/webhook/x",
    "/webhooks/x",
    "/internal/x",
    "/internal",
    "/api/app/rest/v2/x",
    "/api/app/rest/v10",
    "/api/app/rest",
    "/api/app",
    "/api/app/",
    "/api/other/x",
    "/api/control",
    "/api",
    "/API/app/boms",
    "/api/APP/boms",
    "/%61pi/app/boms",
    "/metrics",
    "/favicon.ico",
]


@pytest.mark.parametrize("target", HIDDEN)
def test_what_is_not_exposed_does_not_exist(world: World, target: str) -> None:
    answer = world.ask(target, "POST" if "boot" in target else "GET")
    assert (answer.status, answer.json["message"]) == (404, "not_found")
    assert answer.json["correlation_id"] == answer.headers["X-Correlation-Id"]


TRICKS = [
    "/api/app/../app/bootstrap",
    "/api/app/./bootstrap",
    "/api/app//bootstrap",
    "//api/app/boms",
    "/api/app/x/%2e%2e/bootstrap",
    "/api/app/x/%2E./bootstrap",
    "/api/app/x/..%2fbootstrap",
    "/api/app%2fbootstrap",
    "/api/app/x%5c..%5cbootstrap",
    "/api/app/x\\..\\bootstrap",
    "/api/app/bootstrap%00",
    "/api/app/bootstrap%0a",
    "/api/app/%252e%252e/bootstrap",
    "/api/app/rest/v1/..%2f..%2fbootstrap",
    "/api/app/%ff",
]


@pytest.mark.parametrize("target", TRICKS)
def test_ambiguous_paths_are_refused(world: World, target: str) -> None:
    answer = world.ask(target)
    assert (answer.status, answer.json["message"]) == (400, "invalid_path")


def test_mailbox_is_for_development_only(world: World) -> None:
    production = world.settings.model_copy(update={"environment": "production"})
    assert find_route("/mailbox/", production) is None
    with pytest.raises(InvalidPathError):
        segments_of("x")


def test_landing_page_links_to_what_exists(world: World) -> None:
    answer = world.ask("/")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    links = re.findall(r'href="([^"]+)"', answer.body.decode())
    assert len(links) == 5
    assert {world.ask(link).status for link in links} == {200}


def test_correlation_id_is_kept_or_made(world: World) -> None:
    kept = world.ask("/api/app/boms", headers={"X-Correlation-Id": "0123-abcdef"})
    assert kept.headers.get_all("X-Correlation-Id") == ["0123-abcdef"]
    assert kept.json["headers"]["x-correlation-id"] == ["0123-abcdef"]
    for bad in ("short", "a" * 65, "not;allowed;here"):
        made = world.ask("/api/app/boms", headers={"X-Correlation-Id": bad}).headers["X-Correlation-Id"]
        assert re.fullmatch(r"[0-9a-f-]{36}", made)


def test_headers_that_end_at_the_gateway(world: World) -> None:
    answer = world.ask(
        "/api/app/boms",
        headers={
            "Connection": "keep-alive, X-Hop",
            "X-Hop": "1",
            "TE": "trailers",
            "apikey": "publishable",
            "X-Forwarded-For": "6.6.6.6",
            "X-Forwarded-Host": "evil.example",
            "X-Forwarded-Prefix": "/evil",
            "X-Real-IP": "6.6.6.6",
            "Forwarded": "for=6.6.6.6",
            "X-Ananta-Internal-Organization": "forged",
            "X-Kept": "yes",
        },
    )
    headers = answer.json["headers"]
    ended = {"x-hop", "te", "apikey", "x-real-ip", "x-forwarded-prefix", "x-ananta-internal-organization"}
    assert not ended & set(headers)
    assert headers["x-kept"] == ["yes"]
    assert headers["x-forwarded-for"] == ["127.0.0.1"]
    assert headers["x-forwarded-host"] == ["ananta.example:27500"]
    assert headers["forwarded"] == ['for=127.0.0.1;host="ananta.example:27500";proto=http']
    assert "accept-encoding" in headers or "user-agent" not in headers
    assert "X-Ananta-Internal-Organization" not in answer.headers
    assert answer.headers["Set-Cookie"] == "s=1"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_cookies_of_one_caller_never_reach_another(world: World) -> None:
    assert world.ask("/auth/x").headers["Set-Cookie"] == "s=1"
    assert "cookie" not in world.seen("/auth/x")["headers"]


def test_own_and_absent_tokens_go_straight(world: World) -> None:
    before = world.upstreams["app_edge"].exchanges.total()
    assert world.seen("/api/app/boms", Authorization=f"Bearer {OURS}")["headers"]["authorization"] == [f"Bearer {OURS}"]
    for headers in ({}, {"apikey": "publishable"}, {"Authorization": "Bearer publishable", "apikey": "publishable"}):
        seen = world.seen("/api/app/rest/v1/plans", **headers)
        assert not {"authorization", "apikey"} & set(seen["headers"])
    assert world.upstreams["app_edge"].exchanges.total() == before


def test_identity_provider_and_exchange_get_the_header_as_it_came(world: World) -> None:
    for target in ("/auth/realms/x/userinfo", "/api/app/auth/exchange/none", "/mailbox/"):
        expected = f"Bearer {FOREIGN}" if not target.startswith("/api") else None
        seen = world.seen(target, Authorization=f"Bearer {FOREIGN}")
        assert expected is None or seen["headers"]["authorization"] == [expected]
    answer = world.ask(
        "/api/control/auth/exchange",
        "POST",
        {"Authorization": "Basic eDp5", "Content-Type": "application/x-www-form-urlencoded"},
        "subject_token=direct&grant_type=a:b",
    )
    assert answer.json["access_token"].endswith("control_edge.b.direct")


def test_foreign_tokens_are_exchanged_once_per_plane(world: World) -> None:
    token = f"{FOREIGN}-shared"
    with ThreadPoolExecutor(12) as pool:
        asked = pool.map(lambda _: world.seen("/api/app/rest/v1/x", Authorization=f"bearer {token}"), range(24))
        sent = {tuple(seen["headers"]["authorization"]) for seen in asked}
    assert sent == {(f"Bearer {OURS}.app_edge.token-exchange.{token}",)}
    assert world.upstreams["app_edge"].exchanges[token] == 1
    assert (
        "control_edge" in world.seen("/api/control/x", Authorization=f"Bearer {token}")["headers"]["authorization"][0]
    )
    assert "app_edge" in world.seen("/api/app/cns/x", Authorization=f"Bearer {token}")["headers"]["authorization"][0]
    assert world.upstreams["app_edge"].exchanges[token] == 1
    assert world.upstreams["control_edge"].exchanges[token] == 1


def test_brief_tokens_are_exchanged_again_before_they_end(world: World) -> None:
    token = f"{FOREIGN}-brief"
    world.seen("/api/app/x", Authorization=f"Bearer {token}")
    time.sleep(1.1)
    world.seen("/api/app/x", Authorization=f"Bearer {token}")
    assert world.upstreams["app_edge"].exchanges[token] == 2


def test_refusal_of_the_edge_is_passed_on_and_not_kept(world: World) -> None:
    token = f"{FOREIGN}-refused"
    for _ in range(2):
        answer = world.ask("/api/app/rest/v1/x", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status, answer.json["message"], answer.json["hint"]) == (401, "invalid_token", "log in again")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.json["correlation_id"] == answer.headers["X-Correlation-Id"]
    assert world.upstreams["app_edge"].exchanges[token] == 2


def test_fault_of_the_edge_is_unavailable(world: World) -> None:
    answer = world.ask("/api/app/rest/v1/x", headers={"Authorization": f"Bearer {FOREIGN}-broken"})
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")


@pytest.mark.parametrize("value", ["Basic eDp5", "Bearer", "Bearer  ", "Bearer a b", "Bearer " + "x" * 9000, "token"])
def test_what_is_not_one_bearer_token_is_refused(world: World, value: str) -> None:
    answer = world.ask("/api/app/rest/v1/x", headers={"Authorization": value})
    assert (answer.status, answer.json["message"]) == (401, "invalid_authorization")


def test_kept_tokens_are_bounded() -> None:
    async def fill() -> int:
        exchange = token_routing.TokenExchange(None, {}, size=3)  # type: ignore[arg-type]
        for number in range(10):
            exchange._keep(str(number).encode(), token_routing._Entry("t", 1.0))
        return len(exchange._entries)

    assert asyncio.run(fill()) == 3


def test_bodies_stream_up_to_the_limit(world: World) -> None:
    size = 3 * 1024 * 1024
    assert world.ask("/api/app/boms", "POST", body=b"x" * size).json["size"] == size
    chunked = (b"x" * 65536 for _ in range(32))
    assert world.ask("/api/app/boms", "POST", body=chunked).json["size"] == 32 * 65536


def test_announced_body_over_the_limit_is_refused_unread(world: World) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", world.port, timeout=20)
    connection.putrequest("POST", "/api/app/boms")
    connection.putheader("Content-Length", str(request_bodies.MAX_BODY_BYTES + 1))
    connection.endheaders()
    response = connection.getresponse()
    assert (response.status, json.loads(response.read())["message"]) == (413, "body_too_large")
    connection.close()


def test_unannounced_body_over_the_limit_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_bodies, "MAX_BODY_BYTES", 100_000)
    chunked = (b"x" * 60_000 for _ in range(2))
    answer = world.ask("/api/app/boms", "POST", body=chunked)
    assert (answer.status, answer.json["message"]) == (413, "body_too_large")


def test_answers_stream(world: World) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", world.port, timeout=20)
    connection.request("GET", "/api/app/stream")
    response = connection.getresponse()
    began = time.monotonic()
    assert response.read1(100) == b"first"
    assert time.monotonic() - began < 0.3
    assert response.read() == b"second"
    connection.close()


def test_pages_get_safe_headers(world: World) -> None:
    headers = world.ask("/api/app/page").headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Content-Security-Policy"] == "frame-ancestors 'none'"


def test_locations_are_the_callers(world: World) -> None:
    inner = world.settings.app_edge_url
    expected = {
        "/api/boms/1": "/api/app/boms/1",
        f"{inner}/api/boms/1": "/api/app/boms/1",
        "https://other.example/x": "https://other.example/x",
        "//other.example/x": "//other.example/x",
    }
    found = {to: world.ask(f"/api/app/redirect?to={to}").headers["Location"] for to in expected}
    assert found == expected


def test_slow_upstream_is_a_timeout(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    import httpx

    monkeypatch.setattr(proxy, "TIMEOUT", httpx.Timeout(0.3))
    answer = world.ask("/api/app/slow")
    assert (answer.status, answer.json["message"]) == (504, "upstream_timeout")


def test_upstream_that_is_down_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    settings = Settings(app_rest_url=f"http://127.0.0.1:{port}")
    with serving(proxy.create_app(settings)) as gateway_port:
        answer = World(gateway_port, settings, {}).ask("/api/app/rest/v1/x", "POST", body=b"{}")
    assert (answer.status, answer.json["message"], answer.headers["Retry-After"]) == (503, "upstream_unavailable", "1")


def test_caller_that_goes_away_leaves_the_gateway_serving(world: World) -> None:
    with socket.create_connection(("127.0.0.1", world.port)) as caller:
        caller.sendall(b"POST /api/app/boms HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf")
    assert world.ask("/health").json == {"status": "ok"}


@pytest.mark.parametrize("method", METHODS)
def test_methods_pass(world: World, method: str) -> None:
    answer = world.ask("/api/app/rest/v1/x", method)
    assert answer.status == 200
    assert method == "HEAD" or answer.json["method"] == method


def test_rows_as_csv_are_asked_for_as_json(world: World) -> None:
    answer = world.ask("/api/app/rest/v1/parts?select=a,b", headers={"Accept": "text/csv"})
    names, cells = answer.body.decode().split("\n")
    assert names == "server,method,path,query,headers,size"
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert cells.startswith('app_rest,GET,/parts,"select=a,b","{')
    assert '""accept"": [""application/json""]' in cells
    assert answer.headers["Content-Length"] == str(len(answer.body))


def test_other_answers_are_no_rows(world: World) -> None:
    assert world.ask("/api/app/leads", headers={"Accept": "text/csv"}).json["headers"]["accept"] == ["text/csv"]
    assert world.ask("/api/app/rest/v1/parts", headers={"Accept": "*/*"}).json["headers"]["accept"] == ["*/*"]


def test_an_answer_that_no_table_can_show_is_refused(world: World) -> None:
    answer = world.ask("/api/app/rest/v1/deep", headers={"Accept": "text/csv"})
    assert (answer.status, answer.json["message"]) == (406, "csv_unavailable")


def test_head_of_csv_has_its_type_and_no_body(world: World) -> None:
    answer = world.ask("/api/app/rest/v1/parts", "HEAD", headers={"Accept": "text/csv"})
    assert (answer.status, answer.body, answer.headers["Content-Type"]) == (200, b"", "text/csv; charset=utf-8")
