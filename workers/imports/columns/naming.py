"""Names, specifications and values: which of them is which, where the headers leave it open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workers.imports.columns.headers import HeaderMeaning
from workers.imports.columns.profiles import Profile

if TYPE_CHECKING:
    from workers.imports.columns.choosing import Choice

_OPEN = 0.6  # a header that says so much or less of a field leaves it open
_FEW, _MANY = 0.2, 0.5


def settle_names(choice: Choice, meanings: Sequence[HeaderMeaning], profiles: Sequence[Profile]) -> None:
    """Settles what `Name` and `Specification` hold (\u540d\u79f0, \u89c4\u683c; \u54c1\u540d, \u898f\u683c).

    A specification of nothing but part numbers is the part number where no other column is. A name of mere words
    (`Capacitor`) is the description, and a specification with values beside it the value.
    """
    _take_numbers_out_of_specifications(choice, meanings, profiles)
    values, descriptions = choice.columns.get("value", []), choice.columns.get("description", [])
    names = [i for i in values if _is_open(meanings[i]) and profiles[i].words >= 1 - _FEW and profiles[i].filled]
    if not names or (descriptions and len(values) == len(names) and not _has_values(descriptions, meanings, profiles)):
        return
    taken = [i for i in descriptions if _has_values([i], meanings, profiles)] if len(values) == len(names) else []
    _feed(choice, "value", [*taken, *(i for i in values if i not in names)])
    _feed(choice, "description", [*(i for i in descriptions if i not in taken), *names])


def _take_numbers_out_of_specifications(
    choice: Choice, meanings: Sequence[HeaderMeaning], profiles: Sequence[Profile]
) -> None:
    if "mpn" in choice.columns:
        return
    for name in ("description", "value"):
        for column in choice.columns.get(name, []):
            profile = profiles[column]
            if _is_specification(meanings[column]) and profile.are_clear_numbers and profile.measures <= _FEW:
                _feed(choice, name, [i for i in choice.columns[name] if i != column])
                choice.give("mpn", column)
                return


def _has_values(columns: list[int], meanings: Sequence[HeaderMeaning], profiles: Sequence[Profile]) -> bool:
    return any(_is_specification(meanings[i]) and profiles[i].measures >= _MANY for i in columns)


def _is_open(meaning: HeaderMeaning) -> bool:
    """A name: value or description as likely."""
    scores = dict(meaning.candidates)
    return 0 < scores.get("value", 0) <= _OPEN and scores.get("description", 0) >= 0.9 * scores["value"]


def _is_specification(meaning: HeaderMeaning) -> bool:
    """Description or value, neither for sure, and nothing else."""
    scores = dict(meaning.candidates)
    return scores.keys() == {"value", "description"} and scores["value"] < scores["description"] < _MANY


def _feed(choice: Choice, name: str, columns: list[int]) -> None:
    if columns:
        choice.columns[name] = columns
    else:
        choice.columns.pop(name, None)
