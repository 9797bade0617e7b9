"""A column of counts that its header calls no more than `Number`."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from workers.imports.columns.headers import HeaderMeaning
from workers.imports.columns.profiles import Profile
from workers.imports.lines.quantities import parse_quantity

if TYPE_CHECKING:
    from workers.imports.columns.choosing import Choice

_PLAIN_NUMBER = 0.5  # what the rules give for a number of nothing in particular
_LEAST_CELLS = 4
_MOST_DISTINCT = 0.8  # of the cells: line numbers do not repeat


def settle_quantity(choice: Choice, meanings: Sequence[HeaderMeaning], profiles: Sequence[Profile]) -> None:
    """`Number`, `No.` or `Nr` holds the quantity where no column is named so and its numbers count nothing up."""
    if choice.columns.keys() & {"quantity", "variant", "references", "level"}:
        return
    for column in choice.columns.get("item", []):
        if meanings[column].best == ("item", _PLAIN_NUMBER) and _are_counts(profiles[column]):
            del choice.columns["item"]
            choice.give("quantity", column)
            return


def _are_counts(profile: Profile) -> bool:
    """Amounts in no order, some of them more than once; sub-items such as `1.1` are none."""
    amounts = [parse_quantity(cell).amount for cell in profile.cells]
    counted = [amount for amount in amounts if amount is not None]
    if len(counted) < _LEAST_CELLS or len(counted) < len(amounts) or profile.filled < 0.8 * len(profile.written):
        return False
    steps = [b - a for a, b in itertools.pairwise(counted)]
    is_counting_up = min(steps) >= 0 or 2 * steps.count(Decimal(1)) > len(steps)
    return not is_counting_up and len(set(counted)) <= _MOST_DISTINCT * len(counted) and min(counted) > 0
