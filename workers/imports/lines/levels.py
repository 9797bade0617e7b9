# ruff: noqa: RUF001
"""Multi-level BOMs: how deep each line lies, in which assembly, and how many the whole product needs of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from workers.imports.cells import clean, halfwidth
from workers.imports.columns.layout import Layout
from workers.imports.lines.quantities import MAX_QUANTITY
from workers.imports.lines.rows import Row

MAX_LEVEL = 50
_PLACES = Decimal("0.000000000001")

_WORD = r"(?:l|lvl|lv|level|ebene|stufe|niveau|nivel|livello|ур\.?|уровень|层|級|第|階層|レベル)?"
_NUMBERED = re.compile(rf"^[\s.\-+*>_]*{_WORD}[\s.:]*(\d{{1,4}})(?:[.,]0)?\.?\s*(?:层|级|級|階層)?$", re.I)
_OUTLINE = re.compile(r"^\d{1,5}(?:[.]\d{1,4})*\.?$")
_SIGNS = re.compile(r"^([.+*>\-•#|])\1*$")
_INDENT = re.compile(r"^(?:[\s│├└┌─┬|`]|-(?=[\s-])|\+(?=[\s+-]))+")
_LEADING_SIGNS = re.compile(r"^([.+>*•])\1*\s?(?=\w)")
_TAB_WIDTH = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands: its level (0 at the top), the index of the line above it, whether others lie under it."""

    level: int = 0
    parent: int | None = None
    is_assembly: bool = False
    is_jump: bool = False


@dataclass(frozen=True, slots=True)
class Structure:
    """The places of all lines; `column` is the column whose texts are indented, if that is where they come from."""

    places: list[Place]
    column: int | None = None


def read_structure(rows: list[Row], layout: Layout) -> Structure | None:
    """The structure of a multi-level BOM, by level column, outline numbers or indentation; None for a flat one."""
    if len(rows) < 2:
        return None
    if (column := layout.single.get("level")) is not None:
        depths = depths_in_column([row.cell(column) for row in rows])
        return Structure(arrange(depths)) if depths and _is_plausible(depths) else None
    if (depths := _outline([row.item for row in rows])) and _has_no_placed_parents(rows, arrange(depths)):
        return Structure(arrange(depths))
    for column in _text_columns(layout):
        depths = indentation([row.cell(column) for row in rows])
        if depths and _has_no_placed_parents(rows, arrange(depths)):
            return Structure(arrange(depths), column)
    return None


def depths_in_column(cells: Sequence[str]) -> list[int] | None:
    """The level column: numbers, `..2`, `Level 1`, `+`/`++`, outline numbers; None where it says no levels."""
    texts = [halfwidth(clean(cell)) for cell in cells]
    if any(_is_outline(text) for text in texts) and all(not t or _OUTLINE.match(t) for t in texts):
        found = [_without_zero(text.rstrip(".")).count(".") if text else None for text in texts]
    elif any(_SIGNS.match(text) for text in texts) and all(not t or _SIGNS.match(t) or t == "0" for t in texts):
        found = [0 if text == "0" else len(text) for text in texts]
    else:
        found = [int(match[1]) if (match := _NUMBERED.match(text)) else None for text in texts]
    known = [depth for depth in found if depth is not None]
    if len(known) * 2 < len(found) or len(set(known)) < 2:
        return None
    depths, last = [], min(known)
    for depth in found:
        last = last if depth is None else depth
        depths.append(min(last - min(known), MAX_LEVEL))
    return depths


def arrange(depths: Sequence[int]) -> list[Place]:
    """Each line belongs to the nearest line before it that lies less deep."""
    parents: list[int | None] = []
    stack: list[int] = []
    for index, depth in enumerate(depths):
        while stack and depths[stack[-1]] >= depth:
            stack.pop()
        parents.append(stack[-1] if stack else None)
        stack.append(index)
    assemblies = set(parents)
    return [
        Place(depth, parent, index in assemblies, depth > (depths[parent] + 1 if parent is not None else 0))
        for index, (depth, parent) in enumerate(zip(depths, parents, strict=True))
    ]


def multiply(quantities: Sequence[Decimal | None], places: Sequence[Place]) -> list[Decimal | None]:
    """Quantities in the whole product: times those of all assemblies above. None where missing or beyond all sense."""
    factors: list[Decimal] = []
    totals: list[Decimal | None] = []
    for quantity, place in zip(quantities, places, strict=True):
        above = factors[place.parent] if place.parent is not None else Decimal(1)
        total = None if quantity is None else _bounded(above * quantity)
        totals.append(total if total is not None and total <= MAX_QUANTITY else None)
        factors.append(above if quantity is None else min(above * quantity, MAX_QUANTITY * 10))
    return totals


def without_indent(text: str) -> str:
    """The text of a cell behind its spaces, dots or branches."""
    return _LEADING_SIGNS.sub("", _INDENT.sub("", text))


def _bounded(number: Decimal) -> Decimal:
    if number > MAX_QUANTITY:
        return number
    number = number.quantize(_PLACES, rounding=ROUND_HALF_EVEN)
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def _is_plausible(depths: list[int]) -> bool:
    """A level column may jump now and then; one that jumps everywhere holds something else."""
    jumps = sum(1 for place in arrange(depths) if place.is_jump)
    return jumps <= max(2, len(depths) // 10)


def _is_outline(text: str) -> bool:
    """`1.2`, but not `1.0`, the number 1 as a spreadsheet writes it."""
    return bool(_OUTLINE.match(text)) and "." in text.rstrip(".") and not text.endswith(".0")


def _without_zero(text: str) -> str:
    """`1.0` above 1.1 and 1.2, and wherever a spreadsheet took it for a measure, is 1."""
    return text.removesuffix(".0")


def _outline(items: list[str]) -> list[int] | None:
    """Item numbers such as 1, 1.1, 1.2, 2: each part of a number stands as a line before it, and they ascend."""
    if not any("." in item.rstrip(".") for item in items) or not all(_OUTLINE.match(item) for item in items):
        return None
    numbers: list[tuple[int, ...]] = []
    seen: set[tuple[int, ...]] = set()
    for item in items:
        number = tuple(int(part) for part in _without_zero(item.rstrip(".")).split("."))
        if numbers and number <= numbers[-1]:
            number = _with_lost_zero(number, numbers[-1])
        if (numbers and number <= numbers[-1]) or (len(number) > 1 and number[:-1] not in seen):
            return None
        numbers.append(number)
        seen.add(number)
    return [min(len(number) - 1, MAX_LEVEL) for number in numbers]


def _with_lost_zero(number: tuple[int, ...], before: tuple[int, ...]) -> tuple[int, ...]:
    """`1.1` after `1.9` is 1.10, which a spreadsheet took for a number."""
    longer = (*number[:-1], number[-1] * 10)
    return (
        longer
        if before[: len(longer)][-1:] == (longer[-1] - 1,) and before[: len(number) - 1] == number[:-1]
        else number
    )


def _text_columns(layout: Layout) -> list[int]:
    """The columns whose texts people indent, the likeliest first."""
    single, several = layout.single, layout.several
    columns = [single.get("internal_number"), *(part.index for part in layout.parts), single.get("mpn")]
    columns += [*several.get("description", ()), *several.get("value", ()), single.get("item")]
    return list(dict.fromkeys(column for column in columns if column is not None))


def indentation(cells: Sequence[str]) -> list[int] | None:
    """Depths from the spaces, dots or branches before the texts, where they are regular; else None."""
    if all(cell[:1].isalnum() or not cell for cell in cells):
        return None
    widths = [_width(cell) for cell in cells]
    known = [width for width in widths if width is not None]
    if len(known) * 10 < len(widths) * 8 or known[:1] != [min(known, default=0)] or len(set(known)) < 2:
        return None
    base = known[0]
    offsets = [0 if width is None else width - base for width in widths]
    unit = min(offset for offset in offsets if offset)
    has_signs = any(_LEADING_SIGNS.match(cell) for cell in cells)
    if any(offset % unit for offset in offsets) or (unit < 2 and not has_signs) or _is_alignment(cells):
        return None
    depths: list[int] = []
    for offset, width in zip(offsets, widths, strict=True):
        depth = offset // unit if width is not None else (depths[-1] if depths else 0)
        if depths and depth > depths[-1] + 1:
            return None
        depths.append(min(depth, MAX_LEVEL))
    return depths if _is_tree(depths, least_depth=2 if has_signs else 1) else None


def _is_tree(depths: list[int], *, least_depth: int) -> bool:
    """A mark or a space before a text here and there is no structure: assemblies have several parts."""
    parents = {place.parent for place in arrange(depths) if place.parent is not None}
    children = sum(1 for depth in depths if depth)
    return max(depths) >= least_depth and 2 * children >= 3 * len(parents)


def _width(cell: str) -> int | None:
    """How far the text is moved in; None for an empty cell."""
    if not cell or cell.isspace():
        return None
    cell = cell.replace("\u3000", "  ").expandtabs(_TAB_WIDTH)
    spaces = _INDENT.match(cell)
    signs = _LEADING_SIGNS.match(cell[spaces.end() :] if spaces else cell)
    return (spaces.end() if spaces else 0) + (len(signs[0].rstrip()) if signs else 0)


def _is_alignment(cells: Sequence[str]) -> bool:
    """Texts of one width each are set flush right, which is no indentation."""
    return len({len(cell.rstrip()) for cell in cells if cell.strip()}) == 1


def _has_no_placed_parents(rows: list[Row], places: list[Place]) -> bool:
    """An assembly has no references such as R1, R2: those are parts, whatever stands before their texts."""
    return not any(place.is_assembly and row.references.is_certain for row, place in zip(rows, places, strict=True))
