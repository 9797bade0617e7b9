"""Text in columns aligned with spaces: where columns are, what overruns them, what pages and rulers add."""

import pytest

from workers.imports import ParsedBom
from workers.imports.model import ParseLimits
from workers.imports.parser import parse_bytes
from workers.imports.reading.texts import rows_of_text


def parse(text: str, encoding: str = "utf-8") -> ParsedBom:
    return parse_bytes(text.encode(encoding), "bom.txt", limits=ParseLimits(max_lines=1000))


def rows(text: str) -> list[list[str]]:
    file_format, delimiter, found = rows_of_text(text)
    assert (file_format, delimiter) == ("fixed_width", None)
    return [row for row in found if any(row)]


EAGLE = """Partlist

Exported from singlesided.sch at 31 May 2020 20:55:38

EAGLE Version 6.6.0 Copyright (c) 1988-2014 CadSoft

Assembly variant:

Part     Value          Device          Package      Library        Sheet

C1       10u            E2,5-6          E2,5-6       polcap         1
C3       10n            C-EU025-025X050 C025-025X050 rcl            1
IC1      16F84          PIC16F84AP      DIL18        microchip      1
J1                      PINHD-1X20      1X20         PINHEAD        1
R1       2.2k 1%        R-EU_0207/10    0207/10      rcl            1
"""


def test_a_part_list_of_a_cad_program() -> None:
    bom = parse(EAGLE)
    assert (bom.format, bom.delimiter, bom.header_row) == ("fixed_width", None, 9)
    assert [(line.row_number, line.references, line.value) for line in bom.lines] == [
        (11, ["C1"], "10u"),
        (12, ["C3"], "10n"),
        (13, ["IC1"], "16F84"),
        (14, ["J1"], "PINHD-1X20"),
        (15, ["R1"], "2.2k 1%"),
    ]
    assert [line.package for line in bom.lines] == ["E2,5-6", "C025-025X050", "DIL18", "1X20", "0207/10"]


def test_a_part_list_with_attributes_one_space_apart() -> None:
    bom = parse(
        "Partlist exported from x.sch at 2015-07-04\n\n"
        "Part    Value  Device  Package  Description      MF    MPN         OC_FARNELL OC_NEWARK PROD_ID VALUE\n"
        "3.C1    100n   C-EU    C0805    CAPACITOR                                                CAP-1   100n \n"
        "GND            1,6/0,8 1,6/0,8  THROUGH-HOLE PAD                                                      \n"
        "IC1     PIC16  PIC16P  DIL14    CONTROLLER       MCHIP PIC16-I/P   9760512    54K2829                 \n"
        "SV2(IN)        MA03-1  MA03-1   PIN HEADER                         unknown    unknown                 \n"
    )
    assert [line.references for line in bom.lines] == [["3.C1"], ["GND"], ["IC1"], ["SV2"]]
    assert [(line.mpn, line.manufacturer) for line in bom.lines if line.mpn] == [("PIC16-I/P", "MCHIP")]
    assert (bom.lines[2].supplier, bom.lines[2].supplier_sku) == ("Farnell", "9760512")


def test_several_tabs_to_reach_the_next_column() -> None:
    text = "Qty\t\tPart\t\t\tPackage\n1\t\tAMS1117-3.3\t\tSOT-223\n2\t\tXC95144\t\t\tTQFP-100\n5\t\tCap\t\t\t0805\n"
    assert rows(text)[1:] == [["1", "AMS1117-3.3", "SOT-223"], ["2", "XC95144", "TQFP-100"], ["5", "Cap", "0805"]]


def test_column_names_with_one_space_between_them() -> None:
    text = "Qty Value    Device     Parts\n1   10k      R-0603     R1\n12  100n     C-0603     C1, C2\n"
    assert rows(text) == [
        ["Qty", "Value", "Device", "Parts"],
        ["1", "10k", "R-0603", "R1"],
        ["12", "100n", "C-0603", "C1, C2"],
    ]


def test_numbers_aligned_to_the_right() -> None:
    text = (
        "Pos Menge  Bezeichner  Bezeichnung\n"
        "  1     4  R1-R4       Widerstand 10k\n"
        " 10  1000  C1          Kondensator\n"
        "  3     2  D1, D2      Diode\n"
    )
    assert rows(text)[1:] == [
        ["1", "4", "R1-R4", "Widerstand 10k"],
        ["10", "1000", "C1", "Kondensator"],
        ["3", "2", "D1, D2", "Diode"],
    ]


RULED = """ACME ERP                    Bill of Materials              Page 1
Assembly 100-2000                                        12.03.2024

Item  Qty  Reference   Part Number       Description
----  ---  ----------  ----------------  --------------------
   1    2  R1, R2      RC0603FR-0710KL   RES 10K 1% 0603
                                         THICK FILM
   2   10  C1-C10      GRM188R71H104KA9  CAP CER 0.1UF 50V X7R
\x0cACME ERP                    Bill of Materials              Page 2
Assembly 100-2000                                        12.03.2024

Item  Qty  Reference   Part Number       Description
----  ---  ----------  ----------------  --------------------
   3    1  U1          STM32F103C8T6     MCU
 100 1000  TP1-TP1000  TP                TEST POINT
Page 2 of 2
"""


def test_a_ruler_shows_the_columns_and_pages_repeat_only_what_is_no_part() -> None:
    found = rows(RULED)[2:]
    assert found == [
        ["Item", "Qty", "Reference", "Part Number", "Description"],
        ["1", "2", "R1, R2", "RC0603FR-0710KL", "RES 10K 1% 0603 THICK FILM"],
        ["2", "10", "C1-C10", "GRM188R71H104KA9", "CAP CER 0.1UF 50V X7R"],
        ["3", "1", "U1", "STM32F103C8T6", "MCU"],
        ["100", "1000", "TP1-TP1000", "TP", "TEST POINT"],
    ]


def test_rows_keep_their_numbers_over_pages_and_wrapped_cells() -> None:
    bom = parse(RULED)
    assert [(line.row_number, line.mpn) for line in bom.lines][:3] == [
        (6, "RC0603FR-0710KL"),
        (8, "GRM188R71H104KA9"),
        (14, "STM32F103C8T6"),
    ]


def test_a_list_of_references_goes_on_in_the_next_line() -> None:
    text = (
        "Comment        Pattern        Quantity  Components\n"
        "------------------------------------------------------------------\n"
        "0.1uF          0805           10        C1, C2, C3, C4, C5, C6,\n"
        "                                        C7, C8, C9, C10\n"
        "10k            0603           2         R1, R2\n"
    )
    first, second = parse(text).lines
    assert (first.quantity, len(first.references), second.references) == (10, 10, ["R1", "R2"])


def test_a_second_source_below_is_no_wrapped_cell() -> None:
    text = (
        "Qty  Reference   Part Number       Maker\n"
        "2    R1, R2      RC0603FR-0710KL   Yageo\n"
        "                 CRCW060310K0FKEA  Vishay\n"
        "1    C1          GRM188R71H104KA9  Murata\n"
    )
    assert rows(text)[2] == ["", "", "CRCW060310K0FKEA", "Vishay"]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("VERYLONGVALUE12345  0805      1   U1", ["VERYLONGVALUE12345", "0805", "1", "U1"]),
        ("VERYLONGVALUE12345 0805       1   U1", ["VERYLONGVALUE12345", "0805", "1", "U1"]),
        ("A LONG VALUE WITH WORDS       1   U1", ["A LONG VALUE WITH WORDS", "", "1", "U1"]),
        ("10k       0805-WITH-LONG-NAME 1   U1", ["10k", "0805-WITH-LONG-NAME", "1", "U1"]),
        ("10k       0805_MORE_THAN_TWENTY 1 U1", ["10k", "0805_MORE_THAN_TWENTY", "1", "U1"]),
    ],
)
def test_a_cell_longer_than_its_column_does_not_change_its_neighbours(line: str, cells: list[str]) -> None:
    body = "".join(f"{i}k        0603                2   R{i}\n" for i in range(1, 8))
    found = rows(f"Value     Package             Qty Parts\n{body}{line}\n1u        0603                1   C1\n")
    assert found[8] == cells
    assert found[9] == ["1u", "0603", "1", "C1"]


def test_a_list_of_references_that_overruns_its_column_pushes_the_next_cell() -> None:
    text = (
        "Item Quantity Reference   Part\n____ ________ ___________ ______________\n"
        "1    2        C1,C2       100nF\n"
        "2    12       R1,R2,R3,R4,R5,R6,R7,R8,R9,R10,R11,R12 10k\n"
        "3    1        D1          1N4148\n"
    )
    assert rows(text)[2] == ["2", "12", "R1,R2,R3,R4,R5,R6,R7,R8,R9,R10,R11,R12", "10k"]


def test_a_header_that_is_not_aligned_with_what_is_under_it() -> None:
    text = (
        "Parts List Report -- board.pcb -- 12.03.2024\n\n"
        "Reference Designation      PartType                     Logic Type\n"
        "------------------------------------------------------------------\n"
        "C1        CAP0805          CAP\nC2        CAP0805          CAP\nR1        RES0603          RES\n"
    )
    assert rows(text)[1:3] == [["Reference Designation", "PartType", "Logic Type"], ["C1", "CAP0805", "CAP"]]


def test_tabs_among_the_spaces() -> None:
    text = "Ref\t\tQty\tValue\tPart Number\nR1\t\t1\t10k\tRC0603\nR2,R3,R4\t3\t100k\tRC0603X\nC1\t\t1\tcap\tGRM155\n"
    assert rows(text)[1:] == [
        ["R1", "1", "10k", "RC0603"],
        ["R2,R3,R4", "3", "100k", "RC0603X"],
        ["C1", "1", "cap", "GRM155"],
    ]


def test_ragged_tab_separated_text_stays_tab_separated() -> None:
    text = (
        "Reference\tQty\tValue\tDNP\tNotes\nR1\t1\t10k\nR2,R3,R4,R5\t4\t100k\tx\nC1\t1\t100n capacitor\t\tlow ESR\n"
        "C2\t1\tlonger than a tab\nU1\t1\n"
    )
    file_format, delimiter, found = rows_of_text(text)
    assert (file_format, delimiter) == ("delimited", "\t")
    assert list(found)[2] == ["R2,R3,R4,R5", "4", "100k", "x"]


def test_characters_that_are_two_columns_wide() -> None:
    text = (
        "部品番号  数量  型番            説明\n"
        "C1        1     GRM188          積層セラミックコンデンサ\n"
        "R1, R2    2     チップ抵抗      MCR03 1/10W\n"
        "U1        1     LM358           オペアンプ 2回路\n"
    )
    for encoding in ("utf-8", "cp932"):
        bom = parse(text, encoding)
        assert (bom.format, bom.encoding) == ("fixed_width", encoding)
        assert [(line.references, line.quantity) for line in bom.lines] == [(["C1"], 1), (["R1", "R2"], 2), (["U1"], 1)]


def test_prose_under_the_list_stays_in_one_cell() -> None:
    text = (
        "Qty Value    Device     Parts\n1   10k      R-0603     R1\n2   100n     C-0603     C1, C2\n\n"
        "All resistors are 1% unless the drawing says something else.\n"
    )
    assert rows(text)[-1][0] == "All resistors are 1% unless the drawing says something else."


def test_columns_without_names_that_are_known() -> None:
    text = "Foo        Bar    Baz\nR1         10k    0603\nC1, C2     100n   0402\nU1         x      SOT-23\n"
    assert rows(text) == [
        ["Foo", "Bar", "Baz"],
        ["R1", "10k", "0603"],
        ["C1, C2", "100n", "0402"],
        ["U1", "x", "SOT-23"],
    ]


def test_a_readme_is_no_list() -> None:
    text = "Board  rev 2\n\nParts:  see the shop\nOrder   the   parts  and  solder them.\n"
    assert rows_of_text(text)[0] == "delimited"
