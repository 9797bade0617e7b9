"""The gateway of the embedded run: one origin in front of both planes, their edges, and the issuer.

In other installations a reverse proxy does this work; the rules are the same.
"""

import asyncio
import contextlib
import importlib.util
import json
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import httpx
import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount
from starlette.routing import Route as Path
from starlette.types import Message, Receive, Scope, Send

from ananta.settings import Environment, Plane
from edge_api import busy, correlation, csv_answers, openapi
from edge_api.bursts import Bursts
from edge_api.callers import Caller, Callers
from edge_api.in_flight import InFlight
from edge_api.landing import HEADERS as LANDING_HEADERS
from edge_api.landing import landing_page
from edge_api.metering import HEADER, Meter
from edge_api.preferences import with_exact_counts
from edge_api.request_bodies import MAX_BODY_BYTES, BodyTooLargeError, ClientGoneError, body_of
from edge_api.routing import GatewaySettings, InvalidPathError, Route, find_route, keyed_route
from edge_api.throttled import Throttled
from edge_api.token_routing import RefusedError, TokenExchange, bearer_token, is_anonymous_key, is_foreign_token

RETRY_SECONDS = "1"
_TIMEOUT = httpx.Timeout(60.0, connect=2.0, pool=5.0)
_LIMITS = httpx.Limits(max_connections=200, max_keepalive_connections=50, keepalive_expiry=3.0)
_HOP_BY_HOP = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer trailers "
    b"transfer-encoding upgrade".split()
)
_NOT_FORWARDED = frozenset(b"host apikey expect forwarded x-real-ip authorization x-correlation-id".split())
_NOT_RETURNED = frozenset(b"server date x-correlation-id".split())
_INTERNAL = b"x-ananta-internal-"
_SAFE_HEADERS = {
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"same-origin",
    b"content-security-policy": b"frame-ancestors 'none'",
}

# The HTTP library looks for this package at every request: a known absence spares it the search of the whole path.
if importlib.util.find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]

log = structlog.get_logger()
Headers = list[tuple[bytes, bytes]]


class Gateway:
    """The reverse proxy, as a plain ASGI application: bodies stream through it in both directions."""

    def __init__(
        self,
        settings: GatewaySettings,
        transport: httpx.AsyncBaseTransport,
        client: httpx.AsyncClient,
        meter: Meter,
    ) -> None:
        self._settings = settings
        self._meter = meter
        self._bursts = Bursts(settings.caller_calls_per_second, settings.caller_burst_calls)
        self._callers = _callers(settings)
        self._in_flight = InFlight(settings.tenant_calls_at_once, settings.tenant_wait_seconds)
        self._throttled = Throttled()
        self._transport = transport
        edges = {Plane.CONTROL: settings.control_edge_url, Plane.APP: settings.app_edge_url}
        self._exchange = TokenExchange(client, edges)
        self._origin = urlsplit(settings.public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; every way it can end has its own answer."""
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
            return
        try:
            await self._serve(scope, receive, send)
        except ClientGoneError:
            log.info("client_gone")
        except RefusedError as refused:
            body = {**refused.body, "correlation_id": correlation.correlation_id()}
            await correlation.send_error(send, refused.status, body, refused.headers)
        except InvalidPathError:
            await _refuse(
                send, 400, "invalid_path", "Write the path without empty or dotted parts and encoded slashes."
            )
        except BodyTooLargeError:
            hint = f"Send at most {MAX_BODY_BYTES} bytes."
            await _refuse(send, 413, "body_too_large", hint, {"Connection": "close"})
        except (httpx.ReadTimeout, httpx.WriteTimeout) as timeout:
            log.warning("upstream_timeout", reason=type(timeout).__name__)
            await _refuse(
                send, 504, "upstream_timeout", "It took too long; it may still be done. Look before you repeat."
            )
        except httpx.HTTPError as failure:
            log.warning("upstream_unavailable", reason=type(failure).__name__)
            await _refuse(
                send, 503, "upstream_unavailable", "Try again in a few seconds.", {"Retry-After": RETRY_SECONDS}
            )

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw_path = _plain(scope.get("raw_path") or scope["path"].encode())
        route = find_route(raw_path, self._settings)
        if route is None:
            await _refuse(send, 404, "not_found", "Nothing is exposed at this path.")
            return
        if scope["method"] == "POST" and any(name == b"idempotency-key" for name, _ in scope["headers"]):
            route = keyed_route(route, self._settings)
        sent = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"), None)
        address = scope["client"][0] if scope.get("client") else "unknown"
        self._bursts.take(sent, address)
        headers = self._forwarded(scope)
        authorization = await self._authorization(route, scope, headers)
        caller, counted_as = self._caller(route, authorization, address)
        if caller:
            await self._throttled.check(caller.id)
        is_csv = route.is_postgrest and csv_answers.wants_csv(scope["headers"])
        passed_on = _as_json(_passed_on(scope["headers"])) if is_csv else _passed_on(scope["headers"])
        if route.is_postgrest:
            passed_on = with_exact_counts(passed_on)
        with self._in_flight.place(counted_as) as place:
            request = httpx.Request(
                scope["method"],
                route.target(raw_path, _plain(scope["query_string"])),
                headers=[*passed_on, *headers, *authorization, *_ending(scope["method"])],
                content=await body_of(receive, scope["headers"], place.take),
                extensions={"timeout": _TIMEOUT.as_dict()},
            )
            response = await self._transport.handle_async_request(request)
        self._meter.count(response, caller.organization if caller else None)
        if HEADER in response.headers:
            self._bursts.know(sent)
        try:
            if caller:
                await self._throttled.note(caller.id, response)
            if scope["method"] == "GET" and openapi.is_document(route, response):
                operations = openapi.operations_request(route, [*headers, *authorization], _TIMEOUT)
                with self._in_flight.place(counted_as) as place:
                    await place.take()
                    allowed = await self._transport.handle_async_request(operations)
                await _answer_document(response, allowed, route, send)
            else:
                await (_answer_csv if is_csv else _answer)(response, route, send)
        finally:
            await response.aclose()

    def _caller(self, route: Route, authorization: Headers, address: str) -> tuple[Caller | None, str | None]:
        """Whose call it is, and as whose it counts among those in flight: who is nobody counts as the address.

        An exchange is nobody's yet, and identity provider and mailbox have no database of ours: they do not count.
        """
        callers = self._callers.get(route.plane) if route.plane and route.exchanges else None
        if callers is None:
            return None, None
        token = authorization[0][1].decode("latin-1").removeprefix("Bearer ") if authorization else None
        caller = callers.find(token)
        return caller, caller.id if caller else f"{route.plane} address {address}"

    async def _authorization(self, route: Route, scope: Scope, forwarded: Headers) -> Headers:
        """The Authorization header to pass on: as it came, left out, or exchanged."""
        values = [value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"]
        if not route.exchanges or route.plane is None:
            return [(b"authorization", value.encode("latin-1")) for value in values]
        token = bearer_token(values)
        if token is None or is_anonymous_key(token, self._settings.anon_key):
            return []
        if is_foreign_token(token):
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in forwarded}
            token = await self._exchange.exchange(route.plane, token, headers)
        return [(b"authorization", f"Bearer {token}".encode("latin-1"))]

    def _forwarded(self, scope: Scope) -> Headers:
        """Who called and under which address, from what the gateway knows itself; and the correlation id."""
        client = scope["client"][0] if scope.get("client") else "unknown"
        quoted = f'"[{client}]"' if ":" in client else client
        host, scheme = self._origin.netloc, self._origin.scheme
        headers = {
            "x-forwarded-for": client,
            "x-forwarded-host": host,
            "x-forwarded-proto": scheme,
            "forwarded": f'for={quoted};host="{host}";proto={scheme}',
            correlation.HEADER.lower(): correlation.correlation_id(),
        }
        return [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]


def _callers(settings: GatewaySettings) -> dict[Plane, Callers]:
    files = {Plane.CONTROL: settings.control_token_key_set_file, Plane.APP: settings.app_token_key_set_file}
    for plane in (plane for plane, file in files.items() if file is None):
        log.warning("calls_in_flight_not_limited", plane=plane, reason="its TOKEN_KEY_SET_FILE is not set")
    return {plane: Callers(plane, file) for plane, file in files.items() if file is not None}


async def _refuse(send: Send, status: int, slug: str, hint: str, headers: Mapping[str, str] | None = None) -> None:
    await correlation.send_error(send, status, correlation.error_body(f"PT{status}", slug, hint=hint), headers)


def _plain(raw: bytes) -> str:
    """A path or query as ASCII: bytes that should have been encoded are."""
    return "".join(chr(byte) if 0x20 < byte < 0x7F else f"%{byte:02X}" for byte in raw)


def _named_by_connection(headers: Iterable[tuple[bytes, bytes]]) -> set[bytes]:
    values = [value for name, value in headers if name.lower() == b"connection"]
    return {part.strip().lower() for value in values for part in value.split(b",")}


def _passed_on(headers: Headers) -> Headers:
    """A request's headers without what ends at the gateway: hop by hop, keys, and claims only the gateway may make."""
    ends_here = _HOP_BY_HOP | _NOT_FORWARDED | _named_by_connection(headers)
    return [
        (name, value)
        for name, value in headers
        if name not in ends_here and not name.startswith((b"x-forwarded-", _INTERNAL))
    ]


def _as_json(headers: Headers) -> Headers:
    kept = [(name, value) for name, value in headers if name != b"accept"]
    return [*kept, (b"accept", b"application/json"), (_INTERNAL + b"answer", b"text/csv")]


def _ending(method: str) -> Headers:
    """PostgREST hangs up after a HEAD without saying so: the next request on that connection would fail."""
    return [(b"connection", b"close")] if method == "HEAD" else []


async def _answer(response: httpx.Response, route: Route, send: Send) -> None:
    """Pass the answer on as it comes. One that breaks off stays unfinished, so that the caller notices."""
    if response.is_error and response.headers.get("content-type", "").startswith("application/json"):
        await _answer_error(response, route, send)
        return
    await send(_start(response, route))
    try:
        async for chunk in response.aiter_raw():
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    except httpx.HTTPError as failure:
        log.warning("upstream_broke_off", reason=type(failure).__name__)
        return
    await send({"type": "http.response.body", "body": b""})


async def _answer_csv(response: httpx.Response, route: Route, send: Send) -> None:
    """Write PostgREST's JSON as CSV; errors, and answers without a body, pass as they are."""
    is_json = response.headers.get("content-type", "").startswith("application/json")
    if response.is_error or not is_json:
        await _answer(response, route, send)
        return
    content = await response.aread()
    try:
        content = await asyncio.to_thread(csv_answers.to_csv, content) if content else b""
    except csv_answers.UnwritableError:
        await _refuse(send, 406, "csv_unavailable", "Ask for application/json.")
        return
    start = _start(response, route)
    start["headers"] = [(n, v) for n, v in start["headers"] if n not in (b"content-length", b"content-type")]
    start["headers"].append((b"content-type", csv_answers.MEDIA_TYPE.encode("ascii")))
    await _send_whole(send, start, content)


async def _answer_error(response: httpx.Response, route: Route, send: Send) -> None:
    """Pass an error on with the id that finds it in the logs, which PostgREST does not write into it."""
    content = await response.aread()
    with contextlib.suppress(ValueError):
        body = json.loads(content)
        if isinstance(body, dict) and body.get("code") in busy.CODES:
            log.warning("busy", code=body["code"])
            said = correlation.error_body("PT503", "busy", details=json.dumps({"code": body["code"]}), hint=busy.HINT)
            await correlation.send_error(send, 503, said, busy.HEADERS)
            return
        if isinstance(body, dict) and "message" in body:
            content = json.dumps({"correlation_id": correlation.correlation_id()} | body).encode()
    start = _start(response, route)
    start["headers"] = [(name, value) for name, value in start["headers"] if name != b"content-length"]
    await _send_whole(send, start, content)


async def _answer_document(response: httpx.Response, allowed: httpx.Response, route: Route, send: Send) -> None:
    """Write PostgREST's OpenAPI document without the methods that the asking role may not use."""
    try:
        if allowed.is_error:
            await _answer(allowed, route, send)
            return
        content = openapi.trimmed(await response.aread(), await allowed.aread())
    finally:
        await allowed.aclose()
    start = _start(response, route)
    start["headers"] = [(name, value) for name, value in start["headers"] if name != b"content-length"]
    await _send_whole(send, start, content)


async def _send_whole(send: Send, start: Message, content: bytes) -> None:
    if content:
        start["headers"].append((b"content-length", str(len(content)).encode("ascii")))
    await send(start)
    await send({"type": "http.response.body", "body": content})


def _start(response: httpx.Response, route: Route) -> Message:
    sent = [(name.lower(), value) for name, value in response.headers.raw]
    ends_here = _HOP_BY_HOP | _NOT_RETURNED | _named_by_connection(sent)
    headers = [(name, value) for name, value in sent if name not in ends_here and not name.startswith(_INTERNAL)]
    headers = [(name, _outside(route, value) if name == b"location" else value) for name, value in headers]
    present = {name for name, _ in headers}
    added = {b"x-content-type-options": b"nosniff"}
    if response.headers.get("content-type", "").startswith("text/html"):
        added |= _SAFE_HEADERS
    headers += [(name, value) for name, value in added.items() if name not in present]
    return {"type": "http.response.start", "status": response.status_code, "headers": headers}


def _outside(route: Route, location: bytes) -> bytes:
    return route.outside(location.decode("latin-1")).encode("latin-1")


def create_app(settings: GatewaySettings) -> Starlette:
    """The gateway as an application. Callers' requests use the bare transport: a client would share cookies."""
    transport = httpx.AsyncHTTPTransport(limits=_LIMITS, trust_env=False)
    client = httpx.AsyncClient(transport=transport, timeout=_TIMEOUT)
    meter = Meter(settings, client)
    page = landing_page(is_development=settings.environment is Environment.DEVELOPMENT)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with client, meter.running():
            yield

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def landing(_request: Request) -> Response:
        return HTMLResponse(page, headers=LANDING_HEADERS)

    return Starlette(
        routes=[
            Path("/health", health),
            Path("/", landing),
            Mount("", app=Gateway(settings, transport, client, meter)),
        ],
        middleware=[Middleware(correlation.CorrelationMiddleware)],
        lifespan=lifespan,
    )
