"""OpenTelemetry traces, where ``ANANTA_TRACES_URL`` says where to; else nothing is loaded, and nothing is done.

A trace goes on over HTTP headers, the database's setting ``ananta.traceparent`` and the bodies of messages.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ananta.settings import Process, Settings

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.trace import Span, Tracer

HEADER = "traceparent"
_FORM = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_tracer: "Tracer | None" = None


def configure(settings: Settings, process: Process, processor: "SpanProcessor | None" = None) -> None:
    """Begin to trace, if that is wanted. What is recorded is sent in the background, the rest at the end."""
    global _tracer  # noqa: PLW0603 - the tracer is the process's
    if settings.traces_url is None and processor is None:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

    provider = TracerProvider(
        resource=Resource.create({"service.name": f"ananta-{process}"}),
        sampler=ParentBased(TraceIdRatioBased(settings.traces_ratio)),
    )
    provider.add_span_processor(processor or BatchSpanProcessor(OTLPSpanExporter(endpoint=settings.traces_url)))
    _tracer = provider.get_tracer("ananta")


def is_on() -> bool:
    """Whether this process traces."""
    return _tracer is not None


@contextmanager
def span(name: str, kind: str = "INTERNAL", *, parent: str | None = None, **attributes: Any) -> "Iterator[Span | None]":
    """A span around what is done; of an exception it has the type alone, since its text may hold anything."""
    if _tracer is None:
        yield None
        return
    from opentelemetry.trace import SpanKind, StatusCode

    named = {key.replace("__", "."): value for key, value in attributes.items() if value}
    with _tracer.start_as_current_span(
        name,
        context=None if parent is None else _context(parent),
        kind=SpanKind[kind],
        attributes=named,
        record_exception=False,
        set_status_on_exception=False,
    ) as current:
        try:
            yield current
        except BaseException as error:
            current.set_attribute("error.type", type(error).__name__)
            current.set_status(StatusCode.ERROR)
            raise


def _context(parent: str) -> "Context":
    """The context of a W3C ``traceparent``; an empty one for what is none."""
    from opentelemetry.context import Context
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier = {HEADER: parent} if _FORM.fullmatch(parent) else {}
    return TraceContextTextMapPropagator().extract(carrier, context=Context())


def traceparent() -> str:
    """The current span as others are told of it, empty without one."""
    if _tracer is None:
        return ""
    from opentelemetry.trace import get_current_span

    context = get_current_span().get_span_context()
    if not context.is_valid:
        return ""
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"


def headers() -> dict[str, str]:
    """What an HTTP request to another of our processes carries."""
    current = traceparent()
    return {HEADER: current} if current else {}


def trace_id() -> str:
    """The trace that is under way, by which logs are joined with it; empty without one."""
    return traceparent()[3:35]
