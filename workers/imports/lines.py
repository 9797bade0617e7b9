"""From rows to part lines: sections, totals and repeated headers dropped, what does not add up warned about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from workers.imports import cells, dnp
from workers.imports.columns import Layout
from workers.imports.model import BomFileError, LineWarning, ParsedLine
from workers.imports.rows import Kind, Row, kind_of, read_row

_AFTER_PARTS = re.compile(
    r"\b(?:specifications?|specs|notes?|remarks|legend|revision history|change ?log|changes|not used|unused|"
    r"bemerkungen|hinweise|legende|remarques|notas|примечани[ея]|备注|備考)\b",
    re.I,
)
_PROBLEMS = {
    "quantity_not_a_number": "the quantity {text!r} is not a number",
    "quantity_negative": "the quantity {text!r} is negative",
    "quantity_too_large": "the quantity {text!r} is too large",
}


@dataclass(slots=True)
class LineReader:
    """Reads rows in order; keeps what one row says about those after it."""

    layout: Layout
    header_texts: list[str]
    max_lines: int
    segments: list[list[ParsedLine]] = field(default_factory=lambda: [[]])
    left_out: list[int] = field(default_factory=list)
    _is_dnp_section: bool = False
    _is_after_parts: bool = False
    _seen: dict[str, int] = field(default_factory=dict)
    _last: Row | None = None
    _count: int = 0
    _short_columns: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        single = {i for name, i in self.layout.single.items() if name not in {"references", "item"}}
        several = {i for name in ("value", "package") for i in self.layout.several.get(name, ())}
        self._short_columns = frozenset(single | several)

    def read(self, written: list[str], number: int) -> None:
        """Takes one row in."""
        if self._is_header(written):
            self._start_segment()
            return
        row = read_row(written, number, self.layout)
        kind = kind_of(row, self.layout, is_after_parts=self._is_after_parts)
        if kind is Kind.LINE and self._last and self._is_wrapped(row, self._last):
            self._add_references(row, self._last)
        elif kind is Kind.LINE or (kind is Kind.ALTERNATE and not self.segments[-1]):
            self._add(row)
        elif kind is Kind.ALTERNATE:
            self.segments[-1][-1].alternates.append(self._raw(row))
        elif kind is not Kind.BLANK:
            self.left_out.append(number)
            if kind is Kind.SECTION:
                self._enter_section(row)

    def finish(self) -> tuple[list[ParsedLine], list[LineWarning]]:
        """All lines, numbered, and the warnings about the file as a whole."""
        kept, dropped = _without_second_listing([s for s in self.segments if s])
        lines = kept[0] if len(kept) == 1 and not dropped else _renumber(kept)
        warnings = list(_file_warnings(lines, dropped, self.left_out, self.layout))
        return lines, warnings

    def _is_header(self, written: list[str]) -> bool:
        """A header repeated on a new page or above a second table."""
        texts = self.header_texts
        same = sum(1 for a, b in zip(texts, written, strict=False) if a and a == b.strip())
        return same > 1 and same >= 0.8 * sum(1 for a in texts if a)

    def _start_segment(self) -> None:
        self.segments.append([])
        self._is_dnp_section = self._is_after_parts = False
        self._seen = {}
        self._last = None

    def _enter_section(self, row: Row) -> None:
        text = " ".join(c for c in map(cells.clean, row.cells) if c)
        self._is_dnp_section = dnp.in_prose(text)
        self._is_after_parts = not self._is_dnp_section and bool(_AFTER_PARTS.search(text))

    def _add(self, row: Row) -> None:
        self._count += 1
        if self._count > self.max_lines:
            raise BomFileError(
                "bom_too_many_lines",
                f"The file has more than {self.max_lines} part lines.",
                f"Line {self.max_lines + 1} is in row {row.number}.",
                "Split the file into several BOMs, for example one for each assembly.",
            )
        self.segments[-1].append(self._line(row))
        self._last = row

    def _is_wrapped(self, row: Row, last: Row) -> bool:
        """A row of nothing but references, under a line whose own are fewer than its quantity or end in a comma."""
        if row.filled != 1 or not row.references.names:
            return False
        amount = last.quantity.amount
        is_short = amount is not None and len(last.references.names) < amount
        return is_short or last.cell(self.layout.single["references"]).rstrip().endswith((",", ";"))

    def _add_references(self, row: Row, last: Row) -> None:
        """Reads the last line again with the references of this row added to its own."""
        column = self.layout.single["references"]
        written = list(last.cells)
        written[column] = f"{last.cell(column)} {row.cell(column)}"
        line = self.segments[-1][-1]
        self._last = read_row(written, last.number, self.layout)
        self.segments[-1][-1] = replace(self._line(self._last), alternates=line.alternates)

    def _line(self, row: Row) -> ParsedLine:
        quantity, warnings = self._quantity(row)
        warnings += self._cell_warnings(row)
        return ParsedLine(
            position=self._count,
            row_number=row.number,
            raw=self._raw(row),
            references=row.references.names,
            quantity=quantity,
            mpn=None if row.mpn and dnp.in_part_number(row.mpn) else row.mpn,
            manufacturer=row.manufacturer,
            supplier=row.supplier,
            supplier_sku=row.supplier_sku,
            value=dnp.without_mark(row.value) if row.value and row.is_dnp else row.value,
            package=row.package,
            description=row.description,
            is_dnp=row.is_dnp or self._is_dnp_section,
            warnings=warnings,
        )

    def _raw(self, row: Row) -> dict[str, str]:
        names = self.layout.names
        raw = {names[i]: cells.storable(c) for i, c in enumerate(row.cells[: len(names)]) if c and not c.isspace()}
        for extra in range(len(names), len(row.cells)):
            if row.cells[extra].strip():
                raw[f"Column {extra + 1}"] = cells.storable(row.cells[extra])
        return raw

    def _quantity(self, row: Row) -> tuple[Decimal | None, list[LineWarning]]:
        """The quantity column wins; without it the references count; a warning where they disagree."""
        column = self._name("quantity")
        count = len(row.references.names)
        if row.quantity.amount is not None:
            amount = row.quantity.amount
            if not row.references.is_certain or amount == count or (row.is_dnp and amount == 0):
                return amount, []
            text = f"quantity {amount}, but {count} reference{'s' if count != 1 else ''}; the quantity counts"
            return amount, [self._warn(row, "quantity_reference_mismatch", text, column)]
        warnings = []
        if row.quantity.problem:
            text = _PROBLEMS[row.quantity.problem].format(text=cells.clean(row.quantity_text)[:40])
            warnings.append(self._warn(row, row.quantity.problem, text, column))
        if count:
            if column and not row.quantity.problem and not row.is_dnp:
                text = f"no quantity; taken as {count} from the references"
                warnings.append(self._warn(row, "quantity_from_references", text, column))
            return Decimal(count), warnings
        if column and not row.quantity.problem:
            warnings.append(self._warn(row, "quantity_missing", "neither quantity nor references", column))
        return None, warnings

    def _cell_warnings(self, row: Row) -> list[LineWarning]:
        warnings = []
        if row.references.is_range_too_long:
            text = "a range of references is too long to be written out"
            warnings.append(self._warn(row, "reference_range_too_long", text, self._name("references")))
        for name in row.references.names:
            earlier = self._seen.setdefault(name, row.number)
            if earlier != row.number and row.references.is_certain:
                text = f"reference {name} stands in row {earlier} too"
                warnings.append(self._warn(row, "reference_repeated", text, self._name("references")))
                break
        if row.references.is_certain and len(set(row.references.names)) < len(row.references.names):
            text = "a reference stands twice in this line"
            warnings.append(self._warn(row, "reference_repeated", text, self._name("references")))
        warnings += self._text_warnings(row)
        return warnings

    def _text_warnings(self, row: Row) -> Iterator[LineWarning]:
        names = self.layout.names
        text = "".join(row.cells)
        is_plain = len(text) <= cells.SHORT_TEXT and text.isascii() and text.isprintable()
        for index, cell in enumerate([] if is_plain else row.cells[: len(names)]):
            if (not cell.isascii() or not cell.isprintable()) and cells.has_invisible(cell):
                text = "invisible characters were taken out"
                yield self._warn(row, "invisible_characters", text, names[index])
            elif len(cell) > cells.SHORT_TEXT and index in self._short_columns:
                text = f"the cell is longer than {cells.SHORT_TEXT} characters; the rest was cut off"
                yield self._warn(row, "cell_too_long", text, names[index])
        for column in self.layout.skus:
            if row.supplier_sku is None and cells.understood(row.cell(column.index)):
                text = "not an order number: a web address or a remark"
                yield self._warn(row, "supplier_sku_ignored", text, names[column.index])
        if not (row.mpn or row.supplier_sku or row.value or row.description):
            yield self._warn(row, "nothing_to_match", "neither part number nor value nor description", None)

    def _name(self, name: str) -> str | None:
        index = self.layout.single.get(name)
        return None if index is None else self.layout.names[index]

    @staticmethod
    def _warn(row: Row, code: str, text: str, column: str | None) -> LineWarning:
        place = f"Row {row.number}, column {column!r}" if column else f"Row {row.number}"
        return LineWarning(code, f"{place}: {text}.", column)


def _without_second_listing(segments: list[list[ParsedLine]]) -> tuple[list[list[ParsedLine]], list[ParsedLine]]:
    """Some tools list the parts twice, singly and collated: of two tables with the same references one is kept."""
    kept: list[list[ParsedLine]] = []
    dropped: list[ParsedLine] = []
    for segment in segments:
        twin = next((i for i, other in enumerate(kept) if _lists_the_same(other, segment)), None)
        if twin is None:
            kept.append(segment)
        elif len(segment) < len(kept[twin]):
            dropped += kept[twin]
            kept[twin] = segment
        else:
            dropped += segment
    return kept, dropped


def _lists_the_same(one: list[ParsedLine], other: list[ParsedLine]) -> bool:
    first = {name for line in one for name in line.references}
    second = {name for line in other for name in line.references}
    return len(first & second) > 0.8 * max(len(first), len(second), 1)


def _renumber(segments: list[list[ParsedLine]]) -> list[ParsedLine]:
    return [replace(line, position=i) for i, line in enumerate((x for s in segments for x in s), start=1)]


def _file_warnings(
    lines: list[ParsedLine], dropped: list[ParsedLine], left_out: list[int], layout: Layout
) -> Iterator[LineWarning]:
    if dropped:
        rows = spans(sorted(line.row_number for line in dropped))
        yield LineWarning("listed_twice", f"Rows {rows} list the same parts again and were left out.")
    if left_out:
        yield LineWarning("rows_left_out", f"Rows {spans(left_out)} are titles, totals or notes and were left out.")
    if "quantity" not in layout.single and any(line.quantity is None for line in lines):
        yield LineWarning("no_quantity", "The file has no quantity column; lines without references have no quantity.")


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
