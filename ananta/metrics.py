"""Prometheus metrics of a process, and the listener that serves them: apart from what callers reach (ADR 26).

No label tells of a tenant; each takes few values: routes are templates, refusals slugs, queues and roles ours.
"""

import re
from collections import Counter as Counts
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol
from wsgiref.simple_server import WSGIServer

import structlog
from prometheus_client import REGISTRY, Counter, Gauge, Histogram, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from ananta.settings import Plane

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_SLUG = re.compile(r"[a-z_]{1,50}")
_QUERY_SECONDS = 3

log = structlog.get_logger()

REQUEST_SECONDS = Histogram(
    "ananta_http_request_duration_seconds",
    "From the head of a request to the end of its answer.",
    ["route", "status"],
    buckets=_SECONDS,
)
REQUESTS_IN_PROGRESS = Gauge("ananta_http_requests_in_progress", "Requests that are being served.")
REFUSALS = Counter("ananta_http_refusals", "Requests that this process itself refused, by slug.", ["slug"])
MESSAGES = Counter("ananta_worker_messages", "Readings of messages, by how they ended.", ["plane", "queue", "outcome"])
HANDLER_SECONDS = Histogram(
    "ananta_worker_message_duration_seconds",
    "From the reading of a message to its end.",
    ["plane", "queue"],
    buckets=(*_SECONDS, 120.0, 300.0),
)
MESSAGES_IN_PROGRESS = Gauge(
    "ananta_worker_messages_in_progress", "Messages that are being worked on.", ["plane", "queue"]
)


def refused(slug: Any) -> None:
    """Count a refusal; what is no slug, such as another program's words, under one name."""
    REFUSALS.labels(slug if isinstance(slug, str) and _SLUG.fullmatch(slug) else "other").inc()


class Pool(Protocol):
    """What knows its statistics: a psycopg pool."""

    def get_stats(self) -> Mapping[str, int]:
        """Numbers by name."""


class PoolCollector(Collector):
    """How this process uses its connections; a process may have several pools of one login."""

    def __init__(self) -> None:
        self._pools: list[tuple[str, Pool]] = []

    @contextmanager
    def watching(self, role: str, pool: Pool) -> Iterator[None]:
        """As long as a pool is open."""
        watched = (role, pool)
        self._pools.append(watched)
        try:
            yield
        finally:
            self._pools.remove(watched)

    def collect(self) -> Iterable[Metric]:
        """The numbers of now."""
        found: Counts[tuple[str, str]] = Counts()
        for role, pool in list(self._pools):
            stats = pool.get_stats()
            found[role, "idle"] += stats.get("pool_available", 0)
            found[role, "used"] += stats.get("pool_size", 0) - stats.get("pool_available", 0)
            found[role, "waiting"] += stats.get("requests_waiting", 0)
        family = GaugeMetricFamily(
            "ananta_pool_connections",
            "Connections of this process by use, and who waits for one.",
            labels=["role", "state"],
        )
        for labels, count in found.items():
            family.add_metric(labels, count)
        yield family


POOLS = PoolCollector()
REGISTRY.register(POOLS)


class PlaneCollector(Collector):
    """Queues and database of one plane, asked when somebody scrapes; an answer that does not come is ``up`` 0."""

    def __init__(self, plane: Plane, url: str) -> None:
        self._plane = plane
        self._url = url

    def collect(self) -> Iterator[Metric]:
        """The numbers of now."""
        found = self._ask()
        yield self._gauge("ananta_database_up", "Whether the database answered.", int(found is not None))
        if found is not None:
            yield from self._queues(found["queues"])
            yield from self._database(found)

    def describe(self) -> Iterable[Metric]:
        """Nothing is asked at registration."""
        return ()

    def _ask(self) -> dict[str, Any] | None:
        import psycopg

        try:
            with psycopg.connect(
                self._url,
                connect_timeout=_QUERY_SECONDS,
                options=f"-c statement_timeout={_QUERY_SECONDS}s",
                application_name="metrics",
            ) as connection:
                row = connection.execute("select private.plane_metrics()").fetchone()
        except psycopg.Error as error:
            log.warning("plane_not_measured", plane=self._plane, error=type(error).__name__)
            return None
        return None if row is None else dict(row[0])

    def _queues(self, queues: Mapping[str, Mapping[str, float]]) -> Iterator[Metric]:
        for name, text in (
            ("length", "Messages, those that are hidden included."),
            ("oldest_age_seconds", "Age of the oldest message."),
            ("dead_letters", "Messages that were given up and wait for a person."),
        ):
            family = GaugeMetricFamily(f"ananta_queue_{name}", text, labels=["plane", "queue"])
            for queue, numbers in queues.items():
                family.add_metric([self._plane, queue], numbers[name])
            yield family

    def _database(self, found: Mapping[str, Any]) -> Iterator[Metric]:
        connections = GaugeMetricFamily(
            "ananta_database_connections", "Connections to the database, by role.", labels=["plane", "role"]
        )
        for role, count in found["connections"].items():
            connections.add_metric([self._plane, role], count)
        yield connections
        for name, text in (
            ("max_connections", "Most connections of the whole server."),
            ("size_bytes", "Size of the database."),
            ("oldest_xmin_age", "Transactions since the oldest one that vacuum must still heed."),
        ):
            yield self._gauge(f"ananta_database_{name}", text, found[name])
        for name, text in (
            ("commits", "Transactions committed."),
            ("rollbacks", "Transactions rolled back."),
            ("deadlocks", "Deadlocks."),
        ):
            counter = CounterMetricFamily(f"ananta_database_{name}", text, labels=["plane"])
            counter.add_metric([self._plane], found[name])
            yield counter

    def _gauge(self, name: str, text: str, value: float) -> Metric:
        family = GaugeMetricFamily(name, text, labels=["plane"])
        family.add_metric([self._plane], value)
        return family


def serve(listen: str | None, *collectors: Collector) -> list[WSGIServer]:
    """Serve ``/metrics`` of this process and of what else it knows, where that is wanted.

    An address that is taken, such as by another worker on this machine, keeps nobody from the work: it is a warning.
    """
    servers: list[WSGIServer] = []
    if listen is None:
        return servers
    for collector in collectors:
        REGISTRY.register(collector)
    for address in listen.split(","):
        host, _, port = address.strip().rpartition(":")
        try:
            server, _ = start_http_server(int(port), host.strip("[]"))
        except OSError as error:
            log.warning("metrics_not_served", address=address.strip(), reason=error.strerror)
        else:
            servers.append(server)
            log.info("metrics_listening", address=address.strip())
    return servers
