"""A file to a parsed BOM: what it is by its content, the table in it that is the parts list, its lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from workers.imports.cells import clean
from workers.imports.columns.choosing import Choice
from workers.imports.columns.headerless import choose_by_content
from workers.imports.columns.layout import Columns, Layout, columns_of, lay_out, propose
from workers.imports.columns.mappings import Fed, check_options, find_columns, header_shape, invalid
from workers.imports.columns.proposal import describe_columns, describe_sheets, preview
from workers.imports.columns.search import Found, sample_of, search
from workers.imports.lines.reader import BomLines, LineReader
from workers.imports.model import BomFileError, LineWarning, ParsedBom, ParseLimits, ParseOptions
from workers.imports.reading.source import Source, not_recognized, read_source
from workers.imports.table import Header, Table, is_blank

_CORRECTABLE = frozenset({"bom_not_recognized", "bom_empty", "mapping_invalid"})


@dataclass(frozen=True, slots=True)
class OpenBom:
    """A file that is understood: its lines are made as they are asked for, then there is the rest to say."""

    lines: BomLines
    _header: ParsedBom

    def without_lines(self) -> ParsedBom:
        """The BOM without its lines, once all of them have been made."""
        return replace(self._header, warnings=[*self._header.warnings, *self.lines.warnings()])

    def parse(self) -> ParsedBom:
        """The BOM as a whole."""
        lines = list(self.lines)
        return replace(self.without_lines(), lines=lines)


def parse_file(
    path: Path, file_name: str, limits: ParseLimits | None = None, options: ParseOptions | None = None
) -> ParsedBom:
    """Parses a file in this process. For files of users see `sandbox.parse_in_child`.

    Errors: BomFileError, whatever the bytes are; OSError when the path cannot be read.
    """
    return parse_bytes(path.read_bytes(), file_name, limits, options)


def parse_bytes(
    data: bytes, file_name: str, limits: ParseLimits | None = None, options: ParseOptions | None = None
) -> ParsedBom:
    """Parses the bytes of a file. The name serves messages only: the content decides the format."""
    return open_bytes(data, file_name, limits, options).parse()


def open_bytes(
    data: bytes, file_name: str, limits: ParseLimits | None = None, options: ParseOptions | None = None
) -> OpenBom:
    """Understands the bytes of a file; `parse_bytes` for lines that come one at a time."""
    limits, options = limits or ParseLimits(), options or ParseOptions()
    name = clean(file_name)[:100] or "The file"
    check_options(options)
    source = read_source(data, name, limits)
    lists: list[Table] = []
    try:
        return _open(source, lists, limits, options, name)
    except BomFileError as error:
        if error.slug in _CORRECTABLE and source.tables:
            error.preview = preview(source.tables, lists)
        raise


def _open(source: Source, lists: list[Table], limits: ParseLimits, options: ParseOptions, name: str) -> OpenBom:
    """The open BOM; what looks like a parts list is added to `lists` as soon as that is known."""
    searched = search(source.tables, options)
    lists += searched.lists
    if searched.found is None and options.mapping and options.mapping.columns is not None:
        raise invalid("No row of the file reads as a header: name its row (header_row), or 0.", _where_looked(source))
    if searched.found is None:
        raise not_recognized(name, _where_looked(source))
    bom = _read(source, searched.found, lists, limits, options)
    if not len(bom.lines):
        raise _no_lines(searched.found, name)
    return bom


@dataclass(frozen=True, slots=True)
class _Reading:
    """How the columns are read, and by whose word."""

    fed: Fed
    choice: Choice | None
    source: str
    warnings: list[LineWarning]


def _read(source: Source, found: Found, lists: Sequence[Table], limits: ParseLimits, options: ParseOptions) -> OpenBom:
    table, header = found.table, found.header
    rows = sample_of(table, header)
    columns = columns_of(header, rows)
    reading = _reading(columns, rows, options)
    layout = lay_out(columns, reading.fed, is_given=reading.choice is None)
    lines = _lines(table, header, layout, limits.max_lines)
    bom = ParsedBom(
        lines=[],
        format=source.format,
        encoding=source.encoding,
        delimiter=source.delimiter,
        sheet=table.name,
        header_row=_row_number(table, header),
        columns=describe_columns(columns, reading.fed, rows, reading.choice),
        mapping_source=reading.source,
        header_shape=header_shape(header.texts),
        sheets=describe_sheets(source.tables, table, lists),
        warnings=[*source.warnings, *_other_sheets(table, lists), *reading.warnings],
    )
    return OpenBom(lines, bom)


def _reading(columns: Columns, rows: Sequence[list[str]], options: ParseOptions) -> _Reading:
    """The columns as given, else as remembered for this header, else as the parser proposes."""
    warnings = []
    if options.mapping is not None and options.mapping.columns is not None:
        fed = find_columns(options.mapping.columns, columns.names, columns.header)
        return _Reading(fed, None, "given", [])
    remembered = options.remembered.get(header_shape(columns.header.texts) or "-")
    if remembered is not None:
        try:
            return _Reading(find_columns(remembered, columns.names, columns.header), None, "remembered", [])
        except BomFileError as error:
            text = f"The mapping remembered for this header does not fit and was not used: {error.message}"
            warnings.append(LineWarning("mapping_not_used", text))
    choice = choose_by_content(columns.profiles, rows) if columns.header.first < 0 else propose(columns)
    return _Reading(choice.columns, choice, "proposed", warnings)


def _where_looked(source: Source) -> str:
    names = ", ".join(repr(table.name) for table in source.tables[:10] if table.name)
    return "no row with known column names among the first 30" + (f" of the sheets {names}" if names else "")


def _other_sheets(read: Table, lists: Sequence[Table]) -> list[LineWarning]:
    others = ", ".join(repr(table.name) for table in lists if table is not read)
    text = f"Sheet {read.name!r} was read; {others} look like parts lists too."
    return [LineWarning("other_sheets", text)] if others else []


def _row_number(table: Table, header: Header) -> int:
    return table.first_row + header.first if header.first >= 0 else 0


def _lines(table: Table, header: Header, layout: Layout, max_lines: int) -> BomLines:
    reader = LineReader(layout, header.texts, max_lines)
    for row, number in _body(table, header):
        reader.read(row, number)
    return reader.finish()


def _body(table: Table, header: Header) -> Iterator[tuple[list[str], int]]:
    """The rows under the header with their numbers; a header of several rows that is repeated comes as one."""
    start = header.last + 1
    parts = [table.rows[i] for i in range(header.first, start)] if header.first < header.last else []
    awaited = 0  # which row of a repeated header comes next
    for index in range(start, len(table.rows)):
        row = table.rows[index]
        if parts and _is_same(row, parts[awaited]):
            if awaited == 0:
                yield list(header.texts), table.first_row + index
            awaited = (awaited + 1) % len(parts)
        else:
            awaited = 0
            yield row, table.first_row + index


def _is_same(row: list[str], other: list[str]) -> bool:
    return [cell.strip() for cell in row if cell.strip()] == [cell.strip() for cell in other if cell.strip()]


def _no_lines(found: Found, name: str) -> BomFileError:
    rows, start = found.table.rows, found.header.last + 1
    below = sum(1 for i in range(start, len(rows)) if not is_blank(rows[i]))
    header_row = _row_number(found.table, found.header)
    under = f" has a header in row {header_row}, but no part lines under it." if header_row else " has no parts."
    return BomFileError(
        "bom_empty",
        name + under,
        f"{below} rows under the header hold text, none of them a part" if below else "no rows under the header",
        "Export the parts list again with its lines and upload that.",
    )
