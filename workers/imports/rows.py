"""One row of the table: its cells understood, and what kind of row it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from workers.imports import cells, dnp
from workers.imports.columns import Layout
from workers.imports.headers import distributor_name, interpret
from workers.imports.quantities import NO_QUANTITY, Quantity, parse_quantity
from workers.imports.references import NO_REFERENCES, References, parse_references

_TOTAL = re.compile(
    r"^(?:(?:sub|grand|sous)[\s-]*)?(?:total|totals|totale|totaal|gesamt\w*|summe|zwischensumme|somme|suma|итого|всего|"
    r"合计|总计|小计|合計|小計)(?:\b|$)|^sum\s*:?$|^end of (?:bom|list|file)\b|^page \d+( of \d+)?$"
    r"|^(?:shipping|postage|handling|tax|taxes|vat|discount|versand|versandkosten|mwst|iva|tva|frais de port)\.?\s*:?$"
    r"|^shipping\s*(?:costs?|fees?|(?:and|&) handling)\b",
    re.I,
)
_TOTAL_ALONE = re.compile(
    r"(?:(?:sub|grand)[\s-]*)?(?:total|totals|totale|totaal|summe|suma|итого|合计|总计|합계)\s*[:：]?",  # noqa: RUF001
    re.I,
)
_BARE_MARKS = frozenset({"DNP", "DNI", "DNF", "DNL", "DNM", "(DNP)", "(DNI)", "NOPOP", "D.N.P."})
_MAKER_AND_NUMBER = re.compile(r"^((?:[^\W\d]|\?)[^\d,;]*?)\s+(\S*\d\S*(?: [A-Z]{1,3})?)$")
_ALTERNATIVE = re.compile(r",\s+(?!(?:inc|ltd|co|llc|corp|gmbh)\b)(?=\S{2,}\s)|\s*[;|\n]\s*|\s+or\s+", re.I)
_SAME_OR = re.compile(r"\s+\((?:or|oder|ou|o|alt\.?)\b[^()]*\)\s*$", re.I)


class Kind(Enum):
    """What a row is."""

    LINE = "line"
    ALTERNATE = "alternate"
    SECTION = "section"
    TOTAL = "total"
    BLANK = "blank"


@dataclass(slots=True)
class Row:
    """The understood cells of a row."""

    number: int
    cells: list[str]
    filled: int = 0
    first: str = ""
    references: References = NO_REFERENCES
    quantity: Quantity = NO_QUANTITY
    quantity_text: str = ""
    mpn: str | None = None
    manufacturer: str | None = None
    supplier: str | None = None
    supplier_sku: str | None = None
    value: str | None = None
    package: str | None = None
    description: str | None = None
    has_item: bool = False
    is_dnp: bool = False

    def cell(self, index: int | None) -> str:
        """The cell as written; empty where the row is shorter."""
        return self.cells[index] if index is not None and index < len(self.cells) else ""


def read_row(written: list[str], number: int, layout: Layout) -> Row:
    """Reads the cells of a row by the layout."""
    row = Row(number, written)
    for cell in written:
        if cell and not cell.isspace():
            row.filled += 1
            row.first = row.first or cells.clean(cell)
    if not row.filled:
        return row
    single, several = layout.single, layout.several
    if "references" in single:
        row.references = parse_references(row.cell(single["references"]))
    if "quantity" in single:
        row.quantity_text = row.cell(single["quantity"]).strip()
        row.quantity = parse_quantity(row.quantity_text, is_comma_decimal=layout.is_comma_decimal)
    row.value = _first_text(row, several.get("value", ()), cells.SHORT_TEXT)
    row.package = _first_text(row, several.get("package", ()), cells.SHORT_TEXT)
    row.description = _first_text(row, several.get("description", ()), cells.LONG_TEXT)
    row.has_item = "item" in single and any(c.isdigit() for c in row.cell(single["item"])[:12])
    _read_part(row, layout)
    _read_supplier(row, layout)
    row.is_dnp = _is_dnp(row, layout)
    return row


def kind_of(row: Row, layout: Layout, *, is_after_parts: bool) -> Kind:
    """Whether the row is a part line or one of the things people put around them."""
    if not row.filled or (not row.first[:1].isalpha() and not _says_anything(row.cells)):
        return Kind.BLANK
    if not row.references.is_certain and not row.mpn and _is_label(row):
        return Kind.TOTAL
    if row.quantity.problem and not row.references.is_certain and interpret(row.quantity_text).best[0] == "quantity":
        return Kind.SECTION  # a header again, in part
    if _is_line(row, layout, is_after_parts=is_after_parts):
        return Kind.ALTERNATE if _is_alternate(row, layout) else Kind.LINE
    if row.filled == 1 or row.references.is_prose:
        return Kind.SECTION
    return Kind.TOTAL if row.quantity.amount is not None or not _has_text(row) else Kind.SECTION


def _says_anything(written: list[str]) -> bool:
    """More than rules and zeros, which fill the rows below the parts in some sheets."""
    return any(c.isalnum() and c != "0" for cell in written for c in cell)


def _has_text(row: Row) -> bool:
    return bool(row.mpn or row.value or row.description or row.references.names or row.references.is_prose)


def _is_label(row: Row) -> bool:
    """`Total components`, `Date: …`: the first text of the row or its description is a label of the foot."""
    if row.first.endswith((":", "：")) and row.filled <= 4:  # noqa: RUF001
        return True
    if _TOTAL.match(row.first):
        return True
    if row.filled <= 6 and not row.supplier_sku and any(_TOTAL_ALONE.fullmatch(cell.strip()) for cell in row.cells):
        return True
    return not row.references.names and any(_TOTAL.match(text or "") for text in (row.value, row.description))


def _is_line(row: Row, layout: Layout, *, is_after_parts: bool) -> bool:
    if row.references.is_certain or _is_counted(row) or _has_number(row, layout):
        return True
    if is_after_parts or row.references.is_prose:
        return False
    text = row.value or row.description or row.package
    if row.has_item and (text or row.references.names):
        return True
    if "quantity" in layout.single and not row.quantity.problem:
        return bool(text and (row.references.names or row.quantity_text))
    return row.filled > 1 and bool(text or row.references.names)


def _is_counted(row: Row) -> bool:
    """A quantity with anything that says of what."""
    named = row.value or row.description or row.package or row.mpn or row.supplier_sku or row.manufacturer
    counted = named or row.has_item or row.references.names or row.references.is_prose
    return row.quantity.amount is not None and bool(counted)


def _has_number(row: Row, layout: Layout) -> bool:
    """A part or order number that is not the only word in the row by chance."""
    if row.mpn and (row.filled > 1 or cells.is_part_number_like(row.mpn) or len(layout.names) <= 2):
        return True
    is_alone = row.filled == 1 and "references" in layout.single
    return bool(row.supplier_sku) and not row.references.is_prose and not is_alone


def _is_alternate(row: Row, layout: Layout) -> bool:
    """A second source: a part or order number with neither quantity nor references in a table that has both."""
    if not {"references", "quantity"} <= layout.single.keys() or not (row.mpn or row.supplier_sku):
        return False
    written = row.cell(layout.single["references"]).strip() or row.quantity_text or row.value or row.description
    item = row.cell(layout.single["item"]).strip() if "item" in layout.single else ""
    return not written and not item


def _first_text(row: Row, columns: tuple[int, ...], limit: int) -> str | None:
    for index in columns:
        if index < len(row.cells) and (text := cells.understood(row.cells[index], limit)):
            return text
    return None


def _read_part(row: Row, layout: Layout) -> None:
    single = layout.single
    if "mpn" in single:
        text = cells.part_number(row.cell(single["mpn"]))
        row.mpn = _SAME_OR.sub("", text) if text else None
    if "manufacturer" in single:
        row.manufacturer = cells.understood(row.cell(single["manufacturer"]))
    if layout.is_combined and row.mpn:
        row.manufacturer, row.mpn = split_maker(row.mpn)


def split_maker(text: str) -> tuple[str | None, str]:
    """`Texas Instruments SN74LVC1G07DCKR, …` as maker and number of the first alternative, if it is that clear."""
    first = _ALTERNATIVE.split(text, maxsplit=1)[0].strip()
    match = _MAKER_AND_NUMBER.match(first)
    return (match[1].strip(), match[2]) if match else (None, text)


def _read_supplier(row: Row, layout: Layout) -> None:
    if "supplier" in layout.single:
        row.supplier = _supplier(row.cell(layout.single["supplier"]))
    for column in layout.skus:
        sku = cells.order_number(row.cell(column.index))
        if sku is None:
            continue
        row.supplier_sku = sku
        if column.supplier:
            row.supplier = column.supplier
        elif column.supplier_column is not None:
            row.supplier = _supplier(row.cell(column.supplier_column))
        return


def _supplier(cell: str) -> str | None:
    text = cells.understood(cell)
    if text is None or cells.is_url(text):
        return None
    return distributor_name(text) or text


def _is_dnp(row: Row, layout: Layout) -> bool:
    several = layout.several
    if any(dnp.in_own_column(row.cell(i)) for i in several.get("dnp", ())):
        return True
    if any(dnp.in_fitted_column(row.cell(i), is_yes_no=i in layout.yes_no) for i in several.get("fit", ())):
        return True
    if any(dnp.is_abbreviated(row.cell(i).strip()) for i in several.get("value", ())):
        return True
    return dnp.may_be_marked("\n".join(row.cells)) and _says_dnp(row, several.get("notes", ()))


def _says_dnp(row: Row, notes: tuple[int, ...]) -> bool:
    return (
        bool(row.value and dnp.in_value(row.value))
        or bool(row.quantity_text and dnp.in_value(row.quantity_text))
        or bool(row.mpn and dnp.in_part_number(row.mpn))
        or bool(row.description and dnp.in_prose(row.description))
        or any(len(cell) < 8 and cell.strip().upper() in _BARE_MARKS for cell in row.cells)
        or any(dnp.in_prose(row.cell(i)) for i in notes)
    )
