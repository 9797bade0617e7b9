"""Faults in the control plane's policies and grants are noticed, whichever they are."""

from ananta.settings import Plane
from tests.support.exposure import Db
from tests.support.extent import Extent
from tests.support.mutants import run_mutants
from tests.support.policy_probes import PolicyProbes
from tests.support.tallies import tally


def test_nothing_fails_without_a_mutant(control_db: Db) -> None:
    probes = PolicyProbes(Plane.CONTROL, control_db)
    assert probes.failures() == []
    tally(f"control plane in the database: {probes.probe_count} probes, 0 failures")


def test_mutants_are_noticed(control_db: Db, extent: Extent) -> None:
    report = run_mutants(Plane.CONTROL, control_db, seed=extent.seed, limit=extent.limit(9))
    tally(*report.lines())
    assert report.killed_share >= 0.95, "\n".join(report.survivors)
    assert report.seen_share >= 0.95
