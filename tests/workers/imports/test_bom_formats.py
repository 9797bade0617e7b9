"""Encodings, delimiters, line ends, quotes, header rows and spreadsheets."""

import io

import openpyxl
import pytest

from workers.imports import ParsedBom
from workers.imports.model import ParseLimits
from workers.imports.parser import parse_bytes
from workers.imports.reading.delimited import read_delimited
from workers.imports.reading.encodings import decode

ROWS = [
    ["Reference", "Quantity", "Value", "Manufacturer", "MPN"],
    ["R1, R2", "2", "10kΩ ±1%", "Würth", "560112116005"],
    ["C1", "1", "4,7 µF", "TDK", "C1608X5R1A475K"],
]


def text_of(delimiter: str, end: str = "\n") -> str:
    def quoted(cell: str) -> str:
        return f'"{cell}"' if delimiter in cell else cell

    return "".join(delimiter.join(quoted(cell) for cell in row) + end for row in ROWS)


def parse(data: bytes, name: str = "bom.csv") -> ParsedBom:
    return parse_bytes(data, name, limits=ParseLimits(max_lines=1000))


def rows(text: str) -> list[list[str]]:
    return list(read_delimited(text)[1])


def check(bom: ParsedBom) -> None:
    assert [line.references for line in bom.lines] == [["R1", "R2"], ["C1"]]
    assert [line.value for line in bom.lines] == ["10kΩ ±1%", "4,7 µF"]
    assert [line.manufacturer for line in bom.lines] == ["Würth", "TDK"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be"])
def test_delimiters_line_ends_and_encodings(delimiter: str, end: str, encoding: str) -> None:
    text = text_of(delimiter, end)
    mark = "\ufeff" if encoding.startswith("utf-16") else ""
    bom = parse((mark + text).encode(encoding), "wrong-extension.xls")
    check(bom)
    assert (bom.format, bom.encoding, bom.delimiter) == ("delimited", encoding, delimiter)


def test_utf16_without_a_mark() -> None:
    assert parse(text_of(";").encode("utf-16-le")).encoding == "utf-16-le"
    assert parse(text_of(";").encode("utf-16-be")).encoding == "utf-16-be"


def test_windows_1252() -> None:
    text = text_of(";").replace("Ω", "")
    bom = parse(text.encode("cp1252"))
    assert (bom.encoding, bom.lines[0].manufacturer, bom.lines[1].value) == ("cp1252", "Würth", "4,7 µF")


def test_one_accent_is_no_double_byte_text() -> None:
    assert decode("Référence;Qté\nR1;1\n".encode("cp1252")).encoding == "cp1252"
    assert decode("C1,2.2µF,±5%,85°C\n".encode("cp1252")).encoding == "cp1252"
    assert decode(b"Ref,Qty\nR1,1\n").encoding == "utf-8"


def test_other_code_pages_are_told_apart_by_how_they_read() -> None:
    assert decode("Метка;Значение;Корпус\nS1;Кнопка тактовая;KSR\n".encode("cp1251")).encoding == "cp1251"
    assert decode("部品,説明\nC1,チップコンデンサ\n".encode("cp932")).encoding == "cp932"
    assert decode("位号,数量,型号,封装,厂家\nC1,1,电容,贴片,国巨\n".encode("gb18030")).encoding == "gb18030"


def test_a_broken_byte_does_not_change_the_encoding() -> None:
    bom = parse(text_of(",").encode() + "C2,1,1µF,Würth,X7R1\n".encode().replace(b"W\xc3\xbc", b"W\xff\xc3\xbc"))
    assert bom.encoding == "utf-8"
    assert [w.code for w in bom.warnings] == ["unreadable_characters"]


def test_the_header_may_stand_anywhere_in_the_first_rows() -> None:
    for above in range(0, 29, 4):
        title = "".join(f"Title {i},Project X,Revision 2\n" for i in range(above))
        bom = parse((title + text_of(",")).encode())
        check(bom)
        assert (bom.header_row, bom.lines[0].row_number) == (above + 1, above + 2)


def test_header_cells_with_line_breaks_and_blank_lines() -> None:
    text = '\n\n"Reference\nDesignator","Manufacturer\r\nPart Number",Quantity\n\n"C61,81",GRM1555C1HR50CZ01D,2\n'
    bom = parse(text.encode())
    assert (bom.header_row, bom.lines[0].row_number) == (3, 5)
    assert bom.lines[0].raw["Manufacturer Part Number"] == "GRM1555C1HR50CZ01D"


def test_a_header_over_two_rows() -> None:
    text = (
        "Reference,Manufacturer,Manufacturer,Qty per\nDesignator,Name,Part Number,Board\nR1,Yageo,RC0603FR-0710KL,1\n"
    )
    (line,) = parse(text.encode()).lines
    assert (line.manufacturer, line.mpn, line.quantity) == ("Yageo", "RC0603FR-0710KL", 1)


def test_spaces_after_the_delimiter() -> None:
    text = 'Reference, Quantity, Value, MPN\nC1 C2 ,2, "18pF, NP0", "CC0603"\n'
    (line,) = parse(text.encode()).lines
    assert (line.quantity, line.value, line.mpn) == (2, "18pF, NP0", "CC0603")


def test_semicolons_with_commas_inside() -> None:
    text = "Id;Designator;Package;Quantity;Designation;\n1;C3,C7,C6;0603;3;2,2u;\n2;R1,R2;0402;2;1,5k;\n"
    bom = parse(text.encode())
    assert (bom.delimiter, [line.quantity for line in bom.lines]) == (";", [3, 2])


def test_an_unbalanced_quote_does_not_swallow_the_file() -> None:
    rows = "".join(f"R{i},1,10k\n" for i in range(100))
    bom = parse(f'Ref,Qty,Value\nX1,1,"1/2 inch\n{rows}'.encode())
    assert len(bom.lines) == 101


def test_unbalanced_quotes_leave_the_lines_between_them_alone() -> None:
    text = 'Ref,Qty,Value\nX1,1,"1/2 inch\nR1,1,10k\nC9,2,"3/4 inch\nC10,1,"two\nlines"\nC11,1,"a, b"\n'
    assert rows(text)[1:] == [
        ["X1", "1", '"1/2 inch'],
        ["R1", "1", "10k"],
        ["C9", "2", '"3/4 inch'],
        ["C10", "1", "two\nlines"],
        ["C11", "1", "a, b"],
    ]


def test_long_lists_of_references_over_several_lines_are_one_cell() -> None:
    text = 'Qty,Ref,Value\n8,"R1, R2, R3, R4,\nR5, R6, R7, R8",10k\n1,C1,1u\n'
    assert rows(text)[1] == ["8", "R1, R2, R3, R4,\nR5, R6, R7, R8", "10k"]


def test_signs_that_end_no_line() -> None:
    text = "Ref,Qty,Value\nR1\x0bR2,2,10k\x85\nC1,1,a\u2028b\x0c\n"
    assert rows(text)[1:] == [["R1\x0bR2", "2", "10k\x85"], ["C1", "1", "a\u2028b\x0c"]]


def test_line_ends_of_all_kinds_in_one_file() -> None:
    text = "Ref,Qty\r\nR1,1\rR2,2\nR3,3\r\r\nR4,4"
    assert rows(text) == [["Ref", "Qty"], ["R1", "1"], ["R2", "2"], ["R3", "3"], ["R4", "4"]]


@pytest.mark.parametrize("after", ["", ";;;", ",,"])
def test_lines_that_are_wholly_quoted(after: str) -> None:
    text = f'"Ref,Qty,Value"{after}\n"R1,1,10k"{after}\n"C1,2,""1,5u"""{after}\n'
    assert [(line.quantity, line.value) for line in parse(text.encode()).lines] == [(1, "10k"), (2, "1,5u")]


def test_only_the_lines_with_quotes_within_are_wholly_quoted() -> None:
    text = 'Ref,Qty,Value\n"R1,1,""10k, 1%"""\nC1,2,1u\n"Do not fit: R1, R2"\n'
    assert rows(text) == [["Ref", "Qty", "Value"], ["R1", "1", "10k, 1%"], ["C1", "2", "1u"], ["Do not fit: R1, R2"]]


def test_a_quoted_cell_of_several_lines_is_no_quoted_line() -> None:
    assert rows('"Item|Qty|Part\n|||Digi-Key"\n') == [["Item|Qty|Part\n|||Digi-Key"]]


def test_trailing_delimiters() -> None:
    bom = parse(b"Ref;Qty;Value;;;\nR1;1;10k;;;\nC1;2;1,5u;;;;;\n")
    assert [(line.quantity, line.value) for line in bom.lines] == [(1, "10k"), (2, "1,5u")]


@pytest.mark.parametrize("first", ["sep=;", "SEP=;", '"sep=;"', "\ufeffsep=;"])
def test_a_declared_separator(first: str) -> None:
    bom = parse(f"{first}\r\nRef;Qty;Value\r\nR1;1;a,b,c\r\n".encode())
    assert (bom.delimiter, bom.header_row, bom.lines[0].value) == (";", 2, "a,b,c")
    assert parse(b"sep=!\nRef!Qty!Value\nR1!1!10k\n").lines[0].value == "10k"


def test_a_markdown_table() -> None:
    text = "# Parts\n\n| Ref | Qty | MPN |\n|-----|----:|-----|\n| R1-R3 | 3 | RC0603FR-0710KL |\n"
    (line,) = parse(text.encode(), "README.md").lines
    assert (line.row_number, line.quantity, line.mpn) == (5, 3, "RC0603FR-0710KL")


def test_a_row_of_very_many_columns() -> None:
    bom = parse(b"Ref,Qty,Value\nR1,1,10k" + b",x" * 300_000 + b"\nC1,1,1u\n")
    assert [line.quantity for line in bom.lines] == [1, 1]
    assert [w.code for w in bom.warnings] == ["columns_left_out"]


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_numbers_that_a_spreadsheet_made_of_part_numbers() -> None:
    rows: list[list[object]] = [
        ["Reference", "Qty", "Value", "MPN"],
        ["R1", 1, 4.7, 1234567],
        ["C1", 2.0, 0.1, 732511150.0],
    ]
    first, second = parse(workbook({"x": rows})).lines
    assert (first.quantity, first.value, first.mpn) == (1, "4.7", "1234567")
    assert (second.quantity, second.value, second.mpn) == (2, "0.1", "732511150")


def test_the_sheet_with_the_parts_is_found() -> None:
    changes: list[list[object]] = [["Revision", "Change", "By", "Date"], ["B", "Changed quantity of R1", "me", "today"]]
    places: list[list[object]] = [["Designator", "Mid X", "Mid Y", "Rotation", "Layer"], ["R1", 1, 2, 90, "Top"]]
    parts: list[list[object]] = [[None], ["Board X"], [None], *[list(row) for row in ROWS]]
    bom = parse(workbook({"Changes": changes, "Placement": places, "Parts": parts, "Empty": []}))
    check(bom)
    assert (bom.sheet, bom.header_row, bom.lines[0].row_number) == ("Parts", 4, 5)


def test_other_sheets_with_parts_are_named() -> None:
    rows = [list(row) for row in ROWS]
    bom = parse(workbook({"Main": rows, "Variant": rows[:2]}))
    assert (bom.sheet, [w.code for w in bom.warnings]) == ("Main", ["other_sheets"])
