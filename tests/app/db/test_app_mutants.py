"""Faults in the app plane's policies and grants are noticed, whichever they are."""

from dataclasses import replace

import pytest

from ananta.settings import Plane
from tests.support import mutants
from tests.support.exposure import Db, TableRule, rules
from tests.support.extent import Extent
from tests.support.mutants import run_mutants
from tests.support.policy_probes import PolicyProbes
from tests.support.tallies import tally


def test_nothing_fails_without_a_mutant(app_db: Db) -> None:
    probes = PolicyProbes(Plane.APP, app_db)
    assert probes.failures() == []
    tally(f"app plane in the database: {probes.probe_count} probes, 0 failures")


def test_mutants_are_noticed(app_db: Db, extent: Extent) -> None:
    report = run_mutants(Plane.APP, app_db, seed=extent.seed, limit=extent.limit(9))
    tally(*report.lines())
    assert report.killed_share >= 0.95, "\n".join(report.survivors)
    assert report.seen_share >= 0.95


def test_views_have_mutants_too(app_db: Db) -> None:
    """A view with its invoker's rights passes; with its owner's, or granted to all, it is noticed."""
    app_db.execute(
        "create view public.planted with (security_invoker = true) as select b.name from public.boms as b;"
        " alter view public.planted owner to ananta_owner; grant select on public.planted to authenticated"
    )
    declared = rules(Plane.APP)
    view = TableRule("planted", "tenant", {"select": "viewer"}, frozenset(), {"insert": [], "update": []})
    declared = replace(declared, tables=declared.tables | {"planted": view})
    report = run_mutants(Plane.APP, app_db, seed=0, declared=declared, only="planted")
    assert (report.survivors, report.by["invoker off"]) == ([], {"probes": 1})
    assert report.by["grant on a table"]["probes"] > 10


def test_probes_can_fail(app_db: Db) -> None:
    probes = PolicyProbes(Plane.APP, app_db)
    app_db.execute("alter policy select_member on public.boms using (true)")
    assert probes.table_failures("boms") == ["stripped: read boms: done, expected nothing"]
    app_db.execute("drop policy all_owner on public.boms")
    assert "platform: read boms: nothing, expected done" in probes.table_failures("boms")


def test_a_mutant_that_nobody_notices_has_survived(app_db: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the lints the unwrapped look-ups of claims survive: a report is no formality."""
    monkeypatch.setattr(mutants, "LINTS", ())
    report = run_mutants(Plane.APP, app_db, seed=0, only="boms")
    assert report.by["unwrapped"] == {"survived": 8}
    assert any(line.startswith("unwrapped: alter policy tenant_isolation") for line in report.survivors)
    assert report.killed_share < 1
