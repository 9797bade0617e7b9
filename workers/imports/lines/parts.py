"""Whose part a row names: part numbers with their makers, second sources beside them, order numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from workers.imports import cells
from workers.imports.columns.headers import distributor_name
from workers.imports.columns.layout import Layout, PartColumn
from workers.imports.lines.not_numbers import is_no_part_number
from workers.imports.model import Alternate

MAX_ALTERNATES = 20

_MAKER_SLASH_NUMBER = re.compile(r"^([^\W\d][^/\d]{1,40}?)\s+/\s+([^/]+)$")
_MAKER_AND_NUMBER = re.compile(r"^((?:[^\W\d]|\?)[^\d,;]*?)\s+(\S*\d\S*(?: [A-Z]{1,3})?)$")
_OR = r"\s+(?:or|oder|ou|oppure|o|или|或)\s+"
_COMBINED = re.compile(rf",\s+(?!(?:inc|ltd|co|llc|corp|gmbh)\b)(?=\S{{2,}}\s)|\s*[;|\n]\s*|{_OR}", re.I)
_CLEAR = re.compile(rf"{_OR}|\s*(?<!\\)[;|\n]\s*|或", re.I)
_SLASH = re.compile(r"\s+/\s+")
_COMMA = re.compile(r"(?<!\\),\s+")
_SAME_OR = re.compile(r"\s+\((?:or|oder|ou|o|alt|alternate|alternative)\b[.:]?\s*([^()]*)\)\s*$", re.I)
_EQUIVALENT = re.compile(
    rf"(?:{_OR}|\s*/\s*)(?:an?\s+)?(?:equiv\w*|similar|compatible|same|like|gleichwertig\w*|ähnlich\w*|vergleichbar\w*|équivalent\w*"
    r"|similaire\w*|equivalent\w*|similare\w*|simile|аналог\w*)\b[^,;|\n]{0,40}$",
    re.I,
)
_MAY_HOLD_SEVERAL = re.compile(r"[\s,;|/或]")
_TIGHT = re.compile(r"(?<!\\)[,/]")
_PLAIN = re.compile(r"[A-Z0-9-]*\d[A-Z0-9-]*$")
_LEAST_TIGHT = 6  # what follows a comma or a slash in a number (`,118`, `/NOPB`, `/S530-A3`) is shorter or unlike it
_LEAST_ALIKE = 3


class Part(NamedTuple):
    """A part number and its maker; `problem` is what a spreadsheet did to the number."""

    number: str
    maker: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class PartReader:
    """Reads the parts of rows by the layout; the columns are looked up once."""

    columns: tuple[PartColumn, ...]
    maker: int | None
    is_combined: bool

    @classmethod
    def of(cls, layout: Layout) -> PartReader:
        """The reader for a layout; one made by hand may name no more than `single`."""
        single = layout.single
        only = (PartColumn(single["mpn"], single.get("manufacturer")),) if "mpn" in single else ()
        return cls(layout.parts or only, single.get("manufacturer"), layout.is_combined)

    def read(self, written: list[str]) -> Sequence[Part]:
        """All different parts of a row, the line's own first."""
        found: list[Part] = []
        for column in self.columns:
            text = written[column.index] if column.index < len(written) else ""
            if not text:
                continue
            maker = self.maker if column.manufacturer_index is None and not found else column.manufacturer_index
            makers = written[maker] if maker is not None and maker < len(written) else ""
            found = [*found, *self._parts(text, makers)] if found else self._parts(text, makers)
        return found if len(found) < 2 else list(dict.fromkeys(found))[: MAX_ALTERNATES + 1]

    def maker_alone(self, written: list[str]) -> str | None:
        """The maker of a row without a part number."""
        return (
            cells.understood_often(written[self.maker])
            if self.maker is not None and self.maker < len(written)
            else None
        )

    def _parts(self, text: str, makers: str) -> list[Part]:
        if self.is_combined:
            return _combined(cells.clean_lines(text))
        if not _MAY_HOLD_SEVERAL.search(text):
            number = _part_number(text)
            return [_repaired(number, cells.understood_often(makers))] if number else []
        numbers = alternatives(cells.clean_lines(text))
        if len(numbers) < 2:
            return [_repaired(number, cells.understood(makers)) for number in numbers]
        makers = cells.clean_lines(makers)
        named = [cells.understood(maker) for maker in _CLEAR.split(makers)]
        if len(named) != len(numbers):
            named = [cells.understood(maker) for maker in re.split(r"\s*[/,;|\n]\s*", makers)]
        if len(named) != len(numbers):
            named = [cells.understood(makers), *([None] * (len(numbers) - 1))]
        return [_repaired(number, maker) for number, maker in zip(numbers, named, strict=True)]


def alternatives(text: str) -> list[str]:
    """The part numbers of one cell: several only where each of them looks like one."""
    for separator, least in ((_CLEAR, 4), (_SLASH, 5), (_COMMA, 6)):
        parts = [number for piece in separator.split(text) if (number := _part_number(piece))]
        if len(parts) > 1 and all(_is_number(part, least) for part in parts):
            return parts
    if parts := _tight(text):
        return parts
    number = _part_number(text)
    if number is None:
        return []
    other = _SAME_OR.search(number)
    if not other:
        return [number]
    own = number[: other.start()]
    return [own, other[1]] if _is_number(other[1], 6) and " " not in other[1] else [own]


def _tight(text: str) -> list[str]:
    """`LM358DR,LM2904DR`, `LM358DR/LM358AD`: numbers without a space between; at a slash they begin alike."""
    if " " in text or "(" in text or not _TIGHT.search(text):
        return []
    parts = _TIGHT.split(text)
    if not all(_is_number(part, _LEAST_TIGHT) and any(c.isdecimal() for c in part) for part in parts):
        return []
    are_alike = all(part[:_LEAST_ALIKE].upper() == parts[0][:_LEAST_ALIKE].upper() for part in parts)
    return parts if are_alike or "/" not in text else []


def _part_number(text: str) -> str | None:
    """The number in a cell, None for a placeholder or a remark."""
    number = cells.part_number(text)
    if number is None or _PLAIN.match(number):
        return number
    if is_no_part_number(number):
        return None
    return _EQUIVALENT.sub("", number)


def _is_number(text: str, least: int) -> bool:
    """Whether a piece is a part number of its own: the weaker the sign between, the longer it must be."""
    is_long = len(text) >= least and (least < 5 or any(c.isalpha() for c in text))
    return is_long and cells.is_part_number_like(text)


def _combined(text: str) -> list[Part]:
    """`YAGEO CC0402KRX7R7BB104, Murata GRM155R71C104KA88D`: maker and number, one after the other."""
    number = _part_number(text)
    if number is None:
        return []
    first, *others = (piece.strip() for piece in _COMBINED.split(_SAME_OR.sub("", text)))
    match = _MAKER_SLASH_NUMBER.match(cells.clean(first)) or _MAKER_AND_NUMBER.match(cells.clean(first))
    if not match:
        return [_repaired(number, None)]
    matches = (match, *(_MAKER_AND_NUMBER.match(cells.clean(other)) for other in others))
    return [_repaired(each[2][: cells.SHORT_TEXT], cells.understood(each[1])) for each in matches if each]


def _repaired(number: str, maker: str | None) -> Part:
    repaired, problem = cells.repaired_number(number)
    return Part(repaired, maker, problem)


class Offer(NamedTuple):
    """An order number and whose it is."""

    supplier: str | None = None
    sku: str | None = None
    problem: str | None = None


NO_OFFER = Offer()


def read_offer(written: list[str], layout: Layout) -> Offer:
    """The first order number of a row, else its supplier alone."""
    for column in layout.skus:
        text = written[column.index] if column.index < len(written) else ""
        if not text or (sku := cells.order_number(text)) is None:
            continue
        sku, problem = cells.repaired_number(sku)
        if column.supplier:
            return Offer(column.supplier, sku, problem)
        if column.supplier_column is not None:
            return Offer(_supplier(written, column.supplier_column), sku, problem)
        named = _supplier(written, layout.single.get("supplier"))
        return Offer(named or ("Digi-Key" if sku.endswith("-ND") else None), sku, problem)
    supplier = layout.single.get("supplier")
    return NO_OFFER if supplier is None else Offer(_supplier(written, supplier))


def _supplier(written: list[str], index: int | None) -> str | None:
    if index is None or index >= len(written):
        return None
    return _supplier_named(written[index])


@lru_cache(maxsize=4096)
def _supplier_named(cell: str) -> str | None:
    text = cells.understood(cell)
    if text is None or cells.is_url(text):
        return None
    return distributor_name(text) or text


def as_alternate(row_number: int, part: Part | None, offer: Offer = NO_OFFER) -> Alternate:
    """A second source as the model has it."""
    number, maker = (part.number, part.maker) if part else (None, None)
    return Alternate(row_number, number, maker, offer.supplier, offer.sku)
