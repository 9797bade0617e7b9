"""The correlation middleware and the logs: one line a request, faults answered with the id, secrets hidden."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator

import httpx
import pytest
import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ananta.logs import configure_logging
from edge_api.correlation import CorrelationMiddleware, correlation_id


@pytest.fixture
def output() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging(stream=stream)
    try:
        yield stream
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()


def ask(target: str, **headers: str) -> httpx.Response:
    async def whose(_request: Request) -> Response:
        return PlainTextResponse(correlation_id())

    async def fault(_request: Request) -> Response:
        raise RuntimeError("a fault with Bearer abcdefghijklmnop in it")

    routes = [Route("/whose", whose), Route("/fault", fault), Route("/health", whose)]
    app = Starlette(routes=routes, middleware=[Middleware(CorrelationMiddleware)])

    async def request() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
            return await client.get(target, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return asyncio.run(request())


def lines(output: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.getvalue().splitlines()]


def test_one_line_a_request_without_its_query(output: io.StringIO) -> None:
    answer = ask("/whose?token=secret", x_correlation_id="abcdefgh")
    assert (answer.text, answer.headers["X-Correlation-Id"]) == ("abcdefgh", "abcdefgh")
    ask("/health")
    (line,) = lines(output)
    assert line["event"] == "request"
    assert (line["method"], line["path"], line["status"]) == ("GET", "/whose", 200)
    assert line["correlation_id"] == "abcdefgh"
    assert isinstance(line["ms"], float)


def test_fault_is_answered_with_the_id_that_finds_it(output: io.StringIO) -> None:
    answer = ask("/fault")
    assert (answer.status_code, answer.json()["message"]) == (500, "internal_error")
    assert answer.json()["correlation_id"] == answer.headers["X-Correlation-Id"]
    fault, request = lines(output)
    assert fault["correlation_id"] == request["correlation_id"] == answer.headers["X-Correlation-Id"]
    assert "RuntimeError" in str(fault["exception"])
    assert "abcdefghijklmnop" not in output.getvalue()


CANARY = "canary1234567890"


@pytest.mark.parametrize(
    "fields",
    [
        {"authorization": f"Bearer {CANARY}"},
        {"headers": {"Cookie": CANARY, "inner": [{"password": CANARY}]}},
        {"reason": f"got Bearer {CANARY} from a caller"},
        {"reason": f"connect to postgresql://u:{CANARY}@127.0.0.1/d failed"},
        {"reason": f"eyJhbGciOiJSUzI1NiJ9.{CANARY}.{CANARY}"},
        {"webhook_secret": CANARY},
        {"access_token": CANARY},
    ],
)
def test_secrets_are_not_logged(output: io.StringIO, fields: dict[str, object]) -> None:
    structlog.get_logger().info("something", **fields)
    logging.getLogger("elsewhere").warning("%s", fields.get("reason", ""))
    assert CANARY not in output.getvalue()
    assert len(lines(output)) == 2
