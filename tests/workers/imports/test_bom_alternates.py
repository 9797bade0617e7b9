"""Second sources that the file gives: in further rows, further columns, or the same cell."""

import pytest

from workers.imports import ParsedLine
from workers.imports.columns.layout import Layout, PartColumn
from workers.imports.lines.parts import alternatives
from workers.imports.lines.reader import LineReader
from workers.imports.lines.rows import MAX_OTHERS
from workers.imports.model import ParseLimits
from workers.imports.parser import parse_bytes


def parse(text: str) -> list[ParsedLine]:
    return parse_bytes(text.encode(), "bom.csv", limits=ParseLimits(max_lines=1000)).lines


def read(layout: Layout, *rows: list[str]) -> list[ParsedLine]:
    reader = LineReader(layout, layout.names, 1000)
    for number, row in enumerate(rows, start=2):
        reader.read(row, number)
    return list(reader.finish())


def sources(line: ParsedLine) -> list[tuple[str | None, str | None]]:
    return [(line.mpn, line.manufacturer), *((a.mpn, a.manufacturer) for a in line.alternates)]


INTERNAL = "Internal PN,Reference,Qty,Description,Manufacturer,MPN\n"


def test_rows_without_numbers_of_their_own() -> None:
    first, second = parse(
        INTERNAL + "IP-1,C1 C2,2,CAP,TDK,C2012X5R1A\n,,,,Murata,GRM21BR71A\n,,,CAP,AVX,08053C104\n"
        "IP-2,R1,1,RES,Yageo,RC0603FR-0710KL\n"
    )
    assert sources(first) == [("C2012X5R1A", "TDK"), ("GRM21BR71A", "Murata"), ("08053C104", "AVX")]
    assert [a.row_number for a in first.alternates] == [3, 4]
    assert (first.quantity, sources(second)) == (2, [("RC0603FR-0710KL", "Yageo")])


def test_a_repeated_internal_number_without_references_or_with_the_same() -> None:
    first, second = parse(
        INTERNAL + 'IP-1,"C1,C2",2,CAP,TDK,C2012X5R1A\nIP-1,,,CAP,Murata,GRM21BR71A\n'
        'IP-2,R1,1,RES,Yageo,RC0603FR-0710KL\nIP-1,"C1,C2",2,CAP,AVX,08053C104\n'
    )
    assert sources(first) == [("C2012X5R1A", "TDK"), ("GRM21BR71A", "Murata"), ("08053C104", "AVX")]
    assert (first.quantity, first.warnings, second.internal_number, second.position) == (2, [], "IP-2", 2)


def test_a_repeated_internal_number_with_other_references_is_a_line() -> None:
    rows = "IP-1,C1,1,CAP,TDK,C2012X5R1A\nIP-1,C2,1,CAP,TDK,C2012X5R1A\nIP-1,C3,1,CAP,Murata,GRM21BR71A\n"
    lines = parse(INTERNAL + rows)
    assert [(line.references, line.alternates) for line in lines] == [(["C1"], []), (["C2"], []), (["C3"], [])]


def test_approved_makers_listed_one_a_row() -> None:
    head = "Part Number,Qty,Description,Manufacturer,Manufacturer Part Number\n"
    first, second = parse(
        head + "100-1,4,CAP,TDK,C2012X5R1A\n100-1,4,CAP,Murata,GRM21BR71A\n100-2,4,RES,Yageo,RC0603FR-0710KL\n"
    )
    assert sources(first) == [("C2012X5R1A", "TDK"), ("GRM21BR71A", "Murata")]
    assert (first.quantity, second.quantity) == (4, 4)
    twice = parse(head + "100-1,4,CAP,TDK,C2012X5R1A\n100-1,2,CAP,TDK,C2012X5R1A\n100-1,1,CAP,Murata,GRM21BR71A\n")
    assert [line.quantity for line in twice] == [4, 2, 1]


def test_the_same_part_in_two_assemblies_is_two_lines() -> None:
    lines = parse(
        "Level,Part Number,Qty,Manufacturer,MPN\n0,A-1,1,,\n1,B-1,2,,\n2,C-1,3,TDK,C2012X5R1A\n1,B-2,1,,\n"
        "2,C-1,3,TDK,C2012X5R1A\n"
    )
    assert [line.internal_number for line in lines] == ["A-1", "B-1", "C-1", "B-2", "C-1"]


def test_the_same_item_again_with_the_same_references() -> None:
    head = "Item,Reference,Qty,Manufacturer,MPN\n"
    first, second = parse(
        head + '1,"C1,C2",2,TDK,C2012X5R1A\n1,"C1,C2",2,Murata,GRM21BR71A\n2,R1,1,Yageo,RC0603FR-0710KL\n'
    )
    assert (sources(first)[1:], second.position) == ([("GRM21BR71A", "Murata")], 2)


@pytest.mark.parametrize("item", ["1.1", "1a", "1", ""])
def test_a_sub_item_without_quantity_or_references(item: str) -> None:
    head = "Item,Reference,Qty,Value,Manufacturer,MPN\n"
    first, second = parse(head + f"1,C1,1,1u,TDK,C2012X5R1A\n{item},,,,Murata,GRM21BR71A\n2,R1,1,10k,Yageo,RC0603\n")
    assert (sources(first)[1:], second.row_number) == ([("GRM21BR71A", "Murata")], 4)


@pytest.mark.parametrize("word", ["ALT", "Alternate", "2nd source", "oder", "替代"])
def test_a_row_that_is_called_an_alternate(word: str) -> None:
    head = "Item,Reference,Qty,Value,Manufacturer,MPN\n"
    (line,) = parse(head + f"1,C1,1,1u,TDK,C2012X5R1A\n{word},,1,1u,Murata,GRM21BR71A\n")
    assert sources(line)[1:] == [("GRM21BR71A", "Murata")]


def test_rows_that_are_lines_of_their_own() -> None:
    head = "Item,Reference,Qty,Description,Manufacturer,MPN\n"
    for row in ("2,,,Enclosure,Hammond,1590BBK", ",,1,Enclosure,Hammond,1590BBK", ",ENC1,,Enclosure,Hammond,1590BBK"):
        lines = parse(head + f"1,C1,1,CAP,TDK,C2012X5R1A\n{row}\n")
        assert [line.alternates for line in lines] == [[], []], row


def test_further_columns_of_part_numbers() -> None:
    layout = Layout(
        ["Ref", "Qty", "Maker 1", "MPN 1", "Maker 2", "MPN 2", "MPN 3"],
        {"references": 0, "quantity": 1, "mpn": 3, "manufacturer": 2},
        parts=(PartColumn(3, 2), PartColumn(5, 4), PartColumn(6, None)),
    )
    first, second, third = read(
        layout,
        ["C1", "1", "TDK", "C2012X5R1A", "Murata", "GRM21BR71A", "08053C104"],
        ["C2", "1", "TDK", "-", "Murata", "GRM21BR71A", ""],
        ["C3", "1", "TDK", "C2012X5R1A", "TDK", "C2012X5R1A", "C2012X5R1A"],
    )
    assert sources(first) == [("C2012X5R1A", "TDK"), ("GRM21BR71A", "Murata"), ("08053C104", None)]
    assert sources(second) == [("GRM21BR71A", "Murata")]
    assert sources(third) == [("C2012X5R1A", "TDK"), ("C2012X5R1A", None)]


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("C2012X5R1A or GRM21BR71A", ["C2012X5R1A", "GRM21BR71A"]),
        ("C2012X5R1A oder GRM21BR71A", ["C2012X5R1A", "GRM21BR71A"]),
        ("C2012X5R1A ou GRM21BR71A", ["C2012X5R1A", "GRM21BR71A"]),
        ("C2012X5R1A或GRM21BR71A", ["C2012X5R1A", "GRM21BR71A"]),
        ("C2012X5R1A; GRM21BR71A;08053C104", ["C2012X5R1A", "GRM21BR71A", "08053C104"]),
        ("C2012X5R1A\nGRM21BR71A", ["C2012X5R1A", "GRM21BR71A"]),
        ("C2012X5R1A | GRM21BR71A", ["C2012X5R1A", "GRM21BR71A"]),
        ("LM358 / TL072CD", ["LM358", "TL072CD"]),
        ("C2012X5R1A, GRM21BR71A", ["C2012X5R1A", "GRM21BR71A"]),
        ("C2012X5R1A (or GRM21BR71A)", ["C2012X5R1A", "GRM21BR71A"]),
        ("C2012X5R1A (Or same value and size)", ["C2012X5R1A"]),
        ("LP2985-33DBVR/NOPB", ["LP2985-33DBVR/NOPB"]),
        ("74LVC1G07GV,125", ["74LVC1G07GV,125"]),
        ("BSS84AK, 215", ["BSS84AK, 215"]),
        ("2N7002P\\,215", ["2N7002P,215"]),
        ("PCF8523T/1,118", ["PCF8523T/1,118"]),
        ("LM358DR,LM2904DR", ["LM358DR", "LM2904DR"]),
        ("LM358DR/LM358ADR", ["LM358DR", "LM358ADR"]),
        ("GRM155R71C104KA88D (alt. C1005X7R1C104K)", ["GRM155R71C104KA88D", "C1005X7R1C104K"]),
        ("GRM155R71C104KA88D or equivalent", ["GRM155R71C104KA88D"]),
        ("GRM155R71C104KA88D oder gleichwertig", ["GRM155R71C104KA88D"]),
        ("GRM155R71C104KA88D/equiv.", ["GRM155R71C104KA88D"]),
        ("74HC14D,118", ["74HC14D,118"]),
        ("PMEG3010,115", ["PMEG3010,115"]),
        ("TPH1R403NL,L1Q", ["TPH1R403NL,L1Q"]),
        ("TB6612FNG(O,C8,EL)", ["TB6612FNG(O,C8,EL)"]),
        ("TC7SH08FU,LJ(CT", ["TC7SH08FU,LJ(CT"]),
        ("19-21SURC/S530-A3/TR8", ["19-21SURC/S530-A3/TR8"]),
        ("CR0805-J/-000ELF", ["CR0805-J/-000ELF"]),
        ("LM358DR/SN74LS00", ["LM358DR/SN74LS00"]),
        ("Screw M3 / nut", ["Screw M3 / nut"]),
        ("any or none", ["any or none"]),
        ("MCP2515 I/SO", ["MCP2515 I/SO"]),
        ("-", []),
    ],
)
def test_several_numbers_in_one_cell(cell: str, numbers: list[str]) -> None:
    assert alternatives(cell) == numbers


def test_makers_in_one_cell_go_with_the_numbers() -> None:
    head = "Ref,Qty,Manufacturer,MPN\n"
    (both,) = parse(head + "C1,1,TDK / Murata,C2012X5R1A or GRM21BR71A\n")
    assert sources(both) == [("C2012X5R1A", "TDK"), ("GRM21BR71A", "Murata")]
    (one,) = parse(head + "C1,1,TDK,C2012X5R1A or GRM21BR71A\n")
    assert sources(one) == [("C2012X5R1A", "TDK"), ("GRM21BR71A", None)]


def test_makers_and_numbers_in_one_cell() -> None:
    cell = '"MTCONN UBAF-06082, FCI 10118192-0001LF"'
    (line,) = parse(f"Designator,Manufacturer/MPN,Qty\nJ1,{cell},1\n")
    assert sources(line) == [("UBAF-06082", "MTCONN"), ("10118192-0001LF", "FCI")]


def test_the_order_number_of_a_second_source() -> None:
    head = "Item,Qty,Reference,Value,RS Components,Stock\n"
    (line,) = parse(head + "1,2,D8 D9,LED red,466-3728,100\n,,,,485-3341,50\n")
    assert [(a.mpn, a.supplier, a.supplier_sku) for a in line.alternates] == [(None, "RS", "485-3341")]


def test_second_sources_without_end_are_bounded() -> None:
    rows = "".join(f",,,,Maker,X{number}Y\n" for number in range(2 * MAX_OTHERS))
    (line,) = parse(INTERNAL + "IP-1,C1,1,CAP,TDK,C2012X5R1A\n" + rows)
    assert len(line.alternates) == MAX_OTHERS


def test_second_source_described_in_the_same_words_without_references() -> None:
    text = (
        "Reference,Part Number,Qty,Description\n"
        "U2,SN74LVC1G07DCKR,1,IC single buffer with open-drain output\n"
        ",74LVC1G07GV,1,IC single buffer with open-drain output\n"
        ",74LVC2G07GV,1,IC dual buffer with open-drain output\n"
        "R1,RC0402,1,Resistor\n,RC0403,1,Resistor\n"
    )
    lines = parse_bytes(text.encode(), "bom.csv").lines
    assert [(line.mpn, [a.mpn for a in line.alternates]) for line in lines] == [
        ("SN74LVC1G07DCKR", ["74LVC1G07GV"]), ("74LVC2G07GV", []), ("RC0402", []), ("RC0403", []),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "https://example.com/p/1",
            "www.example.com/p/1",
            "generic",
            "Various",
            "Standard",
            "see notes",
            "siehe Zeichnung",
        ),
        *(
            "TBD - ask purchasing",
            "to be defined",
            "any 10k 0402 resistor will do",
            "TI or ST parts OK",
            "Customer supplied",
        ),
        *("xxx", "no MPN", "通用", "см. примечание"),
    ],
)
def test_remarks_where_a_part_number_would_stand(cell: str) -> None:
    first, second = parse(f"Ref,Qty,Value,Manufacturer,MPN\nR1,1,10k,Yageo,{cell}\nR2,1,1k,Yageo,RC0402FR-071KL\n")
    assert (first.mpn, first.manufacturer, first.raw["MPN"]) == (None, "Yageo", cell)
    assert [(w.code, w.severity, w.column) for w in first.warnings] == [("mpn_ignored", "warning", "MPN")]
    assert second.warnings == []


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "PTS810 SJM 250 SMTR LFS",
            "CM7V-T1A 32.768k 9pF 20PPM TA QA",
            "Resistor (1%)",
            "M3 Spade Terminal",
            "Header 2x5",
        ),
        *("BeagleBone Black Commercial RevC PCB", "OPENMV4", "NONE-123", "TBD62083AFG", "SEE-1206"),
    ],
)
def test_odd_names_in_the_column_of_part_numbers_are_kept(cell: str) -> None:
    (line,) = parse(f"Ref,Qty,Value,MPN\nX1,1,10k,{cell}\n")
    assert line.mpn == cell
