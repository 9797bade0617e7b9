"""docs/OBSERVABILITY.md and the metrics: neither has one that the other lacks, nor other labels."""

import re
from collections.abc import Iterator
from typing import Any

from prometheus_client import REGISTRY
from prometheus_client.metrics_core import Metric

from ananta import metrics
from ananta.settings import ROOT, Plane

PAGE = (ROOT / "docs" / "OBSERVABILITY.md").read_text(encoding="utf-8")
NUMBERS = {
    "queues": {"q": {"length": 1, "oldest_age_seconds": 1, "dead_letters": 1}},
    "connections": {"r": 1},
    **dict.fromkeys(("max_connections", "size_bytes", "oldest_xmin_age", "commits", "rollbacks", "deadlocks"), 1),
}


class Answering(metrics.PlaneCollector):
    """A plane that always answers."""

    def _ask(self) -> dict[str, Any]:
        return NUMBERS


def known() -> Iterator[tuple[str, set[str]]]:
    """Each metric with its labels."""
    for name, metric in vars(metrics).items():
        if name.isupper() and hasattr(metric, "_labelnames"):
            suffix = "_total" if metric._type == "counter" else ""
            yield metric._name + suffix, set(metric._labelnames)
    yield "ananta_pool_connections", {"role", "state"}
    families: list[Metric] = list(Answering(Plane.APP, "").collect())
    for family in families:
        suffix = "_total" if family.type == "counter" else ""
        yield family.name + suffix, set(family.samples[0].labels)


def test_every_metric_is_on_the_page_with_its_labels() -> None:
    rows = re.findall(r"^\| `(ananta_\w+)` \| ([^|]*) \|", PAGE, re.M)
    told = {name: set(labels.split(", ")) - {"-"} for name, labels in rows}
    found = dict(known())
    assert {name: labels for name, labels in found.items() if name in told} == told
    assert {name for name in found if f"`{name}`" not in PAGE} == set()


def test_the_registry_has_no_other() -> None:
    registered = {family.name for family in REGISTRY.collect() if family.name.startswith("ananta_")}
    assert registered <= {name.removesuffix("_total") for name, _ in known()}


def test_the_page_names_no_unknown_metric() -> None:
    named = set(re.findall(r"`(ananta_(?!_)\w+)", PAGE))
    assert named <= {name for name, _ in known()}


def test_prometheus_scrapes_what_compose_serves() -> None:
    text = (ROOT / "deploy" / "prometheus.yml").read_text(encoding="utf-8")
    targets = set(re.findall(r"([a-z-]+):9464", text))
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    services = re.split(r"^  (?=[a-z-]+:\n)", compose, flags=re.M)
    serving = {service.partition(":")[0] for service in services if "ANANTA_METRICS_LISTEN: 0.0.0.0:9464" in service}
    assert targets == serving
