"""Traces: off they load nothing; on they go on from what came in, and tell nothing of an error but its type."""

import subprocess
import sys

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from ananta import traces
from ananta.settings import ROOT, Process, Settings

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
CANARY = "canary@person.example"


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    monkeypatch.setattr(traces, "_tracer", None)
    found = InMemorySpanExporter()
    traces.configure(Settings(), Process.GATEWAY, SimpleSpanProcessor(found))
    return found


def test_off_nothing_is_loaded() -> None:
    program = (
        "import sys; from ananta import traces; from ananta.settings import Process, Settings\n"
        "traces.configure(Settings(), Process.GATEWAY)\n"
        "with traces.span('x', parent='y') as span: assert span is None\n"
        "assert not traces.is_on() and traces.headers() == {} and traces.trace_id() == ''\n"
        "assert not [name for name in sys.modules if name.startswith('opentelemetry')]"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_callers_trace_goes_on(exporter: InMemorySpanExporter) -> None:
    with traces.span("outer", "SERVER", parent=PARENT):
        assert traces.trace_id() == PARENT[3:35]
        with traces.span("inner"):
            assert traces.headers()["traceparent"].startswith(PARENT[:36])
    assert traces.headers() == {}
    inner, outer = exporter.get_finished_spans()
    assert outer.parent is not None
    assert f"{outer.parent.span_id:016x}" == PARENT[36:52]
    assert inner.parent is not None
    assert outer.context is not None
    assert inner.parent.span_id == outer.context.span_id


@pytest.mark.parametrize("parent", ["", "garbage", PARENT.replace("00-", "zz-", 1), "00-" + "0" * 32 + PARENT[35:]])
def test_what_is_no_trace_begins_a_new_one(exporter: InMemorySpanExporter, parent: str) -> None:
    with traces.span("outer", parent=parent):
        assert traces.trace_id() not in ("", PARENT[3:35])
    assert exporter.get_finished_spans()[0].parent is None


def test_a_caller_who_does_not_want_a_trace_gets_none(exporter: InMemorySpanExporter) -> None:
    with traces.span("outer", parent=PARENT[:-2] + "00"):
        assert traces.headers()["traceparent"].endswith("-00")
    assert exporter.get_finished_spans() == ()


def test_an_error_has_its_type_alone(exporter: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match=CANARY), traces.span("failing"):
        raise ValueError(CANARY)
    (span,) = exporter.get_finished_spans()
    assert span.attributes is not None
    assert span.attributes["error.type"] == "ValueError"
    assert CANARY not in span.to_json()
