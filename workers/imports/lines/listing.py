"""The list as a whole: parts listed twice, a sum at its foot, and what there is to say about the file."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from workers.imports.columns.layout import Layout
from workers.imports.lines.rows import Row
from workers.imports.model import LineWarning

_LEAST_SUMMED = 5


def without_second_listing(segments: list[list[Row]]) -> tuple[list[Row], list[Row]]:
    """Some tools list the parts twice, singly and collated: of two tables with the same references one is kept."""
    kept: list[list[Row]] = []
    dropped: list[Row] = []
    for segment in segments:
        twin = next((i for i, other in enumerate(kept) if _lists_the_same(other, segment)), None)
        if twin is None:
            kept.append(segment)
        elif len(segment) < len(kept[twin]):
            dropped += kept[twin]
            kept[twin] = segment
        else:
            dropped += segment
    return (kept[0] if len(kept) == 1 else [row for segment in kept for row in segment]), dropped


def _lists_the_same(one: list[Row], other: list[Row]) -> bool:
    first = {name for row in one for name in row.references.names}
    second = {name for row in other for name in row.references.names}
    return len(first & second) > 0.8 * max(len(first), len(second), 1)


def is_sum_row(row: Row, above: list[Row]) -> bool:
    """A last row that names no part and whose quantity is the sum of all those above it."""
    if row.quantity.amount is None or row.references.names or row.parts or row.offer.sku or row.item:
        return False
    if row.internal_number or len(above) < _LEAST_SUMMED or not all(r.item or r.references.names for r in above):
        return False
    amounts = [r.quantity.amount for r in above if r.quantity.amount is not None]
    fitted = [r.quantity.amount for r in above if r.quantity.amount is not None and not r.is_dnp]
    return row.quantity.amount in (sum(amounts, Decimal(0)), sum(fitted, Decimal(0)))


def file_warnings(
    rows: list[Row], dropped: list[Row], left_out: list[int], layout: Layout, *, is_counted: bool, is_flat: bool
) -> Iterator[LineWarning]:
    """What concerns no single line."""
    if dropped:
        numbers = spans(sorted(row.number for row in dropped))
        yield LineWarning("listed_twice", f"Rows {numbers} list the same parts again and were left out.")
    if left_out:
        yield LineWarning("rows_left_out", f"Rows {spans(left_out)} are titles, totals or notes and were left out.")
    if not is_counted:
        yield LineWarning("no_quantity", "The file has no quantity column; lines without references have no quantity.")
    level = layout.single.get("level")
    if is_flat and level is not None and len({row.cell(level).strip() for row in rows}) > 1:
        text = "does not read as levels; all lines were taken as one level"
        yield LineWarning("levels_ignored", f"The column {layout.names[level]!r} {text}.", layout.names[level], "level")


def spans(numbers: list[int], limit: int = 20) -> str:
    """Ascending numbers as people write them: `3, 7-9`."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    texts = [str(a) if a == b else f"{a}-{b}" for a, b in parts[:limit]]
    return ", ".join(texts) + (" …" if len(parts) > limit else "")
