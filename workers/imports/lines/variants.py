"""Variants: a column each that says which lines are fitted, or how many, in one version of the product."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from workers.imports import cells
from workers.imports.columns.layout import Layout
from workers.imports.lines import dnp
from workers.imports.lines.quantities import parse_quantity
from workers.imports.lines.rows import Row


@dataclass(frozen=True, slots=True)
class Variant:
    """What a variant's column says about each row: fitted or not, and how many where it counts."""

    name: str
    is_fitted: list[bool]
    quantities: list[Decimal | None]
    counts: bool

    def of(self, index: int) -> dict[str, Any]:
        """The variant of one row, as the model has it."""
        quantity = self.quantities[index]
        return {"is_fitted": self.is_fitted[index], "quantity": None if quantity is None else format(quantity, "f")}


def read_variants(rows: list[Row], layout: Layout) -> list[Variant]:
    """All variants. A column that marks nothing leaves everything fitted."""
    columns = [[_said(cells.clean(row.cell(column.index))) for row in rows] for column in layout.variants]
    is_comma = layout.is_comma_decimal
    numbers = [[parse_quantity(text, is_comma_decimal=is_comma).amount for text in texts] for texts in columns]
    counts = _are_counts(rows, numbers, has_quantity="quantity" in layout.single)
    return [
        _variant(column.name, texts, amounts, counts=counts)
        for column, texts, amounts in zip(layout.variants, columns, numbers, strict=True)
    ]


def _variant(name: str, texts: list[str], numbers: list[Decimal | None], *, counts: bool) -> Variant:
    blank = _blank_is_fitted(texts, numbers)
    fitted = [_is_fitted(text, number) if text else blank for text, number in zip(texts, numbers, strict=True)]
    return Variant(name, fitted, numbers if counts else [None] * len(numbers), counts)


def _said(text: str) -> str:
    """The text of a mark; nothing for a dash or `n/a`."""
    is_mark = dnp.is_plain_yes(text) or (dnp.is_plain_no(text) and not cells.is_placeholder(text))
    return text if is_mark else cells.understood(text) or ""


def _is_fitted(text: str, number: Decimal | None) -> bool:
    return number > 0 if number is not None else not dnp.is_plain_no(text)


def _are_counts(rows: list[Row], variants: list[list[Decimal | None]], *, has_quantity: bool) -> bool:
    """Whether the numbers are quantities: more than ones and zeros, or ones where no more than one is placed."""
    known = [
        (row, number) for numbers in variants for row, number in zip(rows, numbers, strict=True) if number is not None
    ]
    if any(number not in (0, 1) for _, number in known):
        return True
    return bool(known) and not has_quantity and all(len(row.references.names) < 2 for row, number in known if number)


def _blank_is_fitted(texts: list[str], numbers: list[Decimal | None]) -> bool:
    """A blank says fitted where the others say not fitted, and not fitted where the others are marks or numbers."""
    if any(number is not None for number in numbers):
        return False
    said = [text for text in texts if text]
    return not said or any(dnp.is_plain_no(text) and any(c.isalpha() for c in text) for text in said)
