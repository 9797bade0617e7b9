"""Metrics: no label that a caller chooses, the numbers of a plane, and a database that is away."""

import urllib.request
from collections.abc import Mapping

import psycopg
import pytest
import structlog
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest

from ananta import metrics
from ananta.embedded import processes
from ananta.settings import Plane
from tests.conftest import PASSWORDS


def count(slug: str) -> float:
    return REGISTRY.get_sample_value("ananta_http_refusals_total", {"slug": slug}) or 0.0


@pytest.mark.parametrize("slug", ["x" * 51, "Key (email)=(a@b.example)", "UPPER", "", None, 7])
def test_what_is_no_slug_is_no_label(slug: object) -> None:
    before = count("other")
    metrics.refused(slug)
    assert count("other") == before + 1
    assert f'slug="{slug}"' not in generate_latest().decode()


def test_a_slug_is_counted() -> None:
    before = count("not_found")
    metrics.refused("not_found")
    assert count("not_found") == before + 1


@pytest.mark.parametrize("plane", list(Plane))
def test_a_plane_is_asked_as_its_edge(cluster: str, plane: Plane) -> None:
    database = {Plane.CONTROL: "arc_saas", Plane.APP: "supabase"}[plane]
    role = f"{plane}_edge"
    url = psycopg.conninfo.make_conninfo(cluster, dbname=database, user=role, password=PASSWORDS[role])
    registry = CollectorRegistry()
    registry.register(metrics.PlaneCollector(plane, url))
    assert registry.get_sample_value("ananta_database_up", {"plane": plane}) == 1
    assert registry.get_sample_value("ananta_queue_length", {"plane": plane, "queue": "webhooks"}) is not None
    assert (registry.get_sample_value("ananta_database_connections", {"plane": plane, "role": role}) or 0) >= 1


def test_a_database_that_is_away_is_told_of() -> None:
    registry = CollectorRegistry()
    url = f"postgresql://nobody:secret@127.0.0.1:{processes.free_port()}/none"
    registry.register(metrics.PlaneCollector(Plane.APP, url))
    assert registry.get_sample_value("ananta_database_up", {"plane": "app"}) == 0


class FewConnections:
    def get_stats(self) -> Mapping[str, int]:
        return {"pool_size": 5, "pool_available": 2, "requests_waiting": 3}


def test_pools_of_one_login_are_added_up() -> None:
    pools = metrics.PoolCollector()
    registry = CollectorRegistry()
    registry.register(pools)

    def shown(state: str) -> float | None:
        return registry.get_sample_value("ananta_pool_connections", {"role": "r", "state": state})

    with pools.watching("r", FewConnections()), pools.watching("r", FewConnections()):
        assert {state: shown(state) for state in ("idle", "used", "waiting")} == {"idle": 4, "used": 6, "waiting": 6}
    assert shown("used") is None


def test_they_are_served_where_it_is_said() -> None:
    port = processes.free_port()
    (server,) = metrics.serve(f"127.0.0.1:{port}")
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            assert b"ananta_http_requests_in_progress" in answer.read()
        with structlog.testing.capture_logs() as lines:
            assert metrics.serve(f"127.0.0.1:{port}") == []
    finally:
        server.shutdown()
        server.server_close()
    assert [(line["event"], line["address"]) for line in lines] == [("metrics_not_served", f"127.0.0.1:{port}")]
