"""A file to a parsed BOM: what it is by its content, the best table in it, its lines."""

from __future__ import annotations

import json
import re
from pathlib import Path

from workers.imports.cells import clean
from workers.imports.columns import Layout, lay_out
from workers.imports.delimited import read_delimited, settle_code_page
from workers.imports.encodings import Decoded, decode
from workers.imports.lines import LineReader
from workers.imports.model import BomFileError, LineWarning, ParsedBom, ParsedLine
from workers.imports.table import MAX_COLUMNS, Header, Table, find_header, is_blank
from workers.imports.workbooks import OLE_MAGIC, read_workbook, zip_format

_HINT = (
    "Upload the parts list as CSV, TSV or XLSX, with one row naming the columns, such as Reference, Quantity and "
    "Manufacturer Part Number."
)
_OTHER_FORMATS = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"BM\x00\x00", "a bitmap picture"),
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format", "a database"),
)
_MARKUP = re.compile(r"^\s*(?:<!doctype\s+(\w+)|<(\?xml|html|svg|head|body|table|workbook|export)\b)", re.I)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def parse_file(path: Path, file_name: str, *, max_lines: int) -> ParsedBom:
    """Parses a file in this process. For files of users see `sandbox.parse_in_child`.

    Errors: BomFileError, whatever the bytes are; OSError when the path cannot be read.
    """
    return parse_bytes(path.read_bytes(), file_name, max_lines=max_lines)


def parse_bytes(data: bytes, file_name: str, *, max_lines: int) -> ParsedBom:
    """Parses the bytes of a file. The name serves messages only: the content decides the format."""
    name = clean(file_name)[:100] or "The file"
    if not data.strip(b"\x00 \t\r\n\x0b\x0c\xef\xbb\xbf\xff\xfe"):
        raise BomFileError("bom_empty", f"{name} is empty.", f"{len(data)} bytes", _HINT)
    if data.startswith(b"PK\x03\x04"):
        return _parse_workbook(data, zip_format(data), name, max_lines)
    if data.startswith(OLE_MAGIC):
        return _parse_workbook(data, "xls", name, max_lines)
    for magic, what in _OTHER_FORMATS:
        if data.startswith(magic):
            raise _unsupported(name, what)
    return _parse_text(data, name, max_lines)


def _parse_text(data: bytes, name: str, max_lines: int) -> ParsedBom:
    decoded = decode(data)
    _refuse_other_text(decoded.text, name)
    decoded = settle_code_page(decoded, data)
    table, delimiter = read_delimited(decoded)
    header = find_header(table)
    if header is None:
        _refuse_aligned_text(table, name)
        raise _not_recognized(name, "no row with known column names among the first 30")
    warnings = _reading_warnings(decoded)
    lines, layout, found = _lines(table, header, max_lines)
    _refuse_no_lines(lines, header, table, name)
    return ParsedBom(
        lines=lines,
        format="delimited",
        encoding=decoded.encoding,
        delimiter=delimiter,
        sheet=None,
        header_row=table.first_row + header.first,
        mapping=layout.mapping(),
        warnings=[*warnings, *found],
        columns=layout.names,
    )


def _parse_workbook(data: bytes, file_format: str | None, name: str, max_lines: int) -> ParsedBom:
    if file_format is None:
        raise _unsupported(name, "an archive or a document that is not a spreadsheet")
    tables = read_workbook(data)
    if not tables:
        raise BomFileError("bom_empty", f"{name} has no sheet with any content.", "", _HINT)
    headed = [(table, header) for table in tables if (header := find_header(table))]
    if not headed:
        sheets = ", ".join(repr(table.name) for table in tables[:10])
        raise _not_recognized(name, f"no row with known column names among the first 30 of the sheets {sheets}")
    table, header = max(headed, key=lambda pair: _sheet_score(*pair))
    lines, layout, warnings = _lines(table, header, max_lines)
    _refuse_no_lines(lines, header, table, name)
    if len(headed) > 1:
        others = ", ".join(repr(other.name) for other, _ in headed if other is not table)
        text = f"Sheet {table.name!r} was read; {others} look like parts lists too."
        warnings = [LineWarning("other_sheets", text), *warnings]
    return ParsedBom(
        lines=lines,
        format=file_format,
        encoding=None,
        delimiter=None,
        sheet=table.name,
        header_row=table.first_row + header.first,
        mapping=layout.mapping(),
        warnings=warnings,
        columns=layout.names,
    )


def _sheet_score(table: Table, header: Header) -> float:
    """How well the header reads, and up to a point how much stands under it."""
    filled = sum(1 for row in table.rows[header.last + 1 : header.last + 101] if sum(1 for c in row if c) > 1)
    return header.score + min(filled, 100) / 50 - (10 if not filled else 0)


def _lines(table: Table, header: Header, max_lines: int) -> tuple[list[ParsedLine], Layout, list[LineWarning]]:
    body = table.rows[header.last + 1 :]
    layout = lay_out(header, [row for row in body[:1000] if not is_blank(row)])
    reader = LineReader(layout, header.texts, max_lines)
    is_wide = False
    for number, row in enumerate(body, start=table.first_row + header.last + 1):
        is_wide = is_wide or len(row) > MAX_COLUMNS
        reader.read(row[:MAX_COLUMNS], number)
    lines, warnings = reader.finish()
    if is_wide:
        warnings.append(LineWarning("columns_left_out", f"Columns after the {MAX_COLUMNS}th were left out."))
    return lines, layout, warnings


def _reading_warnings(decoded: Decoded) -> list[LineWarning]:
    if not decoded.replaced:
        return []
    text = f"{decoded.replaced} characters could not be read as {decoded.encoding} and were replaced."
    return [LineWarning("unreadable_characters", text)]


def _refuse_other_text(text: str, name: str) -> None:
    start = text[:4000]
    if match := _MARKUP.match(start):
        what = (match[1] or match[2] or "").strip("?").lower()
        is_page = what in {"html", "head", "body", "table"}
        raise _unsupported(name, "an HTML page" if is_page else f"an {what.upper()} file")
    if text.lstrip()[:1] in {"{", "["} and _is_json(text):
        raise _unsupported(name, "a JSON file")
    if len(_CONTROL.findall(start)) * 10 > len(start) + 20:
        raise _not_recognized(name, "the content is not text")


def _refuse_aligned_text(table: Table, name: str) -> None:
    """Columns made with spaces, as some programs print them."""
    lines = [" ".join(row) for row in table.rows[:200]]
    if find_header(Table([re.split(r"\s{2,}", line.strip()) for line in lines])):
        raise _unsupported(name, "text aligned in columns with spaces")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _refuse_no_lines(lines: list[ParsedLine], header: Header, table: Table, name: str) -> None:
    if lines:
        return
    row = table.first_row + header.first
    below = sum(1 for r in table.rows[header.last + 1 :] if not is_blank(r))
    raise BomFileError(
        "bom_empty",
        f"{name} has a header in row {row}, but no part lines under it.",
        f"{below} rows under the header hold text, none of them a part" if below else "no rows under the header",
        "Export the parts list again with its lines and upload that.",
    )


def _not_recognized(name: str, detail: str) -> BomFileError:
    return BomFileError("bom_not_recognized", f"{name} does not look like a bill of materials.", detail, _HINT)


def _unsupported(name: str, what: str) -> BomFileError:
    message = f"{name} is {what}, which cannot be read as a parts list."
    return BomFileError("bom_unsupported_format", message, what, _HINT)
