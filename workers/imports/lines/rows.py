"""One row of the table: its cells understood by the layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workers.imports import cells
from workers.imports.columns.layout import Layout
from workers.imports.lines.fitting import FitReader
from workers.imports.lines.named_parts import number_in_name
from workers.imports.lines.parts import NO_OFFER, Offer, Part, PartReader, as_alternate, read_offer
from workers.imports.lines.quantities import NO_QUANTITY, Quantity, parse_quantity
from workers.imports.lines.references import NO_REFERENCES, References, parse_references
from workers.imports.model import Alternate

MAX_OTHERS = 200


@dataclass(slots=True)
class Row:
    """The understood cells of a row: `written` as they stand in the file, `cells` as they are read.

    `is_plain`: no cell is long or holds anything that cannot be seen.
    """

    number: int
    written: list[str]
    cells: list[str]
    is_plain: bool = True
    filled: int = 0
    first: str = ""
    references: References = NO_REFERENCES
    quantity: Quantity = NO_QUANTITY
    quantity_text: str = ""
    parts: Sequence[Part] = ()
    offer: Offer = NO_OFFER
    manufacturer: str | None = None
    internal_number: str | None = None
    internal_problem: str | None = None
    value: str | None = None
    package: str | None = None
    description: str | None = None
    item: str = ""
    has_item: bool = False
    is_dnp: bool = False
    not_fitted: tuple[str, ...] = ()
    others: list[Alternate] | None = None
    segment: int = 0

    @property
    def mpn(self) -> str | None:
        """The line's own part number."""
        return self.parts[0].number if self.parts else None

    @property
    def supplier_sku(self) -> str | None:
        """The order number."""
        return self.offer.sku

    def cell(self, index: int | None) -> str:
        """The cell as written; empty where the row is shorter."""
        return self.cells[index] if index is not None and index < len(self.cells) else ""

    def as_alternates(self) -> list[Alternate]:
        """The parts of this row as second sources of another line."""
        first = as_alternate(self.number, self.parts[0] if self.parts else None, self.offer)
        if not self.parts and self.manufacturer:
            first = Alternate(self.number, None, self.manufacturer, first.supplier, first.supplier_sku)
        return [first, *(as_alternate(self.number, part) for part in self.parts[1:]), *(self.others or ())]

    def add(self, other: Row) -> None:
        """Takes a row in as another source of this line; those beyond all use are left out."""
        if self.others is None:
            self.others = []
        if len(self.others) < MAX_OTHERS:
            self.others += other.as_alternates()


class RowReader:
    """Reads rows by a layout, whose columns are looked up once."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.reference_count = 0
        single, several = layout.single, layout.several
        self._quantity, self._references = single.get("quantity", -1), single.get("references", -1)
        self._item = single.get("item", -1)
        self._internal = single.get("internal_number", -1)
        self._parts, self._fit = PartReader.of(layout), FitReader(layout)
        self._has_offers = bool(layout.skus) or "supplier" in single
        self._value, self._package = several.get("value", ()), several.get("package", ())
        self._description = several.get("description", ())

    def read(self, written: list[str], number: int) -> Row:
        """One row, with all that its own cells say."""
        row = Row(number, written, written)
        filled = [text for cell in written if cell and (text := cell.strip())]
        if not filled:
            return row
        row.filled, row.first = len(filled), filled[0]
        text = "\n".join(filled)
        is_short = len(text) <= cells.SHORT_TEXT or max(map(len, filled)) <= cells.SHORT_TEXT
        row.is_plain = is_short and not cells.has_invisible(text)
        if self.layout.substitutes:
            row.cells = written = self.layout.filled_in(written)
        self._read_counts(row, written, len(written))
        self._read_texts(row, written)
        row.parts = self._parts.read(written) or self._named(row)
        row.manufacturer = row.parts[0].maker if row.parts else self._parts.maker_alone(written)
        if self._has_offers:
            row.offer = read_offer(written, self.layout)
        row.is_dnp, row.not_fitted = self._fit.read(written, filled, row.references)
        return row

    def _read_counts(self, row: Row, written: list[str], count: int) -> None:
        if 0 <= self._quantity < count:
            row.quantity_text = written[self._quantity].strip()
            row.quantity = parse_quantity(row.quantity_text, is_comma_decimal=self.layout.is_comma_decimal)
        if 0 <= self._references < count and (text := written[self._references]):
            row.references = parse_references(text)
            if row.references.is_shortened and row.quantity.amount not in (None, len(row.references.names)):
                literal = parse_references(text, has_short_ranges=False)  # `C1-4`, quantity 1: a name
                row.references = literal if len(literal.names) == row.quantity.amount else row.references
            self.reference_count += len(row.references.names)
        if 0 <= self._item < count:
            row.item = item = written[self._item].strip()
            row.has_item = item.isdecimal() or any(c.isdecimal() for c in item[:12])

    def _named(self, row: Row) -> Sequence[Part]:
        """The part that a name names; a title of a group (no references, no quantity) names none."""
        column = self.layout.name_with_number
        if column is None or not (row.references.names or row.quantity.amount is not None):
            return ()
        found = number_in_name(row.cell(column))
        return [Part(*found)] if found else ()

    def _read_texts(self, row: Row, written: list[str]) -> None:
        row.value = _first_text(written, self._value)
        row.package = _first_text(written, self._package)
        for index in self._description:
            if index < len(written) and (text := cells.understood(written[index], cells.LONG_TEXT)):
                row.description = text
                break
        if row.references.is_prose and not row.description:
            row.description = cells.understood(written[self._references], cells.LONG_TEXT)
        if 0 <= self._internal < len(written):
            number = cells.understood(written[self._internal])
            if number:
                row.internal_number, row.internal_problem = cells.repaired_number(number)


def _first_text(written: list[str], columns: tuple[int, ...]) -> str | None:
    for index in columns:
        if index < len(written) and (text := cells.understood_often(written[index])):
            return text
    return None
