# ruff: noqa: RUF001
"""Names, specifications, values and part numbers, where headers of several languages leave open which is which."""

import pytest

from workers.imports import ParsedBom, ParsedLine
from workers.imports.lines.named_parts import number_in_name
from workers.imports.parser import parse_bytes

CAP, RES = "GRM155R71C104KA88D", "RC0402FR-0710KL"


def parse(text: str) -> ParsedBom:
    return parse_bytes(text.encode(), "bom.csv")


def said(line: ParsedLine) -> tuple[str | None, str | None, str | None]:
    return line.mpn, line.value, line.description


# Headers with a first row under them: references, quantity, part number, value, description of that row.
SETS = {
    "Chinese, with model": (
        "序号,位号,名称,型号,规格,封装,数量,品牌,备注",
        f'1,"C1,C2",贴片电容,{CAP},100nF 50V X7R,0402,2,村田,',
        (CAP, "100nF 50V X7R", "贴片电容"),
    ),
    "Chinese, model or values": (
        "序号,元件名称,规格型号,位号,数量",
        '1,电容,100nF/50V,"C1,C2",2',
        (None, "100nF/50V", "电容"),
    ),
    "Chinese, model": ("序号,元件名称,规格型号,位号,数量", f'1,电容,{CAP},"C1,C2",2', (CAP, None, "电容")),
    "Chinese, house numbers": (
        "NO.,料号,品名,规格,单位,用量,位置,厂商,备注",
        '1,10-0001,电容,100nF/50V/X7R,PCS,2,"C1,C2",村田,',
        (None, "100nF/50V/X7R", "电容"),
    ),
    "Chinese, specification of numbers": (
        "品名,规格,数量,位号,品牌",
        f'电容,{CAP},2,"C1,C2",村田',
        (CAP, None, "电容"),
    ),
    "Chinese, comment": ("标号,注释,封装,数量,描述", '"C1,C2",100nF,0402,2,电容', (None, "100nF", "电容")),
    "Chinese, makers numbers": (
        "位号,值,封装,数量,立创编号,厂家,厂家型号,是否贴装,单价",
        f'"C1,C2",100nF,0402,2,C1525,村田,{CAP},是,0.01',
        (CAP, "100nF", None),
    ),
    "Taiwan": (
        "項次,料號,品名規格,單位,用量,零件位置,廠牌,廠商料號",
        f'1,01-1,CAP 1u,PCS,2,"C1,C2",村田,{CAP}',
        (CAP, "CAP 1u", None),
    ),
    "Japanese, symbols": (
        "番号,記号,品名,規格,型式,メーカー,員数,備考",
        f'1,"C1,C2",コンデンサ,0.1uF 50V,{CAP},村田,2,',
        (CAP, "0.1uF 50V", "コンデンサ"),
    ),
    "Japanese, part numbers of positions": (
        "No.,部品番号,品名,型番,メーカー,数量",
        f'1,"C1,C2",コンデンサ,{CAP},村田,2',
        (CAP, None, "コンデンサ"),
    ),
    "Korean": ("번호,품명,규격,수량,위치,제조사,비고", f'1,콘덴서,{CAP},2,"C1,C2",무라타,', (CAP, None, "콘덴서")),
    "Russian, list of elements": ("Поз. обозн.,Наименование,Кол.", f'"C1,C2",{CAP},2', (CAP, CAP, None)),
    "French, house numbers": (
        "Quantité,Référence,Code article,Libellé,Repères topo",
        f"2,{CAP},100-1,Condo 100n,C1 C2",
        (CAP, None, "Condo 100n"),
    ),
    "Czech": (
        "Poz.,Označení,Množství,Hodnota,Výrobce,Objednací číslo",
        f'1,"C1,C2",2,100n,Murata,{CAP}',
        (CAP, "100n", None),
    ),
}


@pytest.mark.parametrize(("header", "row", "expected"), SETS.values(), ids=SETS.keys())
def test_headers_of_many_languages(header: str, row: str, expected: tuple[str | None, ...]) -> None:
    other = row.replace("C1,C2", "R1,R2").replace("C1 C2", "R1 R2").replace(CAP, RES).replace("100nF", "10kΩ")
    last = row.replace("C1,C2", "C3,C4").replace("C1 C2", "C3 C4")
    bom = parse(f"{header}\n{row}\n{other}\n{last}\n")
    assert [(line.references, line.quantity) for line in bom.lines[:1]] == [(["C1", "C2"], 2)]
    assert said(bom.lines[0]) == expected
    assert [line.is_dnp for line in bom.lines] == [False] * 3


def test_a_name_that_holds_values_stays_the_value() -> None:
    bom = parse("ID,Name,Designator,Quantity\n1,100nF,C1,1\n2,10k,R1,1\n3,Header,J1,1\n")
    assert bom.mapping["value"] == ["Name"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("GRM188R71C104KA01D ф. Murata", ("GRM188R71C104KA01D", "Murata")),
        ("LM358D, Texas Instruments", ("LM358D", "Texas Instruments")),
        ("STM32F103C8T6 STMicroelectronics", ("STM32F103C8T6", "STMicroelectronics")),
        ("Резистор RC0603FR-0710KL 10 кОм ±1%, Yageo", ("RC0603FR-0710KL", "Yageo")),
        ("Микросхема 74HC14D,118 «Nexperia»", ("74HC14D,118", "Nexperia")),
        ("Чип-конденсатор GRM188R71C104KA01D", ("GRM188R71C104KA01D", None)),
        ("BC847B", ("BC847B", None)),
        ("К10-17Б-М47-100 пФ ±5% ОЖ0.460.107 ТУ", None),
        ("0603 10 кОм ±1%", None),
        ("SMD 0805 10 кОм", None),
        ("SOT-23 транзистор", None),
        ("GRM21 X7R 0,1 мкФ", None),
        ("Печатная плата", None),
        ("100 нФ", None),
    ],
)
def test_numbers_within_names(name: str, found: tuple[str, str | None] | None) -> None:
    assert number_in_name(name) == found


def test_titles_of_groups_name_no_part() -> None:
    text = (
        "Поз. обозначение;Наименование;Кол.;Примечание\n;Конденсаторы GRM188R71 ф. Murata;;\n"
        "C1, C2;GRM188R71C104KA01D ф. Murata;2;\nR1;RC0603FR-0710KL Yageo;1;Не устанавливать\n"
    )
    bom = parse(text)
    assert [(line.mpn, line.manufacturer, line.is_dnp) for line in bom.lines] == [
        ("GRM188R71C104KA01D", "Murata", False), ("RC0603FR-0710KL", "Yageo", True),
    ]  # fmt: skip
    assert bom.lines[0].raw["Наименование"] == "GRM188R71C104KA01D ф. Murata"


def test_an_order_number_elsewhere_is_not_read_out_of_a_name() -> None:
    text = "Поз. обозначение;Наименование;Партномер;Кол.\nC1;LM358D, ST;;1\nR1;Резистор;RC0402FR-0710KL;1\n"
    assert [line.mpn for line in parse(text).lines] == [None, "RC0402FR-0710KL"]
