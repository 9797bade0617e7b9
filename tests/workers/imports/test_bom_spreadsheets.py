"""Workbooks of every kind, tables of web pages, spreadsheets as XML; each under whatever name."""

import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Alignment, Font

from tests.workers.imports.spreadsheet_files import (
    Cell,
    compound_file,
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
from workers.imports import BomFileError, ParsedBom, parse_file
from workers.imports.model import ParseLimits
from workers.imports.parser import parse_bytes
from workers.imports.reading import archives as archives_module
from workers.imports.reading import extents as extents_module
from workers.imports.reading import workbooks as workbooks_module
from workers.imports.reading.grid import Rows
from workers.imports.reading.sheets import cell_text
from workers.imports.reading.source import Source, read_source

ROWS: list[list[str | float]] = [
    ["Reference", "Quantity", "MPN", "Value"],
    ["R1, R2", 2.0, "RC0603FR-0710KL", "10kΩ"],
    ["C1", 1.0, 1234567.0, 4.7],
]
CELLS: list[Cell] = [(r, c, value) for r, row in enumerate(ROWS) for c, value in enumerate(row)]
HTML = """<html><head><meta http-equiv=Content-Type content="text/html; charset=windows-1252">
<style>td {color: red}</style><script>if (a < b) document.write("<table><tr><td>MPN<td>Qty")</script></head>
<body>
<!-- <table><tr><td>Reference<td>Qty</td></tr></table> -->
<table><tr><td colspan=4>My cart &amp; more</td></tr></table>
<table border=1><tr><th>Reference<th>Quantity<th>MPN<th>Value</tr>
<tr><td>R1,&nbsp;R2</td><td align="right"> 2 </td>
<td><a title="a>b" href='x'>RC0603FR</a>-<b>0710KL</b></td><td>10k&Omega;</td></tr>
<tr style='display:x'><td>C1<td>1<td>1234567<td>4.7</table></body></html>"""
XML_2003 = """<?xml version="1.0"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:html="http://www.w3.org/TR/REC-html40"><Worksheet ss:Name="BOM"><Table><Row ss:Index="2">
<Cell><Data ss:Type="String">Reference</Data></Cell><Cell><Data ss:Type="String">Quantity</Data></Cell>
<Cell ss:Index="4"><Data ss:Type="String">MPN</Data><Comment><ss:Data>no</ss:Data></Comment></Cell>
<Cell ss:MergeAcross="1"><Data ss:Type="String">Value</Data></Cell><Cell><Data ss:Type="String">Date</Data></Cell></Row>
<Row><Cell><ss:Data ss:Type="String">R1, <html:B>R2</html:B></ss:Data></Cell>
<Cell><Data ss:Type="Number">2.0</Data></Cell>
<Cell ss:Index="4"><Data ss:Type="String">RC0603FR-0710KL</Data></Cell><Cell><Data ss:Type="String">10kΩ</Data></Cell>
<Cell ss:Index="7"><Data ss:Type="DateTime">2024-05-01T00:00:00.000</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">C1</Data></Cell><Cell><Data ss:Type="Number">1</Data></Cell>
<Cell ss:Index="4"><Data ss:Type="Number">1234567</Data></Cell>
<Cell><Data ss:Type="Number">4.7000000000000002</Data></Cell>
</Row></Table></Worksheet></Workbook>"""
OPEN_ROWS = "".join(ods_row(*row) for row in ROWS)


def parse(data: bytes, name: str = "bom.csv") -> ParsedBom:
    return parse_bytes(data, name, limits=ParseLimits(max_lines=1000))


def source(data: bytes, limits: ParseLimits | None = None) -> Source:
    return read_source(data, "bom", limits or ParseLimits())


def web_archive(page: str) -> bytes:
    return (
        'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="x"\n\n--x\nContent-Type: text/html\n'
        f"Content-Transfer-Encoding: 8bit\n\n{page}\n--x\nContent-Type: image/png\n\nabc\n--x--\n"
    ).encode("cp1252", "xmlcharrefreplace")


FILES = {
    "xlsx": xlsx(CELLS),
    "xls": xls(CELLS),
    "xlsb": xlsb(CELLS),
    "ods": ods(OPEN_ROWS),
    "fods": open_document(OPEN_ROWS, root="office:document").encode(),
    "spreadsheetml": XML_2003.encode(),
    "html": HTML.encode("cp1252"),
}


@pytest.mark.parametrize("extension", [".csv", ".xls", ".xlsx", ".txt", ".html", ""])
@pytest.mark.parametrize("file_format", FILES)
def test_the_content_decides_whatever_the_name(file_format: str, extension: str) -> None:
    bom = parse(FILES[file_format], f"bom{extension}")
    assert bom.format == file_format
    assert [(line.references, line.quantity, line.mpn) for line in bom.lines] == [
        (["R1", "R2"], 2, "RC0603FR-0710KL"),
        (["C1"], 1, "1234567"),
    ]
    assert [line.value for line in bom.lines][1] == "4.7"


def test_text_under_the_name_of_a_workbook() -> None:
    bom = parse(b"Reference;Quantity;MPN\nR1;1;RC0603\n", "bom.xls")
    assert (bom.format, bom.delimiter, bom.lines[0].mpn) == ("delimited", ";", "RC0603")


def test_a_web_archive() -> None:
    assert [line.mpn for line in parse(web_archive(HTML), "cart.xls").lines] == ["RC0603FR-0710KL", "1234567"]
    with pytest.raises(BomFileError) as caught:
        source(web_archive("<p>nothing</p>"))
    assert caught.value.slug == "bom_unsupported_format"


def test_a_small_xls_keeps_its_stream_in_short_sectors() -> None:
    assert [line.mpn for line in parse(xls(CELLS, small=True)).lines] == ["RC0603FR-0710KL", "1234567"]


def test_each_table_of_a_page_is_one_to_choose_from() -> None:
    tables = source(FILES["html"]).tables
    assert [table.name for table in tables] == ["Table 1", "Table 2"]
    assert list(tables[1].rows)[1] == ["R1, R2", "2", "RC0603FR-0710KL", "10kΩ"]


def test_cells_over_several_columns_and_rows_keep_the_others_in_place() -> None:
    page = (
        "<table><tr><th rowspan=2>Reference<th colspan='2'>Quantity<th>MPN</tr><tr><td>a<td>b<td>c</tr>"
        "<tr><td>R1<br>R2<td>1<td>2<td>X1</tr></table>"
    )
    (table,) = source(page.encode()).tables
    assert list(table.rows) == [["Reference", "Quantity", "", "MPN"], ["", "a", "b", "c"], ["R1\nR2", "1", "2", "X1"]]


def test_a_table_within_a_cell_is_a_table_of_its_own() -> None:
    inner = "<table><tr><td>Reference<td>MPN</tr><tr><td>R1<td>X1</tr></table>"
    bom = parse(f"<body><table><tr><td>Menu<td>{inner}</td><td>More</tr></table></body>".encode())
    assert [(line.references, line.mpn) for line in bom.lines] == [(["R1"], "X1")]


@pytest.mark.parametrize(
    "text", ["<b>,Reference,Qty\n1,R1,2\n", "<5 pcs>,Reference,Qty\n1,R1,2\n", "<!>\nReference,Qty\nR1,2\n"]
)
def test_text_that_only_begins_like_a_page(text: str) -> None:
    bom = parse(text.encode())
    assert (bom.format, [line.references for line in bom.lines]) == ("delimited", [["R1"]])


@pytest.mark.parametrize("charset", ["shift_jis", "gb2312", "windows-1251", "utf-8"])
def test_a_page_says_what_it_is_encoded_in(charset: str) -> None:
    word = {"shift_jis": "抵抗", "gb2312": "电阻", "windows-1251": "Резистор", "utf-8": "Größe"}[charset]
    page = f'<html><meta charset="{charset}"><table><tr><td>Ref<td>Qty<td>Value<tr><td>R1<td>1<td>{word}</table>'
    assert parse(page.encode(charset)).lines[0].value == word


def test_a_page_that_is_wrong_about_its_encoding() -> None:
    page = '<html><meta charset="iso-8859-1"><table><tr><td>Ref<td>Qty<td>Value<tr><td>R1<td>1<td>Größe Ω</table>'
    assert parse(page.encode()).lines[0].value == "Größe Ω"
    broken = page.replace("iso-8859-1", "utf-8").replace("Ω", "")
    assert parse(broken.encode("cp1252")).lines[0].value == "Größe"


def test_the_document_of_2003_says_where_its_cells_are() -> None:
    (table,) = source(XML_2003.encode("utf-16")).tables
    assert (table.name, table.first_row) == ("BOM", 2)
    assert list(table.rows)[1] == ["R1, R2", "2", "", "RC0603FR-0710KL", "10kΩ", "", "2024-05-01"]


@pytest.mark.parametrize(
    "xml",
    [
        '<?xml version="1.0"?><export version="D"><components/></export>',
        "<svg xmlns='x'></svg>",
        '<?xml version="1.0"?><!DOCTYPE plist PUBLIC "x" "y"><plist/>',
        "<!DOCTYPE html><html><body><p>Reference Qty</p></body></html>",
    ],
)
def test_other_documents_are_no_spreadsheets(xml: str) -> None:
    with pytest.raises(BomFileError) as caught:
        source(xml.encode())
    assert caught.value.slug == "bom_unsupported_format"


def test_a_table_whose_columns_nobody_knows_is_for_a_person_to_say() -> None:
    page = b"<html><table><tr><td>Teil<td>Etwas</tr><tr><td>R1<td>7</tr></table></html>"
    assert list(source(page).tables[0].rows) == [["Teil", "Etwas"], ["R1", "7"]]


def test_an_office_document_that_is_no_spreadsheet() -> None:
    parts = {name.replace("xl/workbook.xml", "word/document.xml"): c for name, c in xlsx_parts("").items()}
    parts["_rels/.rels"] = str(parts["_rels/.rels"]).replace("xl/workbook.xml", "word/document.xml")
    text = xls(CELLS).replace("Workbook".encode("utf-16-le"), "WordDocu".encode("utf-16-le"))
    slides = zipped({"mimetype": "application/vnd.oasis.opendocument.presentation", "content.xml": "<x/>"})
    for data in (zipped(parts), slides, text):
        with pytest.raises(BomFileError) as caught:
            source(data)
        assert caught.value.slug == "bom_unsupported_format"


def test_a_workbook_with_a_password() -> None:
    manifest = {"META-INF/manifest.xml": "<manifest><encryption-data/></manifest>", "content.xml": b"\x00\x01"}
    for data in (zipped(manifest), compound_file(bytes(5000), "EncryptedPackage")):
        with pytest.raises(BomFileError) as caught:
            source(data)
        assert (caught.value.slug, "password" in caught.value.message) == ("bom_unsupported_format", True)


def book_of_everything() -> bytes:
    """Dates, times, errors, formats, merged cells, hidden rows, rich text."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Reference", "Quantity", "MPN", "Value", "Date", "Notes"])
    sheet.append(["R1", 1, 1234567.0, 0.1 + 0.2, dt.datetime(2024, 5, 1), "=1/0"])  # noqa: DTZ001
    sheet.append(["R2", 2.0, "1e5", 1e-7, dt.datetime(2024, 5, 1, 10, 30, 15), True])  # noqa: DTZ001
    sheet.append(["R3", 3, 603, 12, dt.time(12, 30), "#N/A"])
    sheet["F4"].data_type = "e"
    sheet["C4"].number_format = '0000"d"'
    sheet.append(["R4", 4, "X", 5, 45000.25, ""])
    sheet["E5"].number_format = 'yyyy"-"mm'
    sheet.merge_cells("A7:C7")
    sheet["A7"] = "R5"
    sheet.row_dimensions[3].hidden = True
    sheet["A1"].font = Font(bold=True)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_cells_are_the_same_however_a_sheet_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    data = book_of_everything()
    (dense,) = source(data).tables
    monkeypatch.setattr(extents_module, "MAX_DENSE_CELLS", 0)
    (sparse,) = source(data).tables

    def written(rows: Rows) -> list[list[str]]:
        return [[*row, *[""] * (6 - len(row))] for row in rows]

    assert isinstance(dense.rows, Rows)
    assert isinstance(sparse.rows, Rows)
    assert written(dense.rows) == written(sparse.rows)
    assert written(dense.rows)[1:5] == [
        ["R1", "1", "1234567", "0.3", "2024-05-01", ""],
        ["R2", "2", "1e5", "1e-07", "2024-05-01 10:30:15", "TRUE"],
        ["R3", "3", "603", "12", "12:30:00", ""],
        ["R4", "4", "X", "5", "2023-03-15 06:00:00", ""],
    ]
    assert written(dense.rows)[6][:3] == ["R5", "", ""]


def shown(rows: list[list[str | float]], *, zeros: str = "", indents: dict[str, int] | None = None) -> bytes:
    """An XLSX workbook in which the cell `zeros` has four digits, and others are moved in."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    if zeros:
        sheet[zeros].number_format = "0000"
    for place, indent in (indents or {}).items():
        sheet[place].alignment = Alignment(indent=indent)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_zeros_that_a_format_shows_are_kept() -> None:
    rows: list[list[str | float]] = [["Ref", "Qty", "Package", "MPN"], ["R1", 1, 603, "RC0603FR"], ["R2", 2, 1206, 7]]
    for place, packages in (("C2", ["0603", "1206"]), ("C3", ["603", "1206"]), ("", ["603", "1206"])):
        bom = parse_bytes(shown(rows, zeros=place), "bom.xlsx")
        assert [line.package for line in bom.lines] == packages
        assert [(line.quantity, line.mpn) for line in bom.lines] == [(1, "RC0603FR"), (2, "7")]


def test_texts_that_are_moved_in_show_levels() -> None:
    rows: list[list[str | float]] = [
        ["Part Number", "Description", "Qty"],
        ["A-100", "Product", 1],
        ["A-200", "Board", 2],
    ]
    rows += [["C-301", "Part", 3], ["C-302", "Part", 1], ["A-400", "Case", 1]]
    data = shown(rows, indents={"B3": 1, "B4": 2, "B5": 2, "B6": 1})
    lines = parse_bytes(data, "bom.xlsx").lines
    assert [(line.level, line.description, line.total_quantity) for line in lines] == [
        (0, "Product", 1), (1, "Board", 2), (2, "Part", 6), (2, "Part", 2), (1, "Case", 1),
    ]  # fmt: skip
    flat = shown(rows, indents={f"B{row}": 1 for row in range(1, 7)})
    assert [line.level for line in parse_bytes(flat, "bom.xlsx").lines] == [0] * 5


def test_a_sheet_of_many_cells_is_not_read_one_by_one_for_its_formats(monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[list[str | float]] = [["Ref", "Qty", "Package"], ["R1", 1, 603]]
    monkeypatch.setattr(workbooks_module, "_MAX_STYLED_CELLS", 5)
    assert parse_bytes(shown(rows, zeros="C2"), "bom.xlsx").lines[0].package == "603"


def test_an_open_document_says_how_its_cells_are_shown() -> None:
    number = '<table:table-cell office:value-type="float" office:value="{}"><text:p>{}</text:p></table:table-cell>'
    before = (
        '<office:automatic-styles><style:style style:name="ce1" style:family="table-cell">'
        '<style:paragraph-properties fo:margin-left="0.353cm"/></style:style></office:automatic-styles>'
    )
    text = '<table:table-cell office:value-type="string"{}><text:p>{}</text:p></table:table-cell>'
    moved = text.format(' table:style-name="ce1"', "R1")
    rows = f"<table:table-row>{moved}{text.format('', 'R2')}{number.format(603, '0603')}{number.format(603, '603,00')}"
    (table,) = source(ods(rows + "</table:table-row>", before)).tables
    assert list(table.rows) == [["  R1", "R2", "0603", "603"]]


def test_a_large_sheet_is_read_some_rows_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    body: list[Cell] = [(row, c, f"{name}{row}") for row in range(1, 200) for c, name in enumerate("RAM")]
    body = [cell for cell in body if cell[0] not in {50, 51}]
    data = xlsx([(0, 0, "Reference"), (0, 1, "Value"), (0, 2, "MPN"), *body, (120, 16000, "stray"), (300, 0, "R300")])
    (whole,) = source(data).tables
    monkeypatch.setattr(extents_module, "MAX_DENSE_CELLS", 400)
    monkeypatch.setattr(extents_module, "_SLICE_CELLS", 40)
    monkeypatch.setattr(archives_module, "_CHUNK", 500)
    (sliced,) = source(data).tables
    assert len(whole.rows) == 301
    assert [[*row, "", "", ""][:3] for row in whole.rows] == [[*row, "", "", ""][:3] for row in sliced.rows]
    assert list(sliced.rows)[119:122] == [["R119", "A119", "M119"], [*list(sliced.rows)[120]], ["R121", "A121", "M121"]]


def test_shared_texts_with_runs_and_readings() -> None:
    rich = "</t></si><si><r><t>RC06</t></r><r><t>03</t></r><rPh sb='0' eb='1'><t>no</t></rPh></si><si><t>"
    rows = xlsx_rows([(0, 0, "Reference"), (0, 1, "MPN"), (1, 0, "R1")])
    cell = '<c r="B2" t="s"><v>1</v></c></row>'
    parts = xlsx_parts(rows.removesuffix("</row>") + cell, ["a" + rich + "b"])
    for prefix in ("", " "):  # the second as a reader of dense sheets does not expect it
        data = zipped(
            parts
            | {"xl/worksheets/sheet1.xml": str(parts["xl/worksheets/sheet1.xml"]).replace("<c r", f"<c {prefix}r")}
        )
        assert parse(data).lines[0].mpn == "RC0603"


def test_cells_that_do_not_say_where_they_are() -> None:
    rows = "<row><c t='inlineStr'><is><t>Reference</t></is></c><c t='inlineStr'><is><t>Qty</t></is></c></row>"
    rows += "<row r='3'><c t='str'><v>R1</v></c><c><v>2</v></c></row>"
    bom = parse(zipped(xlsx_parts(rows)))
    assert [(line.row_number, line.references, line.quantity) for line in bom.lines] == [(3, ["R1"], 2)]


def test_prefixed_names_and_paths_from_the_root() -> None:
    parts = xlsx_parts(xlsx_rows(CELLS))
    sheet = str(parts.pop("xl/worksheets/sheet1.xml"))
    for name in ("worksheet", "sheetData", "row", "is", "t", "c", "v"):
        sheet = (
            sheet.replace(f"<{name} ", f"<x:{name} ")
            .replace(f"<{name}>", f"<x:{name}>")
            .replace(f"</{name}>", f"</x:{name}>")
        )
    parts["xl/tables/List.xml"] = sheet.replace("xmlns=", "xmlns:x=")
    links = "xl/_rels/workbook.xml.rels"
    parts[links] = str(parts[links]).replace("worksheets/sheet1.xml", "/xl/tables/List.xml")
    assert [line.mpn for line in parse(zipped(parts)).lines] == ["RC0603FR-0710KL", "1234567"]


def test_visible_sheets_come_first() -> None:
    book = openpyxl.Workbook()
    for name, state in (("Old", "hidden"), ("Secret", "veryHidden"), ("Now", "visible")):
        sheet = book.create_sheet(name)
        sheet.append(["Reference", "Quantity", name])
        sheet.sheet_state = state
    book.remove(book.worksheets[0])
    buffer = io.BytesIO()
    book.save(buffer)
    assert [table.name for table in source(buffer.getvalue()).tables] == ["Now", "Old", "Secret"]
    hidden = '<office:automatic-styles><style:style style:name="h"><style:table-properties table:display="false"/>'
    hidden += "</style:style></office:automatic-styles>"
    more = f'{OPEN_ROWS}</table:table><table:table table:name="B">{OPEN_ROWS}'
    assert [table.name for table in source(ods(more, hidden)).tables] == ["BOM", "B"]
    xml = open_document(more, hidden, "office:document").replace(
        'table:name="BOM"', 'table:name="BOM" table:style-name="h"'
    )
    assert [table.name for table in source(xml.encode()).tables] == ["B", "BOM"]


def test_repeated_cells_and_rows_of_an_open_document() -> None:
    cell = '<table:table-cell table:number-columns-repeated="{}"{}/>'
    rows = ods_row("Reference", "Qty", "Qty", "MPN")
    rows += f'<table:table-row table:number-rows-repeated="3">{cell.format(1024, "")}</table:table-row>'
    twice = cell.format(2, ' office:value-type="float" office:value="2"')
    rows += f"<table:table-row><table:table-cell><text:p>R1</text:p></table:table-cell>{twice}</table:table-row>"
    (table,) = source(ods(rows)).tables
    assert list(table.rows) == [["Reference", "Qty", "Qty", "MPN"], [], [], [], ["R1", "2", "2"]]


def test_text_of_an_open_document() -> None:
    rich = (
        "<table:table-row><table:table-cell><office:annotation><text:p>a remark</text:p></office:annotation>"
        '<text:p>R1<text:s text:c="2"/>R2</text:p>'
        "<text:p>R3<text:tab/>R4<text:line-break/><text:span>R5</text:span></text:p>"
        '</table:table-cell><table:table-cell office:value-type="date" office:date-value="2024-05-01T00:00:00"/>'
        '<table:table-cell office:value-type="boolean" office:boolean-value="true"/>'
        '<table:table-cell office:value-type="percentage" office:value="0.01"><text:p>1%</text:p></table:table-cell>'
        "</table:table-row>"
    )
    (table,) = source(ods(rich)).tables
    assert list(table.rows) == [["R1  R2\nR3\tR4\nR5", "2024-05-01", "TRUE", "0.01"]]


def test_cells_as_a_person_sees_them() -> None:
    cells: list[tuple[object, str]] = [
        *((1234567.0, "1234567"), (0.1 + 0.2, "0.3"), (1e-07, "1e-07"), (True, "TRUE"), ("", "")),
        *((dt.date(2024, 5, 1), "2024-05-01"), (dt.time(1, 2), "01:02:00"), (7, "7"), (1e300, "1e+300")),
    ]
    assert [cell_text(cell) for cell, _ in cells] == [text for _, text in cells]


def test_a_workbook_from_a_path(tmp_path: Path) -> None:
    path = tmp_path / "odd name"
    path.write_bytes(FILES["xlsx"])
    bom = parse_file(path, "bom.csv", limits=ParseLimits(max_lines=100))
    assert (bom.format, bom.encoding, bom.delimiter, bom.sheet, bom.header_row) == ("xlsx", None, None, "BOM", 1)
