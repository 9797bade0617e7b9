# ruff: noqa: RUF001
"""Styles of export met in files the parser was not written with: each small table shows one of them."""

from decimal import Decimal

import pytest

from workers.imports import ParsedBom, ParsedLine
from workers.imports.model import ParseLimits
from workers.imports.parser import parse_bytes


def parse(text: str, encoding: str = "utf-8") -> ParsedBom:
    return parse_bytes(text.encode(encoding), "bom.csv", limits=ParseLimits(max_lines=1000))


def figures(bom: ParsedBom) -> tuple[int, Decimal | int, int, int]:
    """Lines, quantity of those that are fitted, distinct part numbers, lines that are not fitted."""
    fitted = [line.quantity or Decimal(0) for line in bom.lines if not line.is_dnp]
    numbers = {line.mpn for line in bom.lines if line.mpn}
    return len(bom.lines), sum(fitted, Decimal(0)), len(numbers), sum(line.is_dnp for line in bom.lines)


def only(text: str) -> ParsedLine:
    (line,) = parse(text).lines
    return line


def test_references_wrapped_over_several_rows() -> None:
    text = (
        "Item\tQuantity\tReference\tPart\n____________\n\n"
        "1\t5\tC11,C12,\t0.1uF\n\t\tC13,C14,\n\t\tC15\n2\t2\tD3,D4\tBAT54\n"
    )
    bom = parse(text)
    assert figures(bom) == (2, 7, 0, 0)
    assert bom.lines[0].references == ["C11", "C12", "C13", "C14", "C15"]
    assert [w.code for w in bom.lines[0].warnings] == []
    assert (bom.lines[0].row_number, bom.lines[1].row_number) == (4, 7)


def test_wrapped_references_without_a_quantity_column() -> None:
    bom = parse('Value,Designator,Footprint\n100n,"C1, C2,",0402\n,"C3, C4",\n10k,R1,0402\n,R2,\n')
    assert [line.quantity for line in bom.lines] == [4, 1, 1]


def test_quantity_that_says_not_fitted() -> None:
    bom = parse("References,Value,Quantity Per PCB\nC1 C2,100n,2\nC9,10p,1 (DNF)\nR5,1k,2 DNP\n")
    assert figures(bom) == (3, 2, 0, 2)


def test_quantity_with_a_unit_in_words() -> None:
    bom = parse("Item Name,Description,Qty\nWire,for the servos,1 meter\nCable,thin,10 ft\nServo,strong,4 off\n")
    assert [line.quantity for line in bom.lines] == [1, 10, 4]


@pytest.mark.parametrize("value", ["NC", "N.C.", "820pF N.C.", "10K/NC", "NC/10K", "100nF (NC)", "NM", "n.b."])
def test_abbreviations_for_not_fitted_as_the_value(value: str) -> None:
    assert only(f"Reference,Quantity,Value\nC77,1,{value}\n").is_dnp


@pytest.mark.parametrize("value", ["NP0", "NCP1117", "Switch NC", "NPN", "SPST-NC", "1nF NP0", "100n"])
def test_values_that_only_look_like_them(value: str) -> None:
    assert not only(f"Reference,Quantity,Value\nX7,1,{value}\n").is_dnp


@pytest.mark.parametrize("note", ["nie montować", "niet plaatsen", "não montar", "neosazovat", "미실장", "ej monterad"])
def test_not_fitted_in_more_languages(note: str) -> None:
    assert only(f"Reference,Quantity,Value,Notes\nR8,1,0R,{note}\n").is_dnp


def test_total_in_any_column() -> None:
    bom = parse("Item;Quantidade;Referência;Valor\n1;3;C1, C2, C3;100nF\n2;1;R9;0R\n;4;Total;\n")
    assert figures(bom) == (2, 4, 0, 0)


def test_shipping_is_no_part() -> None:
    bom = parse("Item,Description,Quantity,Price\nSwitch,blue,9,2.70\nShipping,,1,5.00\nTax,,1,0.60\n")
    assert figures(bom) == (1, 9, 0, 0)


def test_second_sources_by_order_number() -> None:
    bom = parse(
        "Item,Qty,Reference,Value,RS Components,Price\n"
        "1,2,D8 D9,LED red,466-3728,0.12\n,,,,485-3341 (Mouser),0.60\n2,1,L1,10u,124-1856,0.96\n"
    )
    assert figures(bom) == (2, 3, 0, 0)
    assert len(bom.lines[0].alternates) == 1


@pytest.mark.parametrize("text", ["8 or more", "8 ou mais", "8 oder mehr", "8+"])
def test_at_least_so_many(text: str) -> None:
    assert only(f"Item,Componente,Quantidade\n4,Resistor,{text}\n").quantity == 8


@pytest.mark.parametrize("mark", ["Do-Not-Install", "DO_NOT_POPULATE", "DoNotPlace", "do not fit"])
def test_not_fitted_in_words_run_together(mark: str) -> None:
    assert only(f"Reference,Quantity,Value,Notes\nR8,1,0R,{mark}\n").is_dnp
    assert only(f"Reference,Quantity,Value\nC31  {mark},0,10u\n").is_dnp


def test_pins_that_are_not_soldered_leave_the_part_fitted() -> None:
    text = "Reference,Value,Notes\nU7,Module,Rotated; pins 16..25 not soldered.\nU8,Module,Not soldered.\n"
    assert [line.is_dnp for line in parse(text).lines] == [False, True]


def test_numbered_notes_below_the_table() -> None:
    bom = parse("Reference,Qty,Value\nC1,1,100n\nR1,1,10k\n,,\n1) RoHS only,,\n2),No clean flux,\n")
    assert figures(bom) == (2, 2, 0, 0)


def test_a_dash_for_the_quantity_leaves_a_line() -> None:
    bom = parse("Part Name,Image,Quantity,Part Type\nfront-leg,,2,FDM\nsquaring-bracket,,-,FDM\nPrinted parts,,,\n")
    assert figures(bom) == (2, 2, 0, 0)


def test_part_numbers_under_unnamed_headers() -> None:
    rows = (
        "C1;33pF;Murata;GRM1555C1H330JZ01D;CAP CER 33PF\nC14;8p2;Taiyo Yuden;UMK105CG8R2DV-F;CAP CER 8.2PF\n"
        "C95;22pF;Murata;GRM1555C1H220JA01D;CAP CER 22PF;DNP\nL1;DNP;DNP\n"
    )
    assert figures(parse("ref;value;Field1;Field2;Field3;Field4\n" + rows)) == (4, 2, 3, 2)


def test_headers_written_one_column_off() -> None:
    rows = "".join(f"R{n} ,{n}k,0402,1,,RES {n}K,Maker, ,RMCF0402FT{n}K00\n" for n in range(1, 7))
    bom = parse("Ref,Value,Footprint,Qty,Description,Manufacturer,Note,Part Number,\n" + rows)
    assert figures(bom) == (6, 6, 6, 0)


def test_unnamed_order_numbers_and_footprints_are_no_part_numbers() -> None:
    rows = "".join(f"R{n},1k,C1752{n},R_0603_1608Metric\n" for n in range(1, 7))
    assert figures(parse("Ref,Value,,\n" + rows)) == (6, 6, 0, 0)


def test_part_number_beside_the_shop_it_was_bought_at() -> None:
    head = "Ref,Value,Qty,Part No.,Supplier\n"
    assert figures(parse(head + "C1,1u,1,GRM155R61A105KE15D,Digikey\nR1,1k,1,RC0402FR-071KL,Digikey\n"))[2] == 2
    bom = parse(head + "C1,1u,1,490-1320-1-ND,Digikey\nR1,1k,1,311-1.00KLRCT-ND,Digikey\n")
    assert (figures(bom)[2], bom.lines[1].supplier_sku) == (0, "311-1.00KLRCT-ND")


def test_order_number_beside_its_source_in_german() -> None:
    bom = parse("No.,Artikel,Hersteller,Bezugsquelle,Bestellnummer,Stk.\n1,Relais,Pilz,RS Components,245-1848,2\n")
    assert (bom.lines[0].mpn, bom.lines[0].supplier, bom.lines[0].supplier_sku) == (None, "RS", "245-1848")


def test_a_header_again_in_part() -> None:
    bom = parse(
        'Reference," Quantity",Value,Mouser P/N\nU1,1,6581,-\n,,,\nOther:,,,\n,Quantity,Description,mouser\n'
        ",4,Socket 40 pins,517-4840-6000-CP\n"
    )
    assert figures(bom) == (2, 5, 0, 0)


def test_part_number_or_shop_number_in_one_column() -> None:
    text = 'Location,MPN/Seeed SKU,Quantity\n"C1,C2",GRM155R71C104KA88D,2\n"R1,R2,R3",301010361,3\n'
    assert figures(parse(text)) == (2, 5, 2, 0)


def test_mount_column() -> None:
    bom = parse("Ref,Value,MPN,Mount\nC1,1u,GRM155R61A105KE15D,Yes\nR1,1k,RC0402FR-071KL,No\n")
    assert figures(bom) == (2, 1, 2, 1)
    assert figures(parse("Ref,Value,MPN,Mount\nC1,1u,GRM155R61A105KE15D,SMD\nJ1,x,B2B-XH-A,THT\n"))[3] == 0


def test_range_in_other_languages() -> None:
    for text in ("R1 à R4", "R1 a R4", "R1 al R4", "R1 t/m R4", "R1 do R4"):
        assert only(f"Ref,Qty,Value\n{text},4,10k\n").references == ["R1", "R2", "R3", "R4"], text


def test_values_in_the_column_for_specification_or_model() -> None:
    head = "序号,名称,规格型号,位号,数量\n"
    assert figures(parse(head + '1,电容,100nF/50V,"C1,C2",2\n2,电阻,10K 1%,R1,1\n3,电阻,NC,R2,1\n')) == (3, 3, 0, 1)
    assert figures(parse(head + "1,电容,CL05B104KO5NNNC,C1,1\n2,电阻,RC0402FR-0710KL,R1,1\n")) == (2, 2, 2, 0)


LANGUAGES = {
    "Korean": "번호,부품명,규격,수량,참조번호,제조사,제조사 부품번호",
    "Turkish": "Sıra No,Kılıf,Değer,Adet,Referans,Üretici,Üretici Parça No",
    "Norwegian": "Nr,Beskrivelse,Verdi,Antall,Referanse,Produsent,Produsentens delenummer",
    "Swedish": "Nr,Beskrivning,Värde,Antal,Beteckning,Tillverkare,Tillverkarens artikelnr",
    "Polish": "Lp.,Opis,Wartość,Ilość,Oznaczenie,Producent,Numer katalogowy",
    "Italian": "Pos.,Descrizione,Valore,Q.tà,Riferimento,Produttore,Codice produttore",
}


@pytest.mark.parametrize("header", LANGUAGES.values(), ids=LANGUAGES.keys())
def test_headers_in_more_languages(header: str) -> None:
    rows = '1,x,100nF,3,"C1,C2,C3",Murata,GRM155R71C104KA88D\n2,y,10k,2,"R1,R2",Yageo,RC0402FR-0710KL\n'
    bom = parse(f"{header}\n{rows}")
    assert figures(bom) == (2, 5, 2, 0)
    assert bom.lines[1].manufacturer == "Yageo"


@pytest.mark.parametrize(
    ("encoding", "header"),
    [
        ("cp1250", "Lp.;Ilość;Oznaczenie;Wartość;Obudowa"),
        ("cp850", "Nr.;Stückzahl;Bezeichner;Wert;Gehäuse"),
        ("mac_roman", "N°;Quantité;Repère;Désignation;Boîtier"),
        ("cp1252", "Nr.;Stückzahl;Bezeichner;Wert;Gehäuse"),
    ],
)
def test_code_pages_that_only_the_header_tells_apart(encoding: str, header: str) -> None:
    bom = parse(f"{header}\n1;3;C1, C2, C3;100nF;0603\n2;20;;Lötstift;1 mm\n", encoding)
    assert bom.encoding == encoding
    assert [line.quantity for line in bom.lines] == [3, 20]


STYLES = {
    "subtotals a section": (
        "Category,Quantity,References,Value\nResistors,,,\n,3,R1-R3,10k\n,1,R4,4k7\nSub-totals:,4,,\nCapacitors,,,\n"
        ',2,"C1,C2",100n\nSub-totals:,2,,\nTotals:,6,,\n',
        (3, 6, 0, 0),
    ),
    "Chinese editor": (
        "序号\t器件名称\t位号\t封装\t数量\t品牌\t型号\t备注\n"
        "1\t贴片电阻\tR1,R2,R5~R8\t0603\t6\t厚声\t0603WAF1002T5E\t\n"
        "2\t贴片电容\tC1-C4\t0603\t4\t三星\tCL10B104KB8NNNC\t不贴\n3\t插针\tJ1\t2.54\t1\t\t\t\n\t\t\t\t11\t\t\t\n",
        (3, 7, 2, 1),
    ),
    "Japanese parts list": (
        'No.,部品名,型式,メーカー,個数,記号,備考\n1,チップ抵抗,RK73B1JTTD103J,KOA,4,"R1～R3,R7",\n'
        '2,チップコンデンサ,GRM188B31H104KA92D,村田,2,"C1,C2",C2は未実装\n,合計,,,6,,\n',
        (2, 6, 2, 0),
    ),
    "Russian list of elements": (
        "Поз. обозначение;Наименование;Кол.;Примечание\n;Конденсаторы;;\nC1...C3;GRM188R71C104KA01D;3;\n"
        "C4, C5;К10-17Б-М47-100пФ;2;\n;Микросхемы;;\nDA1*;LM358D;1;Не устанавливать\n"
        ";Резисторы;;\nR1-R4, R6;10 кОм;5;\n",
        (4, 10, 2, 1),
    ),
    "French with prices": (
        "Repère;Qté;Désignation;Fabricant;Référence fabricant;Prix unitaire\n"
        "R1 à R4;4;10k;Yageo;RC0603FR-0710KL;0,012 €\n"
        "C1, C2 et C3;3;100n;Murata;GRM188R71C104KA01D;0,05 €\nU1;1;Régulateur - non câblé;ST;LD1117;1,20 €\n"
        ";;Total;;;0,45 €\n",
        (3, 7, 3, 1),
    ),
    "Italian": (
        "Riferimento;Quantità;Descrizione;Costruttore;Codice costruttore;Note\nR1÷R4;4;10k;Yageo;RC0603FR-0710KL;\n"
        "C1 e C2;2;100n;Murata;GRM188R71C104KA01D;non montare C2\nTotale componenti;6;;;;\n",
        (2, 6, 2, 0),
    ),
    "German with levels and makers": (
        "Pos;Stufe;Artikelnummer;Bezeichnung;Menge;ME;Hersteller;Herstellerteilenummer\n"
        "10;1;100-200;LEITERPLATTE;1;ST;;\n"
        "20;2;200-001;WIDERSTAND;12;ST;YAGEO;RC0603FR-0710KL\n20;2;200-001;WIDERSTAND;12;ST;VISHAY;CRCW060310K0FKEA\n"
        "30;2;200-002;KABEL;0,35;M;LAPP;4510061\n40;1;100-300;GEHAEUSE;1;ST;BOPLA;ET-210\n",
        (4, Decimal("14.35"), 3, 0),
    ),
    "makers in rows below": (
        "Level,Item Number,Description,Qty,Ref Des,Manufacturer Name,Manufacturer Part Number\n0,ASM-1,Assy,,,,\n"
        '1,RES-1,Res,2,"R1,R2",Yageo,RC0603FR-0710KL\n,,,,,Vishay,CRCW060310K0FKEA\n'
        "1,CAP-1,Cap,1,C1,Murata,GRM188R71C104KA01D\n"
        ",,,,,TDK,C1608X7R1C104K\n,,,,,Samsung,CL10B104KO8NNNC\n",
        (3, 3, 2, 0),
    ),
    "two boards": (
        "Top side\nRef,Qty,Value\nR1,1,10k\nR2,1,1k\n\nBottom side\nRef,Qty,Value\nC1,1,1u\nC2,1,2u\n",
        (4, 4, 0, 0),
    ),
    "quantities about right": (
        "Part,Amount\n683 ZZ Bearing,6\nLED strip warm white,~2m\nPCB,1\nCables for the strip,~30cm\n,\n ,\n",
        (4, 39, 0, 0),
    ),
}


@pytest.mark.parametrize(("text", "expected"), STYLES.values(), ids=STYLES.keys())
def test_styles_of_lists(text: str, expected: tuple[int, Decimal | int, int, int]) -> None:
    assert figures(parse(text)) == expected


def test_where_the_package_would_stand_not_to_populate() -> None:
    bom = parse("Designator,Q,Value,Package\nC1,1,1uF,1206\nC5,1,,Do not populate\n")
    assert [line.is_dnp for line in bom.lines] == [False, True]


def test_as_required_in_a_remark() -> None:
    bom = parse("Qty,Description,Note\n1,Speaker,any\n,Hookup wire,As required\n,Cables,see below\n")
    assert [(line.description, line.quantity) for line in bom.lines] == [("Speaker", 1), ("Hookup wire", None)]


def test_generic_is_no_part_number_in_any_words() -> None:
    bom = parse("Ref,MPN,Qty\nU1,SC0915,1\nU3,generic module,1\nR8,generic,1\nQ1,Generic-2N7002,1\n")
    assert [line.mpn for line in bom.lines] == ["SC0915", None, None, "Generic-2N7002"]


def test_not_fitted_under_any_header() -> None:
    bom = parse("Designator,Quantity,MPN,Status\nR1,1,RC0603FR-0710KL,Fit\nC1,1,GRM188R61A105KA61D,No Fit\n")
    assert [line.is_dnp for line in bom.lines] == [False, True]


def test_connectors_named_by_axis() -> None:
    bom = parse(
        '"Part";"Value";"Device";"Package"\n"X";"";"MA04-1";"MA04"\n"Y";"";"MA04-1";"MA04"\n"Y1";"8M";"XTAL";"HC49"\n'
    )
    assert [line.references for line in bom.lines] == [["X"], ["Y"], ["Y1"]]
