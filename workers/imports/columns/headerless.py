# ruff: noqa: SIM905
"""A parts list without a header: its columns by what stands in them alone, where that is unmistakable."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workers.imports.columns.choosing import Choice
from workers.imports.columns.profiles import SURE_ORDER_NUMBER, Profile
from workers.imports.lines.references import parse_references

_LEAST_ROWS = 3
_LEAST_KINDS = 3
_COUNT_DIGITS = 4
_USUAL_KINDS = frozenset("R C L D Q U IC J X Y F FB SW LED T K TR S".split())
_PLACED = re.compile(r"^-?\d+[.,]\d+(?:mm|mil|in)?$")
_PACKAGE = re.compile(
    r"^(?:(?:[RCLD]_?|LED_?)?(?:0201|0402|0603|0805|1206|1210|1812|2010|2512|1608|2012|3216)\b|SOT|SOIC|TSSOP|QFN|QFP|LQFP|"
    r"TQFP|DIP|DO-?\d|TO-?\d|SMA$|SMB$|SMC$|SOD|BGA|MSOP|SSOP|DFN|PLCC|HC-?49|[\w-]+:[\w.-]+$)",
    re.I,
)
_VALUE = re.compile(
    r"^[<>~]?\d+(?:[.,]\d+)?\s?(?:[pnuµμmkMGRrΩ%]\d*|[pnuµμm]?[FHVAW]|[kM]?Hz|[kM]?(?:Ohm|Ω)s?)(?:\b|$)", re.I
)


def choose_by_content(profiles: Sequence[Profile], rows: Sequence[list[str]]) -> Choice:
    """What the columns of these rows seem to hold; every one of them is a guess."""
    choice = Choice()
    _give_best(choice, "references", [p.references if p.is_unique_references else 0.0 for p in profiles], 0.8)
    orders = [p.share(SURE_ORDER_NUMBER.match) * min(1.0, p.filled / max(len(rows), 1)) for p in profiles]
    _give_best(choice, "supplier_sku", orders, 0.7)
    references = choice.columns.get("references")
    if references:
        counts = [_share_of_counts(rows, references[0], i) if p.numbers > 0.8 else 0.0 for i, p in enumerate(profiles)]
        _give_best(choice, "quantity", counts, 0.9)
    elif "supplier_sku" in choice.columns:
        _give_best(choice, "quantity", [float(_are_counts(p, len(rows))) for p in profiles], 1.0)
    _give_best(choice, "package", [p.share(_PACKAGE.match) for p in profiles], 0.5)
    _give_best(choice, "value", [p.share(_VALUE.match) for p in profiles], 0.4)
    numbers = [p.are_clear_numbers * min(1.0, p.filled / max(len(rows), 1)) for p in profiles]
    least_distinct = 0.0 if references else 0.9  # a list without references has each part once, and names of symbols
    _give_best(
        choice,
        "mpn",
        [n * (p.distinct >= least_distinct * p.filled) for n, p in zip(numbers, profiles, strict=True)],
        0.3,
    )
    _give_best(choice, "description", [p.share(lambda c: c.count(" ") > 1) for p in profiles], 0.5)
    if "value" not in choice.columns:
        _give_best(choice, "value", [p.names for p in profiles], 0.5)
    elif "description" not in choice.columns and not references:
        _give_best(choice, "description", [p.names for p in profiles], 0.5)
    return choice


def is_unmistakable(profiles: Sequence[Profile], choice: Choice, row_count: int) -> bool:
    """Whether nothing but a parts list looks like this: references with counts, part numbers, or values and packages.

    Two columns of measures beside the references are positions on a board, not parts.
    """
    fed = choice.columns
    if "references" not in fed and {"supplier_sku", "quantity"} <= fed.keys():
        return row_count >= _LEAST_ROWS
    if "references" not in fed or profiles[fed["references"][0]].filled < max(_LEAST_ROWS, 0.8 * row_count):
        return False
    if sum(1 for profile in profiles if profile.share(_PLACED.match) > 0.8) > 1:
        return False
    has_numbers = "mpn" in fed and profiles[fed["mpn"][0]].filled >= 0.5 * row_count
    if has_numbers or ("quantity" in fed and fed.keys() & {"value", "package", "description", "mpn"}):
        return True
    if "value" in fed and profiles[fed["value"][0]].filled >= 0.8 * row_count:
        kinds = {cell.split()[0].rstrip(",;0123456789-") for cell in profiles[fed["references"][0]].cells}
        if len(kinds & _USUAL_KINDS) >= _LEAST_KINDS:
            return True
    return {"value", "package"} <= fed.keys() and profiles[fed["value"][0]].share(_VALUE.match) >= 0.4


def _give_best(choice: Choice, name: str, scores: Sequence[float], least: float) -> None:
    """The field to the free column that scores best, if that is enough."""
    taken = choice.taken
    free = [(score, -i) for i, score in enumerate(scores) if i not in taken and score >= least]
    if free:
        choice.give(name, -max(free)[1])


def _are_counts(profile: Profile, row_count: int) -> bool:
    """Small whole numbers in every row, which do not number the rows."""
    amounts = [int(cell) for cell in profile.cells if cell.isdecimal() and len(cell) <= _COUNT_DIGITS]
    return len(amounts) == row_count and min(amounts, default=0) > 0 and len(set(amounts)) < row_count


def _share_of_counts(rows: Sequence[list[str]], references: int, index: int) -> float:
    """The share of rows in which the number is that of the references."""
    pairs = [(row[references], row[index].strip()) for row in rows if len(row) > max(references, index)]
    written = [(parse_references(names), number) for names, number in pairs if names.strip() and number]
    same = sum(1 for found, number in written if number in {str(len(found.names)), f"{len(found.names)}.0"})
    return same / len(written) if written else 0.0
