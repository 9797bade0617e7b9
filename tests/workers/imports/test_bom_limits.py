"""What a file may hold: limits that name themselves, archives that unpack without end, cells in far corners."""

from __future__ import annotations

import dataclasses
import io
import struct
import subprocess
import sys
import warnings
import zipfile
import zlib
from pathlib import Path

import pytest

from tests.workers.imports.spreadsheet_files import (
    Cell,
    ods,
    ods_row,
    open_document,
    xls,
    xlsb,
    xlsx,
    xlsx_parts,
    xlsx_rows,
    zipped,
)
from workers.imports import BomFileError
from workers.imports.model import ParseLimits
from workers.imports.parser import parse_bytes
from workers.imports.reading import archives
from workers.imports.reading.source import Source, read_source

LIMITS = ParseLimits(max_rows=50, max_columns=20, max_cells=400, max_cell_chars=100, max_sheets=3)
HEADER: list[Cell] = [(0, 0, "Reference"), (0, 1, "Quantity"), (0, 2, "MPN")]
LINE: list[Cell] = [(1, 0, "R1"), (1, 1, 1.0), (1, 2, "RC0603")]
ROOT = Path(__file__).resolve().parents[3]
MIB = 1024 * 1024
MOST_MEMORY = 256 * MIB


def read(data: bytes, limits: ParseLimits = LIMITS) -> Source:
    return read_source(data, "bom", limits)


def refused(data: bytes, limits: ParseLimits = LIMITS, slug: str = "bom_too_large") -> BomFileError:
    with pytest.raises(BomFileError) as caught:
        read(data, limits)
    assert caught.value.slug == slug
    assert caught.value.hint
    assert len(caught.value.detail) <= 400
    return caught.value


def text(rows: list[list[str]]) -> bytes:
    return "".join(",".join(row) + "\n" for row in rows).encode()


def every_format(rows: list[list[str]]) -> list[bytes]:
    cells: list[Cell] = [(r, c, value) for r, row in enumerate(rows) for c, value in enumerate(row) if value]
    document = "".join(ods_row(*row) for row in rows)
    page = "".join("<tr>" + "".join(f"<td>{cell}" for cell in row) for row in rows)
    return [
        text(rows),
        text(rows).decode().encode("utf-16"),
        xlsx(cells),
        xls(cells),
        xlsb(cells),
        ods(document),
        open_document(document, root="office:document").encode(),
        f"<html><table>{page}</table>".encode(),
    ]


def table_of(count: int, width: int = 3) -> list[list[str]]:
    header = ["Reference", "Quantity", "MPN"]
    return [[*header, *["x"] * (width - 3)], *([f"R{i}", "1", "RC", *["x"] * (width - 3)] for i in range(count - 1))]


def test_rows() -> None:
    for data in every_format(table_of(51)):
        assert "more than 50 rows" in refused(data).message
    for data in every_format(table_of(50)):
        assert len(read(data).tables[0].rows) == 50


def test_blank_rows_do_not_count() -> None:
    data = b"Reference,Quantity\n" + b",,,\n\n" * 1000 + b"R1,1\n" + b",\n" * 1000
    (table,) = read(data).tables
    assert (len(table.rows), list(table.rows)[-1]) == (2002, ["R1", "1"])


def test_cells() -> None:
    for data in every_format(table_of(30, 15)):
        error = refused(data)
        assert ("more than 400 cells" in error.message, "cells" in error.detail) == (True, True)


def test_cells_of_all_sheets_count_together() -> None:
    parts = xlsx_parts(xlsx_rows((r, c, 1.0) for r in range(40) for c in range(6)))
    book, links = str(parts["xl/workbook.xml"]), str(parts["xl/_rels/workbook.xml.rels"])
    again = '<sheet name="Two" sheetId="2" r:id="r3"/></sheets>'
    link = links[links.index("<Relationship ") : links.index("/>") + 2].replace("r1", "r3").replace("sheet1", "sheet2")
    more = {
        "xl/workbook.xml": book.replace("</sheets>", again),
        "xl/_rels/workbook.xml.rels": links.replace("<Relationship ", f"{link}<Relationship ", 1),
        "xl/worksheets/sheet2.xml": parts["xl/worksheets/sheet1.xml"],
    }
    assert "more than 400 cells" in refused(zipped(parts | more)).message
    assert len(read(zipped(parts | more), ParseLimits()).tables) == 2


def test_columns_beyond_the_limit_are_left_out() -> None:
    for data in every_format(table_of(3, 30)):
        source = read(data)
        assert [w.code for w in source.warnings] == ["columns_left_out"]
        assert max(map(len, source.tables[0].rows)) == 20
    for data in every_format(table_of(3, 20)):
        assert read(data).warnings == []
    assert read(b"Reference,Quantity" + b"," * 5000 + b"\nR1,1\n").warnings == []


def test_long_cells_are_cut() -> None:
    for data in every_format([["Reference", "Quantity", "Notes"], ["R1", "1", "n" * 101], ["R2", "1", "n" * 100]]):
        source = read(data)
        assert [w.code for w in source.warnings] == ["cells_cut"]
        assert "row 2" in source.warnings[0].message
        assert [len(row[2]) for row in source.tables[0].rows] == [5, 100, 100]


def test_sheets() -> None:
    row = ods_row("Reference", "Quantity")
    tables = f'</table:table><table:table table:name="x">{row}' * 4
    source = read(ods(row + tables))
    assert (len(source.tables), [w.code for w in source.warnings]) == (3, ["sheets_left_out"])


def test_all_limits_hold_for_the_whole_parser() -> None:
    limits = dataclasses.replace(LIMITS, max_rows=5)
    with pytest.raises(BomFileError) as caught:
        parse_bytes(text(table_of(6)), "bom.csv", limits=limits)
    assert caught.value.slug == "bom_too_large"


CORNER: list[Cell] = [(1048575, 16383, 1.0)]


def test_a_cell_in_the_far_corner_is_left_out() -> None:
    rows = [["Reference", "Quantity", "MPN"], ["R1", "1", "RC0603"]]
    beyond = '<table:table-row table:number-rows-repeated="{}"><table:table-cell table:number-columns-repeated="{}"/>{}'
    far = beyond.format(1048573, 16384, "</table:table-row>") + beyond.format(1, 16383, "<table:table-cell>")
    document = ods_row("Reference", "Quantity", "MPN") + ods_row("R1", 1.0, "RC0603") + far
    for data in (
        xlsx([*HEADER, *LINE, *CORNER]),
        xlsx([*HEADER, *LINE, (1048575, 2, 1.0)]),
        xls([*HEADER, *LINE, (65535, 255, 1.0)]),
        ods(f"{document}<text:p>x</text:p></table:table-cell></table:table-row>"),
    ):
        (table,) = read(data, ParseLimits()).tables
        assert [list(row) for row in table.rows[:2]] == rows


def test_cells_far_from_each_other_that_are_not_stray() -> None:
    spread: list[Cell] = [(row, 250, 1.0) for row in range(2, 65000, 1500)]
    assert "between the first and the last" in refused(xls([*HEADER, *LINE, *spread]), ParseLimits()).message
    assert len(read(xlsx([*HEADER, *LINE, *spread]), ParseLimits()).tables[0].rows) > 60_000
    assert refused(xlsb([*HEADER, *LINE, *CORNER]), ParseLimits())


def worksheet(content: bytes) -> bytes:
    """A workbook whose sheet is just that."""
    return zipped(xlsx_parts("") | {"xl/worksheets/sheet1.xml": content})


def bomb(size: int, declared: int | None = None) -> bytes:
    """A workbook with a sheet of so many bytes, which may say that it has fewer."""
    row = b'<row r="1"><c r="A1"><v>1</v></c></row>' * 1000
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(head) + b"".join(packer.compress(row) for _ in range(size // len(row))) + packer.flush()
    name = b"xl/worksheets/sheet1.xml"
    parts = xlsx_parts("")
    del parts[name.decode()]
    data = zipped(parts)
    end = data.rindex(b"PK\x05\x06")
    count, length, start = struct.unpack_from("<HII", data, end + 10)
    fields = (20, 0, 8, 0, 0, 0, len(packed), declared or size, len(name), 0)
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", *fields) + name + packed
    central = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, *fields, 0, 0, 0, 0, start) + name
    directory = data[start : start + length] + central
    last = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count + 1, count + 1, len(directory), start + len(local), 0)
    return data[:start] + local + directory + last


@pytest.mark.parametrize("declared", [None, 1000])
def test_a_workbook_that_unpacks_without_end(declared: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert archives.MAX_UNPACKED <= 400 * MIB
    monkeypatch.setattr(archives, "MAX_UNPACKED", 30 * MIB)
    error = refused(bomb(31 * MIB, declared), ParseLimits())
    assert "30 MiB" in error.message


def test_pictures_and_macros_do_not_count_and_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_UNPACKED", 1 * MIB)
    extra = {
        "xl/media/image1.png": bytes(2 * MIB),
        "xl/vbaProject.bin": b"\xff" * 1000,
        "docProps/app.xml": "<broken",
    }
    assert len(read(zipped(xlsx_parts(xlsx_rows([*HEADER, *LINE])) | extra)).tables) == 1


def test_an_archive_of_very_many_files() -> None:
    extra = {f"x/{i}": "" for i in range(10_001)}
    assert "10000 files" in refused(zipped(xlsx_parts(xlsx_rows(HEADER)) | extra)).message


def test_an_archive_within_an_archive_is_no_spreadsheet() -> None:
    refused(zipped({"bom.xlsx": xlsx(HEADER)}), slug="bom_unsupported_format")


def test_a_part_given_twice_is_read_as_it_was_checked() -> None:
    buffer = io.BytesIO()
    again = {"xl/worksheets/sheet1.xml": xlsx_parts(xlsx_rows(CORNER))["xl/worksheets/sheet1.xml"]}
    with zipfile.ZipFile(buffer, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in (*xlsx_parts(xlsx_rows([*HEADER, *LINE])).items(), *again.items()):
            archive.writestr(name, content)
    assert len(read(buffer.getvalue()).tables[0].rows) == 2


def test_one_text_shared_by_very_many_cells() -> None:
    rows = "".join(f'<row r="{i}"><c r="A{i}" t="s"><v>0</v></c></row>' for i in range(1, 5000))
    data = zipped(xlsx_parts(rows, ["x" * 30_000]))
    assert "characters" in refused(data, ParseLimits()).message
    long = "x" * 30_000
    assert "characters" in refused(xls((i, 0, long) for i in range(5000)), ParseLimits()).message


def test_very_many_shared_texts() -> None:
    rows = xlsx_rows([*HEADER, *LINE])
    assert "more than 400 cells" in refused(zipped(xlsx_parts(rows, ["a"] * 401))).message


ENTITIES = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10 if i else "lol"}">' for i in range(12))


@pytest.mark.parametrize(
    "entity", ['<!ENTITY a11 SYSTEM "file:///etc/passwd">', ENTITIES, '<!ENTITY % a SYSTEM "http://x/">%a;']
)
def test_entities_are_never_expanded(entity: str) -> None:
    doctype = f"<!DOCTYPE w [{entity}]>"
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>&a11;</t></is></c></row>'
    sheet = str(xlsx_parts(cell)["xl/worksheets/sheet1.xml"])
    strings = str(xlsx_parts("", ["&a11;"])["xl/sharedStrings.xml"])
    shared = xlsx_parts('<row r="1"><c r="A1" t="s"><v>0</v></c></row>')
    document = open_document(ods_row("&a11;"))
    flat = open_document(ods_row("&a11;"), root="office:document")
    for data in (
        worksheet(sheet.replace("<worksheet", f"{doctype}<worksheet").encode()),
        zipped(shared | {"xl/sharedStrings.xml": strings.replace("<sst", f"{doctype}<sst")}),
        zipped(xlsx_parts("") | {"xl/workbook.xml": f"{doctype}<workbook>&a11;</workbook>"}),
        zipped({"content.xml": document.replace("<office:document-content", f"{doctype}<office:document-content", 1)}),
        flat.replace("<office:document ", f"{doctype}<office:document ", 1).encode(),
    ):
        with pytest.raises(BomFileError) as caught:
            read(data)
        assert caught.value.slug in {"bom_damaged", "bom_empty", "bom_unsupported_format"}


def test_elements_within_elements_without_end() -> None:
    deep = b"<a>" * 200
    assert "within each other" in refused(worksheet(b"<worksheet><row r='1'>" + deep), slug="bom_damaged").detail
    start = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'
    assert "within each other" in refused(start + deep, slug="bom_damaged").detail


def test_a_tag_without_end() -> None:
    start = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
    assert "one tag" in refused(start + b' a="b"' * 400_000, slug="bom_damaged").detail


@pytest.mark.parametrize("cut", [20, 100, 500, 1000])
def test_cut_off_workbooks_are_damaged(cut: int) -> None:
    for whole in (xlsx([*HEADER, *LINE]), xls([*HEADER, *LINE]), xlsb([*HEADER, *LINE]), ods(ods_row("Reference"))):
        refused(whole[: min(cut, len(whole) - 40)], slug="bom_damaged")


HOSTILE = {
    "a row of a million columns": b"Ref,Qty,Value\nR1,1,10k" + b",x" * 1_000_000 + b"\n",
    "a row of twenty million commas": b"Ref,Qty,Value\nR1,1,2\n" + b"," * 20_000_000,
    "one giant cell": b'Ref,Qty,Value\nR1,1,"' + b"x" * 10_000_000 + b'"\n',
    "nothing but line ends": b"Ref,Qty,Value\nR1,1,2\n" + b"\r" * 10_000_000,
    "brackets": b"[" + b"[]," * 5_000_000,
    "quotes": b"Ref,Qty,Value\n" + b'"""x\n' * 500_000,
    "aligned blank lines": b"Qty  Reference    Value\n1    R1           10k\n" + b"\n" * 5_000_000,
    "wide cells of a page": b"<html><table>" + b"<tr><td colspan=1000><td>x" * 200_000,
    "broken tags": b"<html><table><tr><td>" + b"<a" * 2_000_000,
    "open comments": b"<html><table><tr><td>" + b"<!--" * 2_000_000,
    "tables within tables": b"<html>" + b"<table><tr><td>" * 200_000,
    "a far corner": xlsx([*HEADER, *LINE, *CORNER]),
    "a far corner of an xls": xls([*HEADER, *LINE, (65535, 255, 1.0)]),
    "repeated cells": ods(
        ods_row("Reference", "Quantity") + ods_row("x", attributes=' table:number-rows-repeated="9999999"')
    ),
    "no texts": zipped(xlsx_parts("", ["@"]) | {"xl/sharedStrings.xml": "<sst>" + "<si/>" * 6_000_000 + "</sst>"}),
    "emoji": b"Ref,Qty,Value\n" + "R1,1,a text of some length \U0001f600\n".encode() * 150_000,
    "noise": b"".join(struct.pack("<I", i * 2654435761 % 2**32) for i in range(1_000_000)),
}
CHILD = """
import re, sys
from pathlib import Path
from workers.imports.model import BomFileError, ParseLimits
from workers.imports.reading.source import read_source
try:
    read_source(open(sys.argv[1], "rb").read(), "bom", ParseLimits())
except BomFileError as error:
    assert error.slug
print(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not say what a process used")
@pytest.mark.parametrize("name", HOSTILE)
def test_no_file_takes_much_memory(name: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(HOSTILE[name])
    run = subprocess.run(
        [sys.executable, "-c", CHILD, str(path)], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr[-500:]
    assert int(run.stdout) * 1024 < MOST_MEMORY
