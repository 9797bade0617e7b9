"""Second sources written as rows of their own: under a number, an item or a description that stands there already."""

from __future__ import annotations

from workers.imports.columns.layout import Layout
from workers.imports.lines.rows import Row

_ENOUGH_WORDS = 20  # shorter descriptions (`Resistor`) are those of many parts


def merge_second_sources(rows: list[Row], layout: Layout) -> list[Row]:
    """The rows without those that only name another source for a row before them; there they are added."""
    if not {"internal_number", "item", "references"} & layout.single.keys():
        return rows
    level = layout.single.get("level")
    is_counted = bool({"references", "quantity"} & layout.single.keys())
    has_items = 2 * len({row.item for row in rows}) > len(rows)
    heads: dict[str, Row] = {}
    kept: list[Row] = []
    for row in rows:
        last = kept[-1] if kept else None
        head = heads.get(row.internal_number or "") or last
        if head and row.cell(level).strip() in ("", head.cell(level).strip()):
            is_same = bool(row.internal_number) and row.internal_number == head.internal_number
            is_same_item = has_items and bool(row.item) and row.item == head.item
            is_second = _is_second_source(row, head, is_same, is_same_item, is_next=head is last, is_counted=is_counted)
            if is_second or (head is last and _says_the_same(row, head)):
                head.add(row)
                continue
        kept.append(row)
        if row.internal_number:
            heads[row.internal_number] = row
    return kept


def _is_second_source(
    row: Row,
    head: Row,
    is_same: bool,
    is_same_item: bool,
    *,
    is_next: bool,
    is_counted: bool,
) -> bool:
    """Another source of the same number: with its references or none, and with its quantity or none."""
    if not (is_same or is_same_item) or not (row.parts or row.supplier_sku) or not _differs(row, head):
        return False
    if row.references.names:
        return row.references.is_certain and row.references.names == head.references.names
    if not row.quantity_text:
        return is_same and (is_next or is_counted)
    is_repeated = row.quantity.amount is not None and row.quantity.amount == head.quantity.amount
    is_listed_alike = row.item in ("", head.item)
    return is_next and is_repeated and is_listed_alike and not head.references.names and row.mpn not in (None, head.mpn)


def _says_the_same(row: Row, head: Row) -> bool:
    """Another number for the part just described, in the same words, without references of its own."""
    is_described = bool(row.description) and len(row.description or "") >= _ENOUGH_WORDS
    return (
        is_described
        and row.description == head.description
        and head.references.is_certain
        and not (row.references.names or row.references.is_prose or row.item)
        and row.quantity.amount in (None, head.quantity.amount)
        and row.mpn not in (None, head.mpn)
    )


def _differs(row: Row, head: Row) -> bool:
    return (row.mpn, row.supplier_sku, row.manufacturer) != (head.mpn, head.supplier_sku, head.manufacturer)
