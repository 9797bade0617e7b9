"""The gateway of the embedded run: one origin in front of both planes, their edges, and the issuer.

In other installations a reverse proxy does this work; the rules are the same.
"""

import importlib.util
import sys
from collections.abc import AsyncIterator
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
from starlette.types import Receive, Scope, Send

from ananta import traces
from ananta.settings import Environment, Plane, Settings
from edge_api import correlation
from edge_api.gateway import csv_answers, openapi
from edge_api.gateway.addresses import caller_address, counted_address
from edge_api.gateway.answers import ReaderTooSlowError, answer, answer_csv, answer_document, patient, refuse
from edge_api.gateway.bursts import Bursts
from edge_api.gateway.callers import Caller, Callers
from edge_api.gateway.headers import Headers, as_json, ending, is_counted, passed_on, with_exact_counts
from edge_api.gateway.in_flight import InFlight
from edge_api.gateway.landing import HEADERS as LANDING_HEADERS
from edge_api.gateway.landing import landing_page
from edge_api.gateway.metering import HEADER, Meter
from edge_api.gateway.request_bodies import (
    BLOCK_BYTES,
    BLOCK_SECONDS,
    MAX_BODY_BYTES,
    Bodies,
    BodyTooLargeError,
    BodyTooSlowError,
    ClientGoneError,
)
from edge_api.gateway.routing import InvalidPathError, Route, find_route, keyed_route
from edge_api.gateway.throttled import Throttled
from edge_api.gateway.token_routing import RefusedError, TokenExchange, bearer_token, is_anonymous_key, is_foreign_token

RETRY_SECONDS = "1"
TIMEOUT = httpx.Timeout(60.0, connect=2.0, pool=5.0)
_LIMITS = httpx.Limits(max_connections=200, max_keepalive_connections=50, keepalive_expiry=3.0)
# Bodies that go on as they come hold a connection for as long as their sender likes: they have their own.
_UPLOAD_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=10, keepalive_expiry=3.0)

# The HTTP library looks for this package at every request: a known absence spares it the search of the whole path.
if importlib.util.find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]

log = structlog.get_logger()


class Gateway:
    """The reverse proxy, as a plain ASGI application: bodies stream through it in both directions."""

    def __init__(
        self,
        settings: Settings,
        transport: httpx.AsyncBaseTransport,
        uploads: httpx.AsyncBaseTransport,
        client: httpx.AsyncClient,
        meter: Meter,
    ) -> None:
        self._settings = settings
        self._meter = meter
        self._bursts = Bursts(settings.caller_calls_per_second, settings.caller_burst_calls)
        self._callers = _callers(settings)
        self._in_flight = InFlight(settings.tenant_calls_at_once, settings.tenant_wait_seconds)
        self._requests = InFlight(settings.caller_requests_at_once, settings.tenant_wait_seconds)
        self._uploading = InFlight(settings.caller_requests_at_once, settings.tenant_wait_seconds)
        self._bodies = Bodies()
        self._throttled = Throttled()
        self._transport = transport
        self._uploads = uploads
        edges = {Plane.CONTROL: settings.control_edge_url, Plane.APP: settings.app_edge_url}
        self._exchange = TokenExchange(client, edges)
        self._origin = urlsplit(settings.public_url)
        if settings.environment is Environment.PRODUCTION and not settings.trusted_proxies:
            log.warning("callers_share_one_address", reason="ANANTA_TRUSTED_PROXIES is not set")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; every way it can end has its own answer."""
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
            return
        send = patient(send)
        try:
            await self._serve(scope, receive, send)
        except (ClientGoneError, ReaderTooSlowError) as gone:
            log.info("client_gone", reason=type(gone).__name__)
        except RefusedError as refused:
            correlation.note_refusal(refused.body.get("message"))
            body = {**refused.body, "correlation_id": correlation.correlation_id()}
            await correlation.send_error(send, refused.status, body, refused.headers)
        except InvalidPathError:
            await refuse(send, 400, "invalid_path", "Write the path without empty or dotted parts and encoded slashes.")
        except BodyTooLargeError:
            hint = f"Send at most {MAX_BODY_BYTES} bytes."
            await refuse(send, 413, "body_too_large", hint, {"Connection": "close"})
        except BodyTooSlowError:
            hint = f"Send {BLOCK_BYTES} bytes, or the body's end, every {BLOCK_SECONDS:g} seconds."
            await refuse(send, 408, "body_too_slow", hint, {"Connection": "close"})
        except (httpx.ReadTimeout, httpx.WriteTimeout) as timeout:
            log.warning("upstream_timeout", reason=type(timeout).__name__)
            await refuse(
                send, 504, "upstream_timeout", "It took too long; it may still be done. Look before you repeat."
            )
        except httpx.HTTPError as failure:
            log.warning("upstream_unavailable", reason=type(failure).__name__)
            await refuse(
                send, 503, "upstream_unavailable", "Try again in a few seconds.", {"Retry-After": RETRY_SECONDS}
            )

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw_path = _plain(scope.get("raw_path") or scope["path"].encode())
        route = find_route(raw_path, self._settings)
        if route is None:
            await refuse(send, 404, "not_found", "Nothing is exposed at this path.")
            return
        scope[correlation.ROUTE] = route.outer
        if scope["method"] == "POST" and any(name == b"idempotency-key" for name, _ in scope["headers"]):
            route = keyed_route(route, self._settings)
        sent = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"), None)
        peer = scope["client"][0] if scope.get("client") else "unknown"
        address = caller_address(peer, scope["headers"], self._settings.trusted_proxies)
        counted = counted_address(address)
        self._bursts.take(sent, counted)
        headers = self._forwarded(address)
        authorization = await self._authorization(route, scope, headers)
        caller, counted_as = self._caller(route, authorization, counted)
        if caller:
            structlog.contextvars.bind_contextvars(**caller.known_as)
            await self._throttled.check(caller.id)
        who = caller.id if caller else f"address {counted}"
        with self._requests.place(who) as request_place, self._uploading.place(who) as upload_place:
            is_csv = route.is_postgrest and csv_answers.wants_csv(scope["headers"])
            kept = _kept(scope["headers"], route, is_csv=is_csv)
            with self._in_flight.place(counted_as) as place:

                async def whole() -> None:
                    await request_place.take()
                    await place.take()

                body = await self._bodies.read(
                    receive, scope["headers"], whole=whole, upload=upload_place.take, end=place.take
                )
                request = httpx.Request(
                    scope["method"],
                    route.target(raw_path, _plain(scope["query_string"])),
                    headers=[*kept, *headers, *authorization, *ending(scope["method"])],
                    content=body,
                    extensions={"timeout": TIMEOUT.as_dict()},
                )
                with traces.span(f"{scope['method']} {route.outer}", "CLIENT"):
                    if traces.is_on():
                        request.headers.update(traces.headers())
                    transport = self._transport if body is None or isinstance(body, bytes) else self._uploads
                    response = await transport.handle_async_request(request)
            self._meter.count(response, caller.organization if caller else None)
            if HEADER in response.headers:
                self._bursts.know(sent)
            try:
                if caller:
                    await self._throttled.note(caller.id, response)
                if scope["method"] == "GET" and openapi.is_document(route, response):
                    operations = openapi.operations_request(route, [*headers, *authorization], TIMEOUT)
                    with self._in_flight.place(counted_as) as place:
                        await place.take()
                        allowed = await self._transport.handle_async_request(operations)
                    await answer_document(response, allowed, route, send)
                else:
                    await (answer_csv if is_csv else answer)(response, route, send, is_counted=is_counted(kept))
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

    def _forwarded(self, client: str) -> Headers:
        """Who called and under which address, from what the gateway knows itself; and the correlation id."""
        quoted = f'"[{client}]"' if ":" in client else client
        host, scheme = self._origin.netloc, self._origin.scheme
        headers = {
            "x-forwarded-for": client,
            "x-forwarded-host": host,
            "x-forwarded-proto": scheme,
            "forwarded": f'for={quoted};host="{host}";proto={scheme}',
            correlation.HEADER.lower(): correlation.correlation_id(),
            **traces.headers(),
        }
        return [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]


def _callers(settings: Settings) -> dict[Plane, Callers]:
    files = {Plane.CONTROL: settings.control_token_key_set_file, Plane.APP: settings.app_token_key_set_file}
    for plane in (plane for plane, file in files.items() if file is None):
        log.warning("calls_in_flight_not_limited", plane=plane, reason="its TOKEN_KEY_SET_FILE is not set")
    return {plane: Callers(plane, file) for plane, file in files.items() if file is not None}


def _kept(sent: Headers, route: Route, *, is_csv: bool) -> Headers:
    """What goes on of the headers that the caller sent."""
    kept = passed_on(sent)
    if route.is_postgrest:
        kept = with_exact_counts(as_json(kept) if is_csv else kept)
    if traces.is_on():
        kept = [(name, value) for name, value in kept if name not in (b"traceparent", b"tracestate")]
    return kept


def _plain(raw: bytes) -> str:
    """A path or query as ASCII: bytes that should have been encoded are."""
    return "".join(chr(byte) if 0x20 < byte < 0x7F else f"%{byte:02X}" for byte in raw)


def create_app(settings: Settings) -> Starlette:
    """The gateway as an application. Callers' requests use the bare transport: a client would share cookies."""
    transport = httpx.AsyncHTTPTransport(limits=_LIMITS, trust_env=False)
    uploads = httpx.AsyncHTTPTransport(limits=_UPLOAD_LIMITS, trust_env=False)
    client = httpx.AsyncClient(transport=transport, timeout=TIMEOUT)
    meter = Meter(settings, client)
    page = landing_page(is_development=settings.environment is Environment.DEVELOPMENT)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with uploads, client, meter.running():
            yield

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def landing(_request: Request) -> Response:
        return HTMLResponse(page, headers=LANDING_HEADERS)

    return Starlette(
        routes=[
            Path("/health", health),
            Path("/", landing),
            Mount("", app=Gateway(settings, transport, uploads, client, meter)),
        ],
        middleware=[Middleware(correlation.CorrelationMiddleware)],
        lifespan=lifespan,
    )
