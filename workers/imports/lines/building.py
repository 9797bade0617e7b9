"""Rows that are lines, made into the lines of the model, with what all of them together tell about each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from workers.imports import cells
from workers.imports.columns.layout import Layout
from workers.imports.lines import dnp
from workers.imports.lines.absent import absent_by_value
from workers.imports.lines.checks import Checks
from workers.imports.lines.decimals import has_decimal_comma
from workers.imports.lines.fitting import unmarked_columns
from workers.imports.lines.levels import Place, multiply, read_structure, without_indent
from workers.imports.lines.prices import NO_PRICE, parse_price
from workers.imports.lines.ranges import storable
from workers.imports.lines.rows import Row
from workers.imports.lines.units import canonical_unit
from workers.imports.lines.variants import Variant, read_variants
from workers.imports.model import LineWarning, ParsedLine

_TOP = Place()
_HAN, _KANA = re.compile("[\u4e00-\u9fff]"), re.compile("[\u3040-\u30ff\uac00-\ud7af]")
_PROBLEMS = {
    "quantity_not_a_number": "the quantity {text!r} is not a number",
    "quantity_as_required": "the quantity is as required ({text!r}); no number was taken",
    "quantity_negative": "the quantity {text!r} is negative",
    "quantity_too_large": "the quantity {text!r} is too large",
}


class LineBuilder:
    """Makes lines of rows. First it looks at all of them: levels, variants, how prices are written."""

    def __init__(self, rows: list[Row], layout: Layout, header_texts: list[str]) -> None:
        self.rows, self.layout = rows, layout
        self.checks = Checks(layout)
        self.structure = read_structure(rows, layout)
        self.variants = read_variants(rows, layout)
        self._mark_unfitted()
        self._quantity_column = layout.single.get("quantity")
        self._price, self._unit = layout.single.get("unit_price"), layout.single.get("unit")
        self._yen = _yen_or_yuan(header_texts)
        self._is_comma = self._price is not None and self._has_comma_prices(self._price)
        self.is_counted = True  # whether each line built so far has a quantity

    def build(self) -> Iterator[ParsedLine]:
        """All lines, in order, numbered from 1; one at a time, since together they would take as much memory again."""
        totals = self._totals()
        for index, row in enumerate(self.rows):
            line = self._line(row, index + 1)
            self.is_counted = self.is_counted and line.quantity is not None
            if self.structure:
                line = self._placed(row, line, self.structure.places[index], totals[index])
            yield replace(line, variants={v.name: v.of(index) for v in self.variants}) if self.variants else line

    def _totals(self) -> list[Decimal | None]:
        """The quantities in the whole product, of a BOM with levels."""
        if not self.structure:
            return []
        return multiply([self._quantity(row, i)[0] for i, row in enumerate(self.rows)], self.structure.places)

    def _mark_unfitted(self) -> None:
        """Values that mean so in this file, lines that no variant has, blanks in a column that marks what is fitted."""
        for index in absent_by_value(self.rows, self.layout):
            self.rows[index].is_dnp = True
        columns = []
        if self.layout.several.get("fitted"):
            columns = unmarked_columns([row.cells for row in self.rows], self.layout)
        if not columns and not self.variants:
            return
        for index, row in enumerate(self.rows):
            if self.variants and not any(variant.is_fitted[index] for variant in self.variants):
                row.is_dnp = True
            if columns and row.references.is_certain and not any(row.cell(i).strip() for i in columns):
                row.is_dnp = True

    def _has_comma_prices(self, column: int) -> bool:
        """As the prices are written; where they do not tell, as the quantities."""
        texts = [row.cell(column) for row in self.rows]
        return has_decimal_comma(texts) or (self.layout.is_comma_decimal and not any("." in text for text in texts))

    def _line(self, row: Row, position: int) -> ParsedLine:
        quantity, warnings = self._quantity(row, position - 1)
        warnings += self.checks.of_cells(row)
        references = storable(row.references.names)
        if len(references) < len(row.references.names):
            text = f"more references than a line can hold; those after the {len(references)}th were left out"
            warnings.append(self.checks.of_field(row, "cell_too_long", text, "references"))
        price, currency = self._priced(row, warnings) if self._price is not None else (None, None)
        return ParsedLine(
            position=position,
            row_number=row.number,
            raw=self._raw(row),
            references=references,
            quantity=quantity,
            total_quantity=quantity,
            mpn=self._text(row.mpn) if row.mpn and not (row.is_dnp and dnp.in_part_number(row.mpn)) else None,
            manufacturer=row.manufacturer,
            supplier=row.offer.supplier,
            supplier_sku=row.offer.sku,
            value=dnp.without_mark(row.value) if row.value and row.is_dnp else row.value,
            package=row.package,
            description=self._text(row.description),
            is_dnp=row.is_dnp,
            warnings=warnings,
            alternates=row.as_alternates()[1:] if row.others or len(row.parts) > 1 else [],
            dnp_references=[] if row.is_dnp else storable(row.not_fitted),
            internal_number=self._text(row.internal_number),
            unit=(canonical_unit(row.cell(self._unit)) if self._unit is not None else None) or row.quantity.unit,
            unit_price=price,
            currency=currency,
        )

    def _placed(self, row: Row, line: ParsedLine, place: Place, total: Decimal | None) -> ParsedLine:
        """The line with its place, and its quantity in the whole product."""
        return replace(
            line,
            level=place.level,
            parent_position=None if place.parent is None else place.parent + 1,
            is_assembly=place.is_assembly,
            total_quantity=total,
            warnings=[*line.warnings, *self._place_warnings(row, place, line.quantity, total)],
        )

    def _text(self, text: str | None) -> str | None:
        """Without the dots or branches that show the level."""
        return without_indent(text) if text and self.structure and self.structure.column is not None else text

    def _raw(self, row: Row) -> dict[str, str]:
        names = self.layout.names
        raw = {name: cell for name, cell in zip(names, row.written, strict=False) if cell and not cell.isspace()}
        for extra in range(len(names), len(row.written)):
            if row.written[extra].strip():
                raw[f"Column {extra + 1}"] = row.written[extra]
        return raw if row.is_plain else {name: cells.storable(cell) for name, cell in raw.items()}

    def _quantity(self, row: Row, index: int) -> tuple[Decimal | None, list[LineWarning]]:
        """The quantity column wins; without it a variant's, or the references count; a warning where they disagree."""
        amount = row.quantity.amount
        if amount is None:
            return self._without_quantity(row, index)
        count = len(row.references.names)
        if amount == 0 and not row.is_dnp:
            return amount, [self.checks.of_field(row, "quantity_zero", "the quantity is 0", "quantity")]
        is_agreed = amount in (count, count - len(row.not_fitted)) or (row.is_dnp and amount == 0)
        if is_agreed or not row.references.is_certain:
            return amount, []
        text = f"quantity {amount}, but {count} reference{'s' if count != 1 else ''}; the quantity counts"
        return amount, [self.checks.of_field(row, "quantity_reference_mismatch", text, "quantity")]

    def _without_quantity(self, row: Row, index: int) -> tuple[Decimal | None, list[LineWarning]]:
        has_column, problem, checks = self._quantity_column is not None, row.quantity.problem, self.checks
        if not has_column and (variant := next((v for v in self.variants if v.counts), None)):
            return self._of_variant(row, variant, index), []
        warnings = []
        if problem:
            text = _PROBLEMS[problem].format(text=cells.clean(row.quantity_text)[:40])
            warnings.append(checks.of_field(row, problem, text, "quantity"))
        count = len(row.references.names) - (0 if row.is_dnp else len(row.not_fitted))
        if count:
            if has_column and not problem and not row.is_dnp:
                text = f"no quantity; taken as {count} from the references"
                warnings.append(checks.of_field(row, "quantity_from_references", text, "quantity"))
            return Decimal(count), warnings
        if has_column and not problem and not self._is_product(index):
            warnings.append(checks.of_field(row, "quantity_missing", "neither quantity nor references", "quantity"))
        return None, warnings

    def _of_variant(self, row: Row, variant: Variant, index: int) -> Decimal | None:
        """The first variant that counts; of a line it does not have, none."""
        amount = variant.quantities[index]
        if amount is None and not variant.is_fitted[index]:
            return Decimal(len(row.references.names)) if row.is_dnp and row.references.names else Decimal(0)
        return Decimal(len(row.references.names)) if amount is None and row.references.names else amount

    def _is_product(self, index: int) -> bool:
        """The assembly at the top, of which there is one."""
        place = self.structure.places[index] if self.structure else _TOP
        return place.is_assembly and place.level == 0

    def _place_warnings(
        self, row: Row, place: Place, quantity: Decimal | None, total: Decimal | None
    ) -> Iterator[LineWarning]:
        if place.is_jump:
            text = f"level {place.level} follows without a line of the level above it"
            yield self.checks.of_field(row, "level_jump", text, "level")
        if quantity is not None and total is None:
            text = "the quantity times those of its assemblies is too large"
            yield self.checks.of_field(row, "total_quantity_too_large", text, "quantity")

    def _priced(self, row: Row, warnings: list[LineWarning]) -> tuple[Decimal | None, str | None]:
        text = row.cell(self._price)
        price = NO_PRICE
        if text:
            currency = self.layout.currency
            price = parse_price(text, is_comma_decimal=self._is_comma, currency=currency, yen=self._yen)
        if not price.is_readable:
            shown = f"the price {cells.clean(text)[:40]!r} is not a number"
            warnings.append(self.checks.of_field(row, "price_not_a_number", shown, "unit_price"))
        return price.amount, price.currency if price.amount is not None else None


def _yen_or_yuan(texts: list[str]) -> str:
    """Whose sign the yen's is where no word says so: the yuan's under a header in Chinese."""
    text = "".join(texts)
    return "CNY" if _HAN.search(text) and not _KANA.search(text) else "JPY"
