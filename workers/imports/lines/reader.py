"""From rows to part lines: sections, totals and repeated headers left out, what belongs to one line put together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from workers.imports import cells
from workers.imports.columns.layout import Layout
from workers.imports.lines import dnp
from workers.imports.lines.alternates import merge_second_sources
from workers.imports.lines.building import LineBuilder
from workers.imports.lines.kinds import Kind, kind_of
from workers.imports.lines.listing import file_warnings, is_sum_row, without_second_listing
from workers.imports.lines.rows import Row, RowReader
from workers.imports.model import BomFileError, LineWarning, ParsedLine

MAX_FILE_REFERENCES = 2_000_000

_AFTER_PARTS = re.compile(
    r"\b(?:specifications?|specs|notes?|remarks|legend|revision history|change ?log|changes|not used|unused|"
    r"bemerkungen|hinweise|legende|anmerkungen|änderungen|spezifikation\w*|remarques|légende|spécifications?|notas|"
    r"observaciones|leyenda|especificaciones|note|legenda|osservazioni|specifiche|"
    r"примечани[ея]|условные обозначения|изменения)\b|备注|说明|图例|備考|注記|凡例|特記|仕様|変更履歴",
    re.I,
)


@dataclass(slots=True)
class LineReader:
    """Reads rows in order; keeps what one row says about those after it."""

    layout: Layout
    header_texts: list[str]
    max_lines: int
    segments: list[list[Row]] = field(default_factory=lambda: [[]])
    left_out: list[int] = field(default_factory=list)
    _is_dnp_section: bool = False
    _is_after_parts: bool = False
    _count: int = 0
    _reader: RowReader = field(init=False)
    _header_cells: list[tuple[int, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.layout = _without_variant_as_quantity(self.layout)
        self._reader = RowReader(self.layout)
        self._header_cells = [(i, text) for i, text in enumerate(self.header_texts) if text]

    def read(self, written: list[str], number: int) -> None:
        """Takes one row in."""
        if self._is_header(written):
            self._start_segment()
            return
        row = self._reader.read(written, number)
        lines = self.segments[-1]
        last = lines[-1] if lines else None
        kind = kind_of(row, self.layout, last, is_after_parts=self._is_after_parts)
        if kind is Kind.BLANK:
            return
        if last and kind is not Kind.ALTERNATE and self._is_wrapped(row, last):
            self._add_references(row, last)
        elif kind is Kind.LINE or (kind is Kind.ALTERNATE and last is None):
            self._add(row)
        elif kind is Kind.ALTERNATE and last:
            last.add(row)
        else:
            self.left_out.append(number)
            if kind is Kind.SECTION:
                self._enter_section(row)

    def finish(self) -> BomLines:
        """The rows that are lines, put together."""
        rows, dropped = without_second_listing([s for s in self.segments if s])
        rows = merge_second_sources(rows, self.layout)
        if rows and is_sum_row(rows[-1], rows[:-1]):
            self.left_out.append(rows.pop().number)
        return BomLines(LineBuilder(rows, self.layout, self.header_texts), dropped, sorted(self.left_out))

    def _is_header(self, written: list[str]) -> bool:
        """A header repeated on a new page or above a second table: at least two cells, and four fifths of them."""
        allowed = len(self._header_cells) // 5
        same, width = 0, len(written)
        for index, text in self._header_cells:
            cell = written[index] if index < width else ""
            if cell.strip() == text or ("\n" in cell and cells.clean(cell) == text):
                same += 1
            elif allowed:
                allowed -= 1
            else:
                return False
        return same > 1

    def _start_segment(self) -> None:
        self.segments.append([])
        self._is_dnp_section = self._is_after_parts = False

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
        if self._reader.reference_count > MAX_FILE_REFERENCES:
            raise BomFileError(
                "bom_too_large",
                f"The file lists more than {MAX_FILE_REFERENCES} references.",
                f"The limit is passed in row {row.number}.",
                "Check the ranges of references, or split the file into several BOMs.",
            )
        row.segment = len(self.segments)
        row.is_dnp = row.is_dnp or self._is_dnp_section
        self.segments[-1].append(row)

    def _is_wrapped(self, row: Row, last: Row) -> bool:
        """A row of nothing but references, under a line whose own are fewer than its quantity or end in a comma."""
        if row.filled > 2 or not row.references.names or row.quantity_text or row.item or row.parts:
            return False
        has_more = last.cell(self.layout.single["references"]).rstrip().endswith((",", ";", "-", "、"))
        if row.filled == 2:
            return has_more and row.references.is_certain
        amount = last.quantity.amount
        return has_more or (amount is not None and len(last.references.names) < amount)

    def _add_references(self, row: Row, last: Row) -> None:
        """Reads the last line again with the references of this row added to its own."""
        column = self.layout.single["references"]
        written = list(last.cells)
        written[column] = f"{last.cell(column)} {row.cell(column)}"
        joined = self._reader.read(written, last.number)
        joined.others, joined.segment, joined.is_dnp = last.others, last.segment, joined.is_dnp or last.is_dnp
        self.segments[-1][-1] = joined


@dataclass(frozen=True, slots=True)
class BomLines:
    """All lines of a file, made as they are asked for."""

    _builder: LineBuilder
    _dropped: list[Row]
    _left_out: list[int]

    def __len__(self) -> int:
        return len(self._builder.rows)

    def __iter__(self) -> Iterator[ParsedLine]:
        return self._builder.build()

    def warnings(self) -> list[LineWarning]:
        """What concerns no single line, once all lines have been made."""
        builder = self._builder
        is_counted = "quantity" in builder.layout.single or builder.is_counted
        is_flat = builder.structure is None
        parts = (builder.rows, self._dropped, self._left_out, builder.layout)
        return list(file_warnings(*parts, is_counted=is_counted, is_flat=is_flat))


def _without_variant_as_quantity(layout: Layout) -> Layout:
    """A variant's column may count for the quantity; that is decided once all of its cells are known."""
    if layout.single.get("quantity") not in {column.index for column in layout.variants}:
        return layout
    return replace(layout, single={name: i for name, i in layout.single.items() if name != "quantity"})
