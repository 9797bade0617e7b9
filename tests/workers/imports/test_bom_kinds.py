# ruff: noqa: RUF001
"""What is a part line and what stands around them: sections, totals, title blocks, pages."""

import pytest

from workers.imports import ParsedBom, ParsedLine
from workers.imports.columns.layout import Layout, PartColumn
from workers.imports.lines.reader import LineReader
from workers.imports.model import ParseLimits
from workers.imports.parser import parse_bytes

HEADER = "Item,Reference,Qty,Value,Manufacturer,MPN,Digi-Key,Notes\n"


def parse(text: str) -> ParsedBom:
    return parse_bytes(text.encode(), "bom.csv", limits=ParseLimits(max_lines=1000))


def test_what_is_no_part_is_left_out() -> None:
    text = (
        HEADER + "1,R1,1,1k,,,,\n,,,,,,,\n-----,----,---,---,---,---,---,---\nSMT parts,,,,,,,\n2,C1,1,1u,,,,\n"
        "0,0,0,,,,,0\n,,2,,,,,\nTotal,,2,,,,,\n,,,Total parts,2,,,\nDate:,2024-01-01,,,,,,\nNumber of boards:,1,,,,,,\n"
    )
    bom = parse(text)
    assert [line.value for line in bom.lines] == ["1k", "1u"]
    assert [w.code for w in bom.warnings] == ["rows_left_out"]
    assert "Rows 5, 8-12 " in bom.warnings[0].message


def test_the_foot_after_the_parts_is_left_out_but_counted_parts_are_not() -> None:
    text = "Ref,Qty,Description\nR1,1,10k\nPCB specifications,,\nPCB,,FR4 2 layers\nBOX,1,Enclosure\n"
    assert [line.description for line in parse(text).lines] == ["10k", "Enclosure"]


def test_a_header_on_each_page() -> None:
    page = "Ref,Qty,Value\n{},1,10k\n"
    assert [line.references for line in parse(page.format("R1") + page.format("R2")).lines] == [["R1"], ["R2"]]


def read(header: list[str], rows: list[list[str]]) -> list[ParsedLine]:
    """Lines of references, maker and part number, in the columns 1 to 3."""
    layout = Layout(header, {"references": 0, "manufacturer": 1, "mpn": 2}, parts=(PartColumn(2, 1),))
    reader = LineReader(layout, header, 100)
    for number, row in enumerate(rows, start=2):
        reader.read(row, number)
    return list(reader.finish())


def test_a_header_with_line_breaks_on_each_page() -> None:
    part = ["Yageo", "RC0603FR-0710KL"]
    rows = [
        ["R1", *part],
        ["Not fitted", "", ""],
        ["R2", *part],
        ["Ref\nDes", "Top\ndog", "Part\nNumber"],
        ["R3", *part],
    ]
    lines = read(["Ref Des", "Top dog", "Part Number"], rows)
    assert [(line.references, line.is_dnp) for line in lines] == [(["R1"], False), (["R2"], True), (["R3"], False)]


def test_a_header_of_two_rows_on_each_page() -> None:
    part = ["Yageo", "RC0603FR-0710KL"]
    rows = [["R1", *part], ["Reference", "Manufacturer", "Manufacturer"], ["", "Name", "Part Number"], ["R2", *part]]
    lines = read(["Reference", "Manufacturer Name", "Manufacturer Part Number"], rows)
    assert [(line.references, line.alternates) for line in lines] == [(["R1"], []), (["R2"], [])]


def test_parts_listed_twice_count_once() -> None:
    text = (
        "Individual Components:\n\nItem,Qty,Reference(s),Value\n,,R1,1k\n,,R2,1k\n,,C1,1u\n\n"
        'Collated Components:\n\nItem,Qty,Reference(s),Value\n1,2,"R1, R2",1k\n2,1,C1,1u\n'
    )
    bom = parse(text)
    assert [(line.position, line.quantity) for line in bom.lines] == [(1, 2), (2, 1)]
    assert bom.warnings[0].code == "listed_twice"


FOOTS = {
    "English": "Total,,7,,,\nApproved by:,Smith,,,,\nRev,B,,,,\nPage 1 of 2,,,,,\nEnd of BOM,,,,,\n",
    "German": "Summe,,7,,,\nErstellt von:,Meier,,,,\nStand,3,,,,\nSeite 1,,,,,\nGesamtpreis:,,,,12.50,\n",
    "French": "Total,,7,,,\nSous-total,,7,,,\nVérifié par,Dupont,,,,\nIndice,B,,,,\nFrais de port,,1,,,\n",
    "Italian": "Totale,,7,,,\nApprovato da:,Rossi,,,,\nFoglio,1,,,,\nSpedizione,,1,,,\n",
    "Spanish": "Suma,,7,,,\nDibujado por,García,,,,\nHoja,2,,,,\nGastos de envío,,1,,,\n",
    "Russian": "Итого,,7,,,\nРазраб.,Иванов,,,,\nПров.,Петров,,,,\nЛист,1,,,,\nДоставка,,1,,,\n",
    "Chinese": "合计,,7,,,\n制图,张三,,,,\n审核:,李四,,,,\n日期,2024,,,,\n运费,,1,,,\n",
    "Japanese": "合計,,7,,,\n作成,田中,,,,\n承認：,鈴木,,,,\n日付,2024,,,,\n送料,,1,,,\n",
}


@pytest.mark.parametrize("foot", FOOTS.values(), ids=FOOTS.keys())
def test_totals_and_title_blocks(foot: str) -> None:
    head = "Reference,Description,Qty,Value,Manufacturer,MPN\n"
    bom = parse(head + "R1-R4,resistor,4,10k,Yageo,RC0603\nC1-C3,capacitor,3,1u,TDK,C2012\n" + foot)
    assert [line.references[0] for line in bom.lines] == ["R1", "C1"]


def test_words_of_the_foot_inside_a_line() -> None:
    head = "Reference,Qty,Value,Description\n"
    rows = "R1,1,Total reflection mirror,Summe\nS1,1,End stop,Rev counter\n,2,Date code label,sheet metal\n"
    assert len(parse(head + rows).lines) == 3


SECTIONS = (
    *("Resistors", "SMD Bauteile", "Condensateurs", "Resistenze", "Condensadores", "Конденсаторы", "电阻类", "抵抗"),
    *("Resistors:", "--- Connectors ---", "1. Widerstände", "TOP SIDE", "Печатная плата:", "面実装部品"),
)


@pytest.mark.parametrize("title", SECTIONS)
@pytest.mark.parametrize("column", [0, 1, 3])
def test_titles_of_sections(title: str, column: int) -> None:
    row = [""] * 4
    row[column] = title
    text = "Reference,Value,Qty,Description\nR1,10k,1,x\n" + ",".join(row) + "\nC1,1u,1,y\n"
    assert [line.references for line in parse(text).lines] == [["R1"], ["C1"]]


def test_a_sum_without_a_word() -> None:
    rows = "".join(f"{n},R{n},{n},10k\n" for n in range(1, 8))
    bom = parse("Item,Reference,Qty,Value\n" + rows + ",,28,parts\n")
    assert ([line.position for line in bom.lines], bom.warnings[0].code) == (list(range(1, 8)), "rows_left_out")
    assert len(parse("Item,Reference,Qty,Value\n" + rows + ",,27,parts\n").lines) == 8
