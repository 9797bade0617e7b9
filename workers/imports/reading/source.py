# ruff: noqa: SIM905
"""Bytes to tables of text cells: what the file is by its content, never by its name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email import message_from_bytes

from workers.imports.model import BomFileError, LineWarning, ParseLimits
from workers.imports.reading.delimited import header_score
from workers.imports.reading.encodings import Decoded, decode, decode_declared
from workers.imports.reading.grid import Gatherer
from workers.imports.reading.html_tables import HtmlReader
from workers.imports.reading.markup import read_xml, xml_format
from workers.imports.reading.sheets import Sheets
from workers.imports.reading.texts import rows_of_text
from workers.imports.reading.workbooks import OLE_MAGIC, ZIP_MAGIC, read_xls, read_zip
from workers.imports.reading.xml_reading import damaged
from workers.imports.table import Table, find_header

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
    *(
        (mark, "a worksheet of an Excel before 97")
        for mark in (b"\x09\x08\x08\0", b"\x09\x04\x06\0", b"\x09\x02\x06\0")
    ),
)
_START = 4000
_PAGE = "text/html"
_MAIL_ERRORS = (RecursionError, ValueError, LookupError, TypeError, AttributeError)  # of parts within parts, and such
_WEB_ARCHIVE = re.compile(rb"\s*MIME-Version:\s", re.I)
_MARKUP = re.compile(rb"^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*<[!?a-zA-Z]")
_TABLE = re.compile(rb"<table[\s>]", re.I)
_CELL = re.compile(rb"<t[dh][\s>]", re.I)
_TYPE = re.compile(r"<!doctype\s+([\w-]+)|<(?:\w+:)?([a-z][\w-]*)[\s>/]", re.I)
_OF_PAGES = frozenset("html head body table meta style div title link font center p h1 h2 h3 span br pre form".split())
_JSON = re.compile(r'^\s*(?:\{\s*"(?:[^"\\]|\\.)*"\s*:|\[\s*(?:\{\s*"|\[\s*"|"(?:[^"\\]|\\.)*"\s*,\s*"))')
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True, slots=True)
class Source:
    """A file as read: its tables (one for text, one a sheet for workbooks; never none) and how they were got."""

    format: str
    tables: list[Table]
    encoding: str | None = None
    delimiter: str | None = None
    warnings: list[LineWarning] = field(default_factory=list)


def read_source(data: bytes, name: str, limits: ParseLimits) -> Source:
    """Reads the bytes of a file; `name` is for messages. Errors: BomFileError."""
    if not data.strip(b"\x00 \t\r\n\x0b\x0c\xef\xbb\xbf\xff\xfe"):
        raise BomFileError("bom_empty", f"{name} is empty.", f"{len(data)} bytes", _HINT)
    if data.startswith((ZIP_MAGIC, OLE_MAGIC)):
        return _workbook(data, name, limits)
    for magic, what in _OTHER_FORMATS:
        if data.startswith(magic):
            raise _unsupported(name, what)
    return _text(data, name, limits)


def not_recognized(name: str, detail: str) -> BomFileError:
    """The error for a file without anything that reads as the header of a parts list."""
    return BomFileError("bom_not_recognized", f"{name} does not look like a bill of materials.", detail, _HINT)


def _workbook(data: bytes, name: str, limits: ParseLimits) -> Source:
    sheets = Sheets(limits)
    file_format = read_xls(data, sheets) if data.startswith(OLE_MAGIC) else read_zip(data, sheets)
    if file_format is None:
        raise _unsupported(name, "an archive or a document that is not a spreadsheet")
    return _of_sheets(file_format, sheets, name)


def _of_sheets(file_format: str, sheets: Sheets, name: str, decoded: Decoded | None = None) -> Source:
    tables = sheets.tables()
    if not tables:
        raise BomFileError("bom_empty", f"{name} has no sheet with any content.", "", _HINT)
    warnings = [*(_reading_warnings(decoded) if decoded else []), *sheets.warnings()]
    return Source(file_format, tables, decoded.encoding if decoded else None, None, warnings)


def _text(data: bytes, name: str, limits: ParseLimits) -> Source:
    start = data[: 2 * _START].replace(b"\x00", b"")
    if _WEB_ARCHIVE.match(data):
        return _web_archive(data, name, limits)
    is_markup = bool(_MARKUP.match(start) or (_TABLE.search(start) and _CELL.search(start)))
    decoded = decode_declared(data) if is_markup else decode(data, header_score)
    if is_markup and (source := _markup(decoded, name, limits)):
        return source
    if len(_CONTROL.findall(decoded.text[:_START])) * 10 > min(len(decoded.text), _START) + 20:
        raise not_recognized(name, "the content is not text")
    if _JSON.match(decoded.text[:_START]):
        raise _unsupported(name, "a JSON file")
    file_format, delimiter, rows = rows_of_text(decoded.text)
    gatherer = Gatherer(limits)
    for row in rows:
        gatherer.add(row)
    table = gatherer.end()
    if table is None:
        raise BomFileError("bom_empty", f"{name} is empty.", f"{len(data)} bytes", _HINT)
    warnings = [*_reading_warnings(decoded), *gatherer.warnings()]
    return Source(file_format, [table], decoded.encoding, delimiter, warnings)


def _markup(decoded: Decoded, name: str, limits: ParseLimits) -> Source | None:
    """A spreadsheet as XML, or the tables of a page; None for text that only begins as markup does."""
    if file_format := xml_format(decoded.text):
        sheets = Sheets(limits)
        read_xml(decoded.text, file_format, sheets)
        return _of_sheets(file_format, sheets, name, decoded)
    what = _document_type(decoded.text)
    if what not in {"html", ""}:
        raise _unsupported(name, f"an {what.upper()} file")
    reader = HtmlReader(limits)
    reader.read(decoded.text)
    if any(find_header(table) or (what == "html" and _is_grid(table)) for table in reader.tables()):
        return Source("html", reader.tables(), decoded.encoding, None, [*_reading_warnings(decoded), *reader.warnings])
    if what == "html":
        raise _unsupported(name, "an HTML page without a parts list")
    return None


def _web_archive(data: bytes, name: str, limits: ParseLimits) -> Source:
    """The pages of a web archive (MHTML), as spreadsheet and ERP programs save it, often under .xls."""
    reader = HtmlReader(limits)
    decoded: Decoded | None = None
    try:
        pages = [p.get_payload(decode=True) for p in message_from_bytes(data).walk() if p.get_content_type() == _PAGE]
    except _MAIL_ERRORS as error:
        raise damaged(f"web archive: {error}") from error
    for page in pages:
        decoded = decode_declared(page if isinstance(page, bytes) else b"")
        reader.read(decoded.text)
    if decoded is None or not any(map(_is_grid, reader.tables())):
        raise _unsupported(name, "a web archive without a parts list")
    return Source("html", reader.tables(), decoded.encoding, None, reader.warnings)


def _is_grid(table: Table) -> bool:
    """Whether a table has rows and columns, so that a person may say what they are."""
    return sum(1 for row in table.rows[:20] if sum(map(bool, row)) > 1) > 1


def _document_type(text: str) -> str:
    """`html`, the name of what begins a document of another kind, or nothing where it is none."""
    match = _TYPE.search(text[:_START])
    if match is None or not (text.rstrip().endswith(">") or text[:200].lstrip().lower().startswith(("<?xml", "<!doc"))):
        return ""
    found = (match[1] or match[2]).lower()
    return "html" if found in _OF_PAGES else found


def _reading_warnings(decoded: Decoded) -> list[LineWarning]:
    if not decoded.replaced:
        return []
    text = f"{decoded.replaced} characters could not be read as {decoded.encoding} and were replaced."
    return [LineWarning("unreadable_characters", text)]


def _unsupported(name: str, what: str) -> BomFileError:
    message = f"{name} is {what}, which cannot be read as a parts list."
    return BomFileError("bom_unsupported_format", message, what, _HINT)
