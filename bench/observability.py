"""What metrics and traces cost the gateway: calls through all of its code, with an answer behind it that takes no time.

    bin/ananta bench observability [--rounds 9] [--each 1000] [--seed N]

HTTP on either side is left out, so the ratios are the worst there can be: a call over HTTP takes many times as long.
Traced means every call, and exported in batches to nobody.
"""

import argparse
import asyncio
import contextlib
import io
import random
import secrets
import time
from collections.abc import Iterator
from typing import Any
from unittest import mock

import httpx
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.types import ASGIApp, Message, Scope

from ananta import metrics, traces
from ananta.logs import configure_logging
from ananta.settings import Process, Settings
from bench.harness import Figure, report
from edge_api.correlation import CorrelationMiddleware
from edge_api.gateway.metering import Meter
from edge_api.gateway.proxy import Gateway


class Nothing(contextlib.AbstractContextManager[None]):
    """In place of a metric: takes everything, does nothing."""

    def labels(self, *_: object) -> "Nothing":
        """The same."""
        return self

    track_inprogress = labels

    def observe(self, _: float) -> None:
        """Nothing."""

    def __exit__(self, *_: object) -> None:
        """Nothing."""


class Forgetting(InMemorySpanExporter):
    """Exports to nobody."""

    def export(self, _: Any) -> SpanExportResult:
        """Take, and keep none."""
        return SpanExportResult.SUCCESS


class Answering(httpx.AsyncBaseTransport):
    """PostgREST's place."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """An empty list."""
        return httpx.Response(200, stream=httpx.ByteStream(b"[]"), request=request)


def gateway() -> ASGIApp:
    """The gateway as it serves."""
    settings, transport = Settings(caller_calls_per_second=1e9, caller_burst_calls=10**9), Answering()
    client = httpx.AsyncClient(transport=transport)
    return CorrelationMiddleware(Gateway(settings, transport, transport, client, Meter(settings, client)))


async def seconds(app: ASGIApp, count: int) -> float:
    """Seconds a call."""

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        assert message.get("status", 200) == 200, "what is measured is a call that succeeds"

    scope: Scope = {
        "type": "http",
        "method": "GET",
        "path": "/api/app/rest/v1/boms",
        "raw_path": b"/api/app/rest/v1/boms",
        "query_string": b"select=id",
        "headers": [(b"accept", b"application/json")],
        "client": ("127.0.0.1", 1),
    }
    began = time.perf_counter()
    for _ in range(count):
        await app(dict(scope), receive, send)
    return (time.perf_counter() - began) / count


@contextlib.contextmanager
def variant(name: str) -> Iterator[None]:
    """Without metrics, with them, or with them and traced."""
    with contextlib.ExitStack() as stack:
        if name == "bare":
            for metric in ("REQUEST_SECONDS", "REQUESTS_IN_PROGRESS"):
                stack.enter_context(mock.patch.object(metrics, metric, Nothing()))
        if name == "traced":
            stack.enter_context(mock.patch.object(traces, "_tracer", None))
            processor = BatchSpanProcessor(Forgetting())
            stack.callback(processor.shutdown)
            traces.configure(Settings(), Process.GATEWAY, processor)
        yield


async def run(arguments: argparse.Namespace) -> list[Figure]:
    """Each round in an order of its own."""
    app, dice = gateway(), random.Random(arguments.seed)  # noqa: S311
    found: dict[str, list[float]] = {"bare": [], "metrics": [], "traced": []}
    for number in range(arguments.rounds + 1):
        for name in dice.sample(list(found), len(found)):
            with variant(name):
                taken = await seconds(app, arguments.each)
            if number:  # the first warms up
                found[name].append(taken)
    figures = [Figure(f"{name}: a call", "µs", "-", [value * 1e6 for value in found[name]]) for name in found]
    for name, other in (("metrics", "bare"), ("traced", "metrics")):
        pairs = zip(found[name], found[other], strict=True)
        figures.append(Figure(f"{name} / {other}", "", "-", [one / two for one, two in pairs]))
    return figures


def main() -> int:
    """Parse the arguments, measure."""
    parser = argparse.ArgumentParser(prog="bin/ananta bench observability", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--each", type=int, default=1000, help="calls of a kind in a round")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    arguments = parser.parse_args()
    configure_logging(stream=io.StringIO())
    figures = asyncio.run(run(arguments))
    report("observability", figures, seed=arguments.seed)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
