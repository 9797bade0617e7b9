"""Spreadsheets as bytes, made by hand: what no library writes, and what a hostile one would."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable, Sequence

Cell = tuple[int, int, str | float]

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8"?>'


def zipped(entries: dict[str, bytes | str]) -> bytes:
    """A zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def xlsx_parts(rows: str, strings: Sequence[str] = (), *, name: str = "BOM") -> dict[str, bytes | str]:
    """The parts of an XLSX workbook with one sheet; `rows` is the XML within `sheetData`."""
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml."
    return {
        "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{types}sheet.main+xml"/></Types>',
        "_rels/.rels": _relations({"r1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{name}" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(
            {"r1": ("worksheet", "worksheets/sheet1.xml"), "r2": ("sharedStrings", "sharedStrings.xml")}
        ),
        "xl/sharedStrings.xml": f'{_XML}<sst xmlns="{_MAIN}">{"".join(f"<si><t>{s}</t></si>" for s in strings)}</sst>',
        "xl/worksheets/sheet1.xml": f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>',
    }


def _relations(links: dict[str, tuple[str, str]]) -> str:
    items = "".join(
        f'<Relationship Id="{link}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for link, (kind, target) in links.items()
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{items}</Relationships>'


def letters(column: int) -> str:
    """`A` for 0, `XFD` for 16383."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def xlsx_rows(cells: Iterable[Cell]) -> str:
    """The XML of the rows with these cells."""
    rows: dict[int, list[str]] = {}
    for row, column, value in cells:
        place = f"{letters(column)}{row + 1}"
        content = f"<v>{value}</v>" if isinstance(value, int | float) else f"<is><t>{value}</t></is>"
        kind = "" if isinstance(value, int | float) else ' t="inlineStr"'
        rows.setdefault(row, []).append(f'<c r="{place}"{kind}>{content}</c>')
    return "".join(f'<row r="{row + 1}">{"".join(found)}</row>' for row, found in rows.items())


def xlsx(cells: Iterable[Cell]) -> bytes:
    """An XLSX workbook with these cells."""
    return zipped(xlsx_parts(xlsx_rows(cells)))


def xls(cells: Iterable[Cell], *, small: bool = False) -> bytes:
    """An XLS workbook (BIFF8) with these cells; `small` keeps its stream in the short sectors."""
    cells = list(cells)
    texts = list(dict.fromkeys(value for _, _, value in cells if isinstance(value, str)))
    table = struct.pack("<II", len(texts), len(texts)) + b"".join(_short_text(text) for text in texts)
    sheet = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    for row, column, value in cells:
        if isinstance(value, str):
            sheet += _record(0xFD, struct.pack("<HHHI", row, column, 0, texts.index(value)))
        else:
            sheet += _record(0x203, struct.pack("<HHHd", row, column, 0, value))
    sheet += _record(0x0A, b"")
    start = _record(0x809, struct.pack("<HHHHII", 0x600, 0x05, 0, 0, 0, 0))
    rest = _record(0xFC, table) + _record(0x0A, b"")
    bound = _record(0x85, struct.pack("<IHB", 0, 0, 3) + b"\x00BOM")
    offset = len(start) + len(bound) + len(rest)
    stream = start + _record(0x85, struct.pack("<IHB", offset, 0, 3) + b"\x00BOM") + rest + sheet
    return compound_file(stream if small else stream.ljust(8192, b"\x00"))


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _short_text(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def compound_file(stream: bytes, name: str = "Workbook") -> bytes:
    """A compound file that holds nothing but a stream of that name."""
    end, free, fat_mark = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    is_small = len(stream) < 4096
    padded = stream + b"\x00" * (-len(stream) % 512)
    count = len(padded) // 512
    tables = -(-(count + 2) // 127)  # sectors of the table, which lists itself too
    fat = [fat_mark] * tables + [end, end]  # the table, the directory, the table of short sectors
    first = len(fat)
    fat += [*range(first + 1, first + count), end]
    fat += [free] * (-len(fat) % 128)
    short = [*range(1, len(stream) // 64 + 1), end] if is_small else []
    short += [free] * (128 - len(short))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, tables, 0, 4096, tables + 1, 1, end, 0)
    header += struct.pack("<109I", *range(tables), *[free] * (109 - tables))
    root = _entry("Root Entry", 5, first if is_small else end, len(padded) if is_small else 0, child=1)
    book = _entry(name, 2, 0 if is_small else first, len(stream))
    directory = root + book + bytes(256)
    return header + struct.pack(f"<{len(fat)}I", *fat) + directory + struct.pack("<128I", *short) + padded


def _entry(name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
    raw = (name + "\x00").encode("utf-16-le")
    none = 0xFFFFFFFF
    return raw.ljust(64, b"\x00") + struct.pack("<HBBIII36xIII", len(raw), kind, 1, none, none, child, start, size, 0)


def xlsb(cells: Iterable[Cell]) -> bytes:
    """An XLSB workbook with these cells."""
    rows: dict[int, list[bytes]] = {}
    for row, column, value in cells:
        place = struct.pack("<II", column, 0)
        is_text = isinstance(value, str)
        content = _binary(6, place + _wide(str(value))) if is_text else _binary(5, place + struct.pack("<d", value))
        rows.setdefault(row, []).append(content)
    body = b"".join(_binary(0, struct.pack("<I", row) + bytes(13)) + b"".join(found) for row, found in rows.items())
    last = max(rows)
    dimension = _binary(148, struct.pack("<IIII", 0, last, 0, 3))
    sheet = _binary(129, b"") + dimension + _binary(145, b"") + body + _binary(146, b"") + _binary(130, b"")
    bundle = _binary(156, struct.pack("<II", 0, 1) + _wide("r1") + _wide("BOM"))
    book = _binary(131, b"") + _binary(143, b"") + bundle + _binary(144, b"") + _binary(132, b"")
    parts = xlsx_parts("")
    kind = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
    override = f'<Override PartName="/xl/workbook.bin" ContentType="{kind}"/>'
    types = f'{_XML}<Types xmlns="{_PACKAGE}/content-types">{override}</Types>'
    return zipped(
        {
            "[Content_Types].xml": types,
            "_rels/.rels": str(parts["_rels/.rels"]).replace("workbook.xml", "workbook.bin"),
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": _relations({"r1": ("worksheet", "worksheets/sheet1.bin")}),
            "xl/worksheets/sheet1.bin": sheet,
        }
    )


def _binary(kind: int, content: bytes) -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = len(content)
    length = b""
    while True:
        length += bytes([size & 0x7F | (0x80 if size > 0x7F else 0)])
        size >>= 7
        if not size:
            return head + length + content


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def ods(rows: str, before: str = "") -> bytes:
    """An ODS workbook with one sheet; `rows` is the XML within its table."""
    return zipped(
        {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": open_document(rows, before)}
    )


def open_document(rows: str, before: str = "", root: str = "office:document-content") -> str:
    """The XML of an OpenDocument spreadsheet."""
    base = "urn:oasis:names:tc:opendocument:xmlns:"
    spaces = " ".join(f'xmlns:{n}="{base}{n}:1.0"' for n in ("office", "table", "text", "style"))
    kind = ' office:mimetype="application/vnd.oasis.opendocument.spreadsheet"' if root == "office:document" else ""
    return (
        f"{_XML}<{root} {spaces}{kind}>{before}<office:body><office:spreadsheet>"
        f'<table:table table:name="BOM">{rows}</table:table></office:spreadsheet></office:body></{root}>'
    )


def ods_row(*cells: str | float, attributes: str = "") -> str:
    """The XML of a row."""
    found = ""
    for cell in cells:
        if isinstance(cell, str):
            found += f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
        else:
            kind = f'office:value-type="float" office:value="{cell}"'
            found += f"<table:table-cell {kind}><text:p>?</text:p></table:table-cell>"
    return f"<table:table-row{attributes}>{found}</table:table-row>"
