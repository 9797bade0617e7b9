"""What a person should look at in a line: by row and column, with the field it is about and how grave it is."""

from __future__ import annotations

from collections.abc import Iterator

from workers.imports import cells
from workers.imports.columns.layout import Layout
from workers.imports.lines.rows import Row
from workers.imports.model import LineWarning

# A line with one of these cannot be right as it is, unless nobody fits it.
ERRORS = frozenset(
    {
        "quantity_not_a_number",
        "quantity_negative",
        "quantity_too_large",
        "quantity_missing",
        "quantity_zero",
        "nothing_to_match",
        "total_quantity_too_large",
    }
)
_FIELDS = {"dnp": "is_dnp", "fitted": "is_dnp", "variant": "variants", "item": None, "notes": None}
_REPAIRS = {
    "number_as_float": "a spreadsheet took the number for a measure; `.0` was taken off",
    "number_as_exponent": "a spreadsheet shortened the number; its last digits are lost",
}


class Checks:
    """Makes the warnings of lines; keeps which references stood in which row."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._seen: dict[str, int] = {}
        self._segment = 0
        self._field_of = _fields_by_column(layout)
        short = ("references", "item")
        self._short = {i for name, i in layout.single.items() if name not in short}
        self._short |= {i for name in ("value", "package") for i in layout.several.get(name, ())}

    def warn(self, row: Row, code: str, text: str, field: str | None, column: int | None = None) -> LineWarning:
        """A warning about a cell, or about the row where no column is given."""
        name = None if column is None else self.layout.names[column]
        place = f"Row {row.number}, column {name!r}" if name is not None else f"Row {row.number}"
        severity = "error" if code in ERRORS and not row.is_dnp else "warning"
        return LineWarning(code, f"{place}: {text}.", name, field, severity)

    def of_field(self, row: Row, code: str, text: str, field: str) -> LineWarning:
        """A warning about the field's own column."""
        return self.warn(row, code, text, field, self.layout.single.get(field))

    def of_cells(self, row: Row) -> list[LineWarning]:
        """Everything about the cells but the quantity and the price."""
        warnings: list[LineWarning] = []
        if row.references.names and (self._has_seen_any(row) or row.not_fitted or row.references.is_range_too_long):
            warnings += self._references(row)
        if not row.is_plain:
            warnings += self._texts(row)
        if not row.parts:
            warnings += self._ignored(row)
        if (not row.offer.sku and self.layout.skus) or row.offer.problem or row.internal_problem or row.parts:
            warnings += self._numbers(row)
        if not (row.parts or row.offer.sku or row.value or row.description or row.internal_number):
            text = "neither part number nor value nor description"
            warnings.append(self.warn(row, "nothing_to_match", text, "mpn"))
        return warnings

    def _references(self, row: Row) -> Iterator[LineWarning]:
        names, seen = row.references.names, self._seen
        if row.references.is_range_too_long:
            text = "a range of references is too long to be written out"
            yield self.of_field(row, "reference_range_too_long", text, "references")
        if row.references.is_certain and (name := next((n for n in names if seen[n] != row.number), None)):
            text = f"reference {name} stands in row {seen[name]} too"
            yield self.of_field(row, "reference_repeated", text, "references")
        if row.references.is_certain and len(set(names)) < len(names):
            yield self.of_field(row, "reference_repeated", "a reference stands twice in this line", "references")
        if row.not_fitted and not row.is_dnp:
            text = f"{_listed(row.not_fitted)} not fitted, the other {len(names) - len(row.not_fitted)} fitted"
            yield self.of_field(row, "fitted_in_part", text, "references")

    def _has_seen_any(self, row: Row) -> bool:
        """Takes the references in; whether one of them stands in another row, or twice in this."""
        if row.segment != self._segment:
            self._segment, self._seen = row.segment, {}
        seen, number, before = self._seen, row.number, len(self._seen)
        for name in row.references.names:
            seen.setdefault(name, number)
        return len(seen) - before < len(row.references.names)

    def _texts(self, row: Row) -> Iterator[LineWarning]:
        for index, cell in enumerate(row.written[: len(self.layout.names)]):
            if (not cell.isascii() or not cell.isprintable()) and cells.has_invisible(cell):
                text = "invisible characters were taken out"
                yield self.warn(row, "invisible_characters", text, self._field_of.get(index), index)
            elif len(cell) > cells.SHORT_TEXT and index in self._short:
                text = f"the cell is longer than {cells.SHORT_TEXT} characters; the rest was cut off"
                yield self.warn(row, "cell_too_long", text, self._field_of.get(index), index)

    def _ignored(self, row: Row) -> Iterator[LineWarning]:
        """What stands where the part number would, and is none."""
        for column in self.layout.parts:
            if cells.understood(row.cell(column.index)):
                text = "not a part number: a web address or a remark"
                yield self.warn(row, "mpn_ignored", text, "mpn", column.index)

    def _numbers(self, row: Row) -> Iterator[LineWarning]:
        if row.parts and row.parts[0].problem:
            yield self.of_field(row, row.parts[0].problem, _REPAIRS[row.parts[0].problem], "mpn")
        if row.internal_problem:
            yield self.of_field(row, row.internal_problem, _REPAIRS[row.internal_problem], "internal_number")
        if row.offer.problem:
            yield self.warn(row, row.offer.problem, _REPAIRS[row.offer.problem], "supplier_sku")
        for column in self.layout.skus if row.offer.sku is None else ():
            if cells.understood(row.cell(column.index)):
                text = "not an order number: a web address or a remark"
                yield self.warn(row, "supplier_sku_ignored", text, "supplier_sku", column.index)


def _fields_by_column(layout: Layout) -> dict[int, str | None]:
    """The line's field that each column feeds."""
    fed: dict[str, tuple[int, ...]] = {name: (i,) for name, i in layout.single.items()} | layout.several | layout.fed
    fed["supplier_sku"] = tuple(column.index for column in layout.skus)
    return {i: _FIELDS.get(name, name) for name, columns in fed.items() for i in columns}


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
    return f"{shown} {'is' if len(names) == 1 else 'are'}"
