"""From rows to lines: what is a part, what is fitted, whose number it is, and what a person is warned about."""

from decimal import Decimal

import pytest

from tests.support.parsed_boms import reread, written
from workers.imports import BomFileError, ParsedBom, ParsedLine
from workers.imports.columns.layout import Layout
from workers.imports.lines import ranges
from workers.imports.lines.named_parts import number_in_name
from workers.imports.lines.reader import LineReader
from workers.imports.model import ParseLimits
from workers.imports.parser import parse_bytes

HEADER = "Item,Reference,Qty,Value,Manufacturer,MPN,Digi-Key,Notes\n"


def parse(text: str, name: str = "bom.csv") -> ParsedBom:
    return parse_bytes(text.encode(), name, limits=ParseLimits(max_lines=1000))


def only(text: str) -> ParsedLine:
    (line,) = parse(text).lines
    return line


def codes(line: ParsedLine) -> list[str]:
    return [warning.code for warning in line.warnings]


def test_a_plain_line() -> None:
    line = only(HEADER + '1,"R1, R2",2,10k, Yageo ,RC0603FR-0710KL,311-10.0KHRCT-ND,\n')
    assert (line.position, line.row_number, line.references) == (1, 2, ["R1", "R2"])
    assert (line.quantity, line.value, line.manufacturer) == (Decimal(2), "10k", "Yageo")
    assert (line.mpn, line.supplier, line.supplier_sku) == ("RC0603FR-0710KL", "Digi-Key", "311-10.0KHRCT-ND")
    assert (line.is_dnp, line.warnings, line.alternates) == (False, [], [])
    assert line.raw["Manufacturer"] == " Yageo "
    assert "Notes" not in line.raw


def test_mapping_and_columns() -> None:
    bom = parse(HEADER + "1,R1,1,10k,,,,\n")
    assert [c.name for c in bom.columns] == [
        "Item",
        "Reference",
        "Qty",
        "Value",
        "Manufacturer",
        "MPN",
        "Digi-Key",
        "Notes",
    ]
    assert bom.mapping["references"] == ["Reference"]
    assert bom.mapping["supplier_sku"] == ["Digi-Key"]


def test_quantity_comes_from_the_references_where_there_is_none() -> None:
    assert only('Designator,Comment,Footprint\n"C1,C2,C3",100n,0603\n').quantity == 3
    line = only(HEADER + "1,R1-R4,,10k,,,,\n")
    assert (line.quantity, codes(line)) == (4, ["quantity_from_references"])


def test_the_quantity_column_wins_with_a_warning() -> None:
    line = only(HEADER + '1,"R1,R2",3,10k,,,,\n')
    assert (line.quantity, codes(line)) == (3, ["quantity_reference_mismatch"])
    assert line.warnings[0].message == "Row 2, column 'Qty': quantity 3, but 2 references; the quantity counts."
    assert line.warnings[0].column == "Qty"


def test_unreadable_quantities() -> None:
    assert codes(only(HEADER + "1,,lots,Solder paste,,,,\n")) == ["quantity_not_a_number"]
    line = only(HEADER + "1,R1,-2,10k,,,,\n")
    assert (line.quantity, codes(line)) == (1, ["quantity_negative"])
    assert codes(only(HEADER + "1,,,Solder paste,,,,\n")) == ["quantity_missing"]


def test_the_quantity_of_one_board_is_chosen() -> None:
    text = "Ref,Qty for 100 boards,Total Qty,Qty per board,MPN\nR1,100,7,1,RC0603FR-0710KL\n"
    assert only(text).quantity == 1
    assert only("Mouser #,Mfr. #,Order Qty.\n603-RC0603FR-0710KL,RC0603FR-0710KL,25\n").quantity == 25
    assert only("Ref,DigiKey Quantity,MPN\nR1,10,RC0603FR-0710KL\n").quantity == 1


def test_placeholders_are_empty_but_kept_as_written() -> None:
    for text in ("-", "~", "Any", "n/a", "N/A", "TBD", "Leave empty", "???", "#N/A", "--"):
        line = only(HEADER + f"1,R1,1,{text},{text},{text},{text},\n")
        assert (line.value, line.manufacturer, line.mpn, line.supplier_sku) == (None, None, None, None)
        assert line.raw["MPN"] == text
        assert codes(line) == ["nothing_to_match"]


def test_not_fitted_by_value() -> None:
    for text in (
        "DNP",
        "dnp",
        "10k DNP",
        "10k (DNP)",
        "D.N.P.",
        "DNI",
        "do not place",
        "NA(10k)",
        "NA/R0603",
        "no pop",
    ):
        assert only(HEADER + f"1,R1,1,{text},,,,\n").is_dnp, text
    assert only(HEADER + "1,R1,1,DNP,,,,\n").value is None
    assert only(HEADER + "1,R1,1,NA(10k),,,,\n").value == "10k"
    for text in ("10k", "N/A", "NAND2", "DNPX1", "NANO", "n.a."):
        assert not only(HEADER + f"1,R1,1,{text},,,,\n").is_dnp, text


def test_not_fitted_by_column() -> None:
    for mark in ("DNP", "x", "1", "yes", "TRUE", "Excluded from BOM"):
        assert only(f"Ref,Qty,Value,DNP\nR1,1,10k,{mark}\n").is_dnp, mark
    for mark in ("", "0", "False", "no", "-"):
        assert not only(f"Ref,Qty,Value,DNP\nR1,1,10k,{mark}\n").is_dnp, mark


def test_not_fitted_by_the_opposite_column() -> None:
    text = "Ref,Qty,Value,Fitted\nR1,1,10k,Fitted\nR2,1,10k,Not Fitted\nR3,1,10k,\n"
    assert [line.is_dnp for line in parse(text).lines] == [False, True, False]
    text = "Ref,Qty,Value,Populate\nR1,1,10k,yes\nR2,1,10k,no\n"
    assert [line.is_dnp for line in parse(text).lines] == [False, True]
    assert not only("Ref,Qty,Value,Assembly\nR1,1,10k,0\n".replace(",0", ",SMD")).is_dnp


def test_not_fitted_by_a_note_in_several_languages() -> None:
    for note in ("Do not populate", "nicht bestücken", "non monté", "no montar", "не устанавливать", "不贴", "未実装"):
        assert only(HEADER + f"1,R1,1,10k,,,,{note}\n").is_dnp, note
    assert not only(HEADER + "1,R1,1,10k,,,,check rotation when placing\n").is_dnp


def test_not_fitted_by_section() -> None:
    text = (
        HEADER
        + "1,R1,1,1k,,,,\n,DO NOT INSTALL COMPONENTS BELOW,,,,,,\n2,R2,1,2k,,,,\nMechanical,,,,,,,\n3,,4,M3 screw,,,,\n"
    )
    assert [line.is_dnp for line in parse(text).lines] == [False, True, False]


def test_second_sources_belong_to_the_line_above() -> None:
    text = (
        "Qty,Reference,Description,Manufacturer,MPN\n1,C1,CAP,TDK,C2012X5R\n,,,Murata,GRM21BR71A\n1,C2,CAP,AVX,0402YC\n"
    )
    first, second = parse(text).lines
    assert [(a.row_number, a.mpn, a.manufacturer) for a in first.alternates] == [(3, "GRM21BR71A", "Murata")]
    assert (second.position, second.row_number, second.alternates) == (2, 4, [])


def test_repeated_references() -> None:
    first, second = parse(HEADER + "1,R1,1,1k,,,,\n2,R1,1,2k,,,,\n").lines
    assert (codes(first), codes(second)) == ([], ["reference_repeated"])
    assert "row 2" in second.warnings[0].message
    assert codes(only(HEADER + '1,"R1,R1",2,1k,,,,\n')) == ["reference_repeated"]


def test_first_distributor_with_an_order_number() -> None:
    text = (
        "Ref,Qty,Mouser,Farnell,LCSC\nR1,1,https://mouser.com/x1,9239391,C1234\nR2,1,order two of them please,,C25804\n"
    )
    found = [(line.supplier, line.supplier_sku) for line in parse(text).lines]
    assert found == [("Farnell", "9239391"), ("LCSC", "C25804")]
    line = only("Ref,Qty,Value,Digikey\nR1,1,1k,https://www.digikey.com/1\n")
    assert (line.supplier_sku, codes(line)) == (None, ["supplier_sku_ignored"])


def test_suppliers_in_pairs_of_columns() -> None:
    text = (
        "Ref,Qty,MPN,Supplier 1,Supplier Part Number 1,Supplier 2,Supplier Part Number 2\n"
        "R1,1,RC1,Digikey,311-1,Mouser,603-1\nR2,1,RC2,,,Mouser,603-2\n"
    )
    found = [(line.supplier, line.supplier_sku) for line in parse(text).lines]
    assert found == [("Digi-Key", "311-1"), ("Mouser", "603-2")]


def test_distributors_in_a_row_above_or_below_the_header() -> None:
    below = "MPN,Qty,SKU,SKU,Price,Price\n,,Digi-Key,Mouser,Digi-Key,Mouser\nRC1,1,311-1,603-1,1,1\nRC2,1,,603-2,,1\n"
    above = "Parts,,Digi-Key,,Mouser,\nManf#,Qty,Cat#,Price,Cat#,Price\nRC1,1,311-1,1,603-1,1\nRC2,1,,,603-2,1\n"
    for text in (below, above):
        found = [(line.supplier, line.supplier_sku) for line in parse(text).lines]
        assert found == [("Digi-Key", "311-1"), ("Mouser", "603-2")]


def test_generic_numbers_belong_to_whom_the_other_column_names() -> None:
    line = only("Name,Vendor,Part number,Count,Identifier\nCrystal,Digikey,XC1771CT-ND,1,Y1\n")
    assert (line.mpn, line.supplier, line.supplier_sku) == (None, "Digi-Key", "XC1771CT-ND")
    line = only("Designator,QTY,MFG,SKU\nJ1,1,CUI,SJ-3524-SMT-TR\n")
    assert (line.mpn, line.manufacturer, line.supplier_sku) == ("SJ-3524-SMT-TR", "CUI", None)


def test_maker_and_number_in_one_cell() -> None:
    def split(cell: str) -> tuple[str | None, str | None]:
        line = only(f'Designator,Manufacturer/MPN,Qty\nU1,"{cell}",1\n')
        return line.manufacturer, line.mpn

    assert split("YAGEO CC0402KRX7R7BB104") == ("YAGEO", "CC0402KRX7R7BB104")
    assert split("Texas Instruments SN74LVC1G07DCKR") == ("Texas Instruments", "SN74LVC1G07DCKR")
    assert split("Nexperia 74LVC1G07GV,125") == ("Nexperia", "74LVC1G07GV,125")
    assert split("MTCONN UBAF-06082, FCI 10118192-0001LF") == ("MTCONN", "UBAF-06082")
    assert split("see drawing") == (None, None)


def test_columns_decide_by_what_stands_in_them() -> None:
    eagle = "Part,Value,Device,Package\nR1,10k,R-EU_R0603,R0603\nC1,1u,C-EUC0603,C0603\nIC1,LM358,LM358D,SO08\n"
    assert [line.references for line in parse(eagle).lines] == [["R1"], ["C1"], ["IC1"]]
    orcad = "Item\tQuantity\tReference\tPart\n____\n1\t2\tD1,D2\tGreen\n2\t1\tJ1\t1x2 Header\n3\t1\tR1\t360R\n"
    assert [(line.references[0], line.value) for line in parse(orcad).lines][1] == ("J1", "1x2 Header")
    index = 'Index,Qty,Value,References\n"R1, R2",2,10k,Murata GRM1\nC1,1,1u,any will do\nU1,1,LM358,ask first\n'
    assert [line.references for line in parse(index).lines] == [["R1", "R2"], ["C1"], ["U1"]]


def test_a_list_of_part_numbers() -> None:
    bom = parse('manf#,\nZHCS1000,\nLM358DR,\n"2N7002P\\,215",\n')
    assert [line.mpn for line in bom.lines] == ["ZHCS1000", "LM358DR", "2N7002P,215"]
    assert bom.lines[2].raw == {"manf#": "2N7002P\\,215"}
    assert [w.code for w in bom.warnings] == ["no_quantity"]


def test_repeated_and_missing_header_names_do_not_collide() -> None:
    line = only("Ref,Qty,Value,Value,,Notes\nR1,1,10k,1%,odd,x,beyond\n")
    assert line.raw == {
        "Ref": "R1",
        "Qty": "1",
        "Value": "10k",
        "Value (2)": "1%",
        "Column E": "odd",
        "Notes": "x",
        "Column G": "beyond",
    }


def test_invisible_characters_are_taken_out_with_a_warning() -> None:
    line = only(HEADER + "1,R1,1,10k,Sam\u200esung,\u202eRC06\x0003FR\ufeff,,\n")
    assert (line.manufacturer, line.mpn) == ("Samsung", "RC0603FR")
    assert codes(line) == ["invisible_characters", "invisible_characters"]
    assert "\u200e" in line.raw["Manufacturer"]
    assert "\x00" not in "".join(line.raw.values())


def test_long_cells_are_cut_with_a_warning() -> None:
    line = only(HEADER + f"1,R1,1,10k,,{'X1' * 500},,\n")
    assert line.mpn is not None
    assert len(line.mpn) == 200
    assert codes(line) == ["cell_too_long"]
    assert len(line.raw["MPN"]) == 1000


def test_no_way_to_a_part_makes_it_longer_than_its_column() -> None:
    combined = only(f"Reference,Qty,Manufacturer and Part Number\nR1,1,Yageo RC{'06' * 500}\n")
    assert (combined.manufacturer, len(combined.mpn or "")) == ("Yageo", 200)
    named = number_in_name(f"Конденсатор GRM188R71C104KA01D ф. M{'a' * 500}")
    assert named is not None
    assert len(named[1] or "") <= 200


def test_more_references_than_a_line_holds_are_left_out_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"R{number}" for number in range(100, 400)]
    text = HEADER + f'1,"{",".join(names)}",300,10k,,RC0603,,\n'
    assert only(text).references == names
    monkeypatch.setattr(ranges, "MAX_LIST_BYTES", 1024)
    line = only(text)
    assert line.references == names[: len(line.references)]
    assert 80 < len(line.references) < 200
    assert (line.quantity, codes(line)) == (300, ["cell_too_long"])


def test_severity_and_field_of_warnings() -> None:
    def found(row: str) -> list[tuple[str, str | None, str]]:
        return [(w.code, w.field, w.severity) for w in only(HEADER + row).warnings]

    assert found("1,,some,Solder paste,,,,\n") == [("quantity_not_a_number", "quantity", "error")]
    assert found("1,R1,-2,10k,,,,\n") == [("quantity_negative", "quantity", "error")]
    assert found("1,R1,99999999999,10k,,,,\n") == [("quantity_too_large", "quantity", "error")]
    assert found("1,,,Solder paste,,,,\n") == [("quantity_missing", "quantity", "error")]
    assert found("1,R1,0,10k,,,,\n") == [("quantity_zero", "quantity", "error")]
    assert found("1,R1,1,,Yageo,,,\n") == [("nothing_to_match", "mpn", "error")]
    assert found('1,"R1,R2",3,10k,,,,\n') == [("quantity_reference_mismatch", "quantity", "warning")]
    assert found("1,R1,,10k,,,,\n") == [("quantity_from_references", "quantity", "warning")]
    assert found('1,"R1,R1",2,10k,,,,\n') == [("reference_repeated", "references", "warning")]
    assert found("1,R1-R9999,9999,10k,,,,\n") == [("reference_range_too_long", "references", "warning")]
    assert found("1,R1,1,10k,Sam\u200esung,,,\n") == [("invisible_characters", "manufacturer", "warning")]
    assert found("1,R1,1,10k,,,https://x.example/1,\n") == [("supplier_sku_ignored", "supplier_sku", "warning")]


def test_what_nobody_fits_is_no_error() -> None:
    for row in ("1,R1,0,DNP,,,,\n", "1,R1,1,DNP,,,,\n", "1,R1,many,10k DNP,,,,\n", "1,,,10k DNP,,,,\n"):
        assert {w.severity for w in only(HEADER + row).warnings} <= {"warning"}, row


def test_a_shortened_range_is_a_name_where_the_quantity_says_so() -> None:
    assert only(HEADER + "1,C1-4,4,1u,,,,\n").references == ["C1", "C2", "C3", "C4"]
    assert only(HEADER + "1,C1-4,,1u,,,,\n").references == ["C1", "C2", "C3", "C4"]
    assert only(HEADER + "1,C1-4,1,1u,,,,\n").references == ["C1-4"]
    assert only(HEADER + "1,C1-4,7,1u,,,,\n").references == ["C1", "C2", "C3", "C4"]


def test_numbers_that_a_spreadsheet_changed() -> None:
    head = "Ref,Qty,Internal PN,MPN,Farnell\n"
    line = only(head + "R1,1,4711001.0,1234567.0,9239391.0\n")
    assert (line.internal_number, line.mpn, line.supplier_sku) == ("4711001", "1234567", "9239391")
    assert [(w.code, w.field) for w in line.warnings] == [
        ("number_as_float", "mpn"),
        ("number_as_float", "internal_number"),
        ("number_as_float", "supplier_sku"),
    ]
    assert line.raw["MPN"] == "1234567.0"
    line = only(head + "R1,1,,1.23457E+11,\n")
    assert (line.mpn, [(w.code, w.severity) for w in line.warnings]) == (
        "1.23457E+11",
        [("number_as_exponent", "warning")],
    )
    for mpn in ("1-2199298-3.0", "0.5", "LM317.0", "12.5", "2E+5X"):
        line = only(head + f"R1,1,,{mpn},\n")
        assert (line.mpn, line.warnings) == (mpn, []), mpn


def test_units_and_internal_numbers() -> None:
    line = only("Part Number,Description,Qty,UOM,MPN\nIP-1,Cable,1.5,MTR,LAPP-1119303\n")
    assert (line.internal_number, line.quantity, line.unit) == ("IP-1", Decimal("1.5"), "m")
    line = only("Part Number,Description,Qty,MPN\nIP-1,Cable,0.5 m,LAPP-1119303\n")
    assert (line.quantity, line.unit, line.total_quantity) == (Decimal("0.5"), "m", Decimal("0.5"))


def test_a_line_with_an_internal_number_alone() -> None:
    head = "Part Number,Description,Qty,MPN\n"
    first, second = parse(head + "IP-1,Cable,1,LAPP-1119303\nIP-2,Label,,\n").lines
    assert (second.internal_number, codes(second)) == ("IP-2", ["quantity_missing"])
    assert codes(first) == []


def _read_all(reader: LineReader, rows: list[list[str]]) -> None:
    for number, row in enumerate(rows, start=2):
        reader.read(row, number)


def test_references_without_end_are_refused() -> None:
    row = ",".join(f"R{n}001-R{n}900" for n in range(1, 12))
    layout = Layout(["Ref", "Value"], {"references": 0}, {"value": (1,)})
    reader = LineReader(layout, layout.names, 1_000_000)
    with pytest.raises(BomFileError) as caught:
        _read_all(reader, [[row, "10k"]] * 1000)
    assert caught.value.slug == "bom_too_large"


def test_json_round_trip() -> None:
    bom = parse(HEADER + "1,R1-R3,0.50,10k,Würth,74\u200e438,,DNP\n2,,1,,,X\x00Y1,,\n")
    assert reread(bom) == bom
    assert all(b"\\u0000" not in part for part in written(bom))
