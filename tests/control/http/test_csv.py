"""Every table as CSV: the same values as in JSON, and no cell that a spreadsheet takes for a formula."""

from collections.abc import Iterator

import pytest

from ananta.settings import Plane
from tests.support import csv_answers
from tests.support.exposure import rules
from tests.support.tallies import tally
from tests.support.world import World

RULES = rules(Plane.CONTROL)
READABLE = [name for name, rule in RULES.tables.items() if "select" in {*rule.least, *rule.operator}]


@pytest.fixture(scope="module")
def sown(world: World) -> Iterator[dict[str, int]]:
    with csv_answers.sown(world, Plane.CONTROL) as count:
        tally(f"{sum(count.values())} columns of {len(count)} tables of the control plane hold formulas")
        yield count


@pytest.mark.parametrize("table", READABLE)
def test_no_table_gives_formulas(world: World, sown: dict[str, int], table: str) -> None:
    assert csv_answers.query_faults(world, Plane.CONTROL, RULES, table) == []


def test_formulas_stand_in_most_tables(sown: dict[str, int]) -> None:
    assert sum(1 for count in sown.values() if count) >= len(sown) / 2
