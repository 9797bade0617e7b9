"""The gateway's meter: what it counts, and that each batch is counted once whatever the edge does."""

import json
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from standardwebhooks.webhooks import Webhook

from ananta.settings import Settings
from edge_api.gateway.headers import with_exact_counts
from edge_api.gateway.metering import HEADER, LARGEST_BATCH, Meter
from tests.support.platform import run

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Edge:
    """An edge that refuses first; a batch that it has had is a duplicate to it."""

    def __init__(self, *failures: int | None) -> None:
        self.failures = list(failures)
        self.batches: dict[str, dict[str, dict[str, int]]] = {}
        self.asked = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        Webhook(SECRET).verify(request.content, dict(request.headers))
        calls = {found.pop("organizationId"): found for found in json.loads(request.content)["calls"]}
        self.batches.setdefault(request.headers["webhook-id"], calls)
        failure = self.failures.pop(0) if self.failures else 200
        if failure is None:
            raise httpx.ReadTimeout("lost", request=request)
        return httpx.Response(failure, json={})

    def meter(self) -> Meter:
        settings = Settings(gateway_webhook_secret=SecretStr(SECRET))
        return Meter(settings, httpx.AsyncClient(transport=httpx.MockTransport(self)))

    def total(self, kind: str = "calls") -> dict[str, int]:
        found: dict[str, int] = {}
        for calls in self.batches.values():
            for organization, count in calls.items():
                found[organization] = found.get(organization, 0) + count[kind]
        return found


def answer(organization: str | None, status: int = 200) -> httpx.Response:
    return httpx.Response(status, headers={HEADER: organization} if organization else {})


def test_successful_calls_of_somebody_are_counted() -> None:
    edge = Edge()
    meter = edge.meter()
    for response in (answer("a"), answer("a", 201), answer("b", 304), answer("a", 403), answer("a", 503), answer(None)):
        meter.count(response)
    assert run(meter.flush())
    assert edge.total() == {"a": 2, "b": 1}
    assert not run(meter.flush())
    assert edge.asked == 1


def test_failed_calls_are_the_tokens_and_no_calls_to_pay_for() -> None:
    """But for those that a stranger could make in its name, those that were told to wait, and failures of ours."""
    edge = Edge()
    meter = edge.meter()
    for status in (400, 403, 404, 409, 500, 401, 429, 502, 503, 504):
        meter.count(answer(None, status), "a")
    meter.count(answer("a"), "a")
    meter.count(answer(None), "a")
    meter.count(answer(None, 400), None)
    assert run(meter.flush())
    assert (edge.total(), edge.total("failed")) == ({"a": 1}, {"a": 5})


@pytest.mark.parametrize("failure", [500, 401, None])
def test_a_batch_that_was_not_acknowledged_is_the_same_batch_again(failure: int | None) -> None:
    """Also where the edge has recorded it and the answer was lost."""
    edge = Edge(failure, failure)
    meter = edge.meter()

    async def flush() -> Any:
        meter.count(answer("a"))
        return await meter.flush()

    assert [run(flush()) for _ in range(4)] == [False, False, True, True]
    assert edge.total() == {"a": 4}
    assert len(edge.batches) == 2


def test_a_batch_refused_for_good_does_not_hold_up_the_next() -> None:
    edge = Edge(422)
    meter = edge.meter()
    for _ in range(2):
        meter.count(answer("a"))
        assert run(meter.flush())
    assert edge.asked == len(edge.batches) == 2


def test_a_batch_is_not_larger_than_the_edge_takes() -> None:
    edge = Edge()
    meter = edge.meter()
    for number in range(LARGEST_BATCH + 5):
        meter.count(answer(str(number)))
    assert [run(meter.flush()) for _ in range(3)] == [True, True, False]
    assert sorted(len(calls) for calls in edge.batches.values()) == [5, LARGEST_BATCH]


@pytest.mark.parametrize(
    ("asked", "passed_on"),
    [
        (b"count=planned", b"count=exact"),
        (b"return=representation, count=estimated", b"return=representation, count=exact"),
        (b'count = "estimated";x,return=minimal', b"count=exact;x,return=minimal"),
        (b"Count=Planned", b"count=exact"),
        (b"count=plannedly", b"count=plannedly"),
        (b"count=exact", b"count=exact"),
    ],
)
def test_estimated_counts_are_exact(asked: bytes, passed_on: bytes) -> None:
    kept = (b"accept", b"count=planned")
    assert with_exact_counts([(b"prefer", asked), kept]) == [(b"prefer", passed_on), kept]
