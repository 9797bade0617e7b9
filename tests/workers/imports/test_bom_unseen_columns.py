# ruff: noqa: RUF001
"""Which column holds which field, in styles of files the parser was not written with."""

from decimal import Decimal

import pytest

from workers.imports import ParsedBom, ParsedLine
from workers.imports.columns.headers import interpret
from workers.imports.model import BomFileError, ParseLimits
from workers.imports.parser import parse_bytes


def parse(text: str, encoding: str = "utf-8") -> ParsedBom:
    return parse_bytes(text.encode(encoding), "bom.csv", limits=ParseLimits(max_lines=1000))


def only(text: str) -> ParsedLine:
    (line,) = parse(text).lines
    return line


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Qty Needed", "quantity"),
        ("Required Qty", "quantity"),
        ("Cantidad necesaria", "quantity"),
        ("No. Req'd", "quantity"),
        ("# per board", "quantity"),
        ("No. off", "quantity"),
        ("Darabszám", "quantity"),
        ("Кількість", "quantity"),
        ("P#", "mpn"),
        ("MP", "mpn"),
        ("Manufacturer #", "mpn"),
        ("Manufacturer #1", "manufacturer"),
        ("Vendor #2", "supplier"),
        ("Ordering Code", "supplier_sku"),
        ("Nazwa", "value"),
        ("Product Description", "description"),
        ("Especificação", "description"),
        ("Виробник", "manufacturer"),
        ("LCSC Assembly", ""),
        ("Number of pins", "item"),
    ],
)
def test_headers(header: str, field: str) -> None:
    assert interpret(header).best[0] == field


def test_a_list_of_things_with_what_they_cost() -> None:
    bom = parse("Item,Qty Needed,Unit Cost\nPower,,\n9V battery,1,2.50\nBattery clip,2,0.95\n,,\n,Cost,4.40\n")
    assert [(line.description, line.quantity) for line in bom.lines] == [("9V battery", 1), ("Battery clip", 2)]


def test_the_price_of_one_piece_before_that_of_all() -> None:
    line = only("Bestellnr;Bezeichnung;Anzahl;Preis in €;Preis/Stck.\n7992033;Buchse 2x20;2;5,50;2,75\n")
    assert line.unit_price == Decimal("2.75")


def test_second_makers_in_a_repeated_pair_of_columns() -> None:
    line = only(
        "Refs\tQty\tManufacturer\tPart Number\tManufacturer\tPart Number\nC1\t1\tTDK\tC3216X5R\tAVX\t12066C226\n"
    )
    assert (line.mpn, line.manufacturer, line.internal_number) == ("C3216X5R", "TDK", None)
    assert [(other.mpn, other.manufacturer) for other in line.alternates] == [("12066C226", "AVX")]


def test_order_numbers_by_their_form_under_a_general_header() -> None:
    bom = parse("Index,Quantity,Part Number,Description\n1,4,311-4162-1-ND,CAP 12PF\n2,1,X1003-ND,CRYSTAL\n")
    assert [(line.mpn, line.supplier, line.supplier_sku) for line in bom.lines] == [
        (None, "Digi-Key", "311-4162-1-ND"),
        (None, "Digi-Key", "X1003-ND"),
    ]


def test_makers_with_numbers_under_a_general_header() -> None:
    bom = parse("Rif,Valore,Quantità,Codice\nC1,470µF,2,Panasonic EEU-FR1V471\nL1,33µH,1,Coilcraft MSS1278-333MLC\n")
    assert [(line.manufacturer, line.mpn) for line in bom.lines] == [
        ("Panasonic", "EEU-FR1V471"),
        ("Coilcraft", "MSS1278-333MLC"),
    ]


def test_yes_and_no_are_no_order_numbers() -> None:
    bom = parse("Qty,Component,AliExpress_Alternative\n1,Main board,Yes\n4,Stepper driver,No\n6,Connector,Yes\n")
    assert [line.supplier_sku for line in bom.lines] == [None, None, None]


def test_how_a_part_is_mounted_is_no_value() -> None:
    bom = parse("Item\tQty\tRefs\tDescription\tType\n1\t1\tIC1\tRegulator\tSMD\n2\t1\tJ1\tPower jack\tThrough-hole\n")
    assert [line.value for line in bom.lines] == [None, None]


def test_value_or_part_number_by_what_stands_there() -> None:
    head = "Reference,Value / MPN\n"
    values = parse(head + "C1,1uF\nR6,5.1k\nR7,330\nU1,LD2981ABU33TR\n")
    assert [line.value for line in values.lines] == ["1uF", "5.1k", "330", "LD2981ABU33TR"]
    numbers = parse(head + "U1,LD2981ABU33TR\nU2,SN74LVC4245APWR\nU3,SN74LVC125APWR\n")
    assert [line.mpn for line in numbers.lines] == ["LD2981ABU33TR", "SN74LVC4245APWR", "SN74LVC125APWR"]


def test_an_identifier_of_a_part_is_its_number() -> None:
    bom = parse("Item Name\tQuantity\tManufacturer\tPart Number / Identifier\nMirror\t2\tThorlabs\tPF10-03-P01\n")
    assert bom.lines[0].mpn == "PF10-03-P01"


def test_names_where_references_should_be_describe_the_part() -> None:
    bom = parse("References,Qty,MPN,Digikey\nCR2032 socket for a coin cell,1,BS-7-RED,BS-7-RED-ND\nLED,1,ELM5-065,\n")
    assert (bom.lines[0].references, bom.lines[0].description) == ([], "CR2032 socket for a coin cell")


def test_sentences_under_no_header_or_under_part_describe_it() -> None:
    bom = parse(
        "#|package|parts|\nU2|SO6|TLP2368|Photo coupler, open collector\nC1|0603|1uF|Ceramic capacitor, X7R\n"
        "R1|0603|220R|Chip resistor, thick film\n"
    )
    assert [line.references for line in bom.lines] == [["U2"], ["C1"], ["R1"]]
    assert [line.value for line in bom.lines] == ["TLP2368", "1uF", "220R"]
    assert bom.lines[0].description == "Photo coupler, open collector"
    line = only("Part,Amount,RS Components Part No.,Comment\nRed banana socket for soldering,1,738-480,from RS\n")
    assert line.description == "Red banana socket for soldering"


def test_parts_without_a_header_of_several_kinds() -> None:
    bom = parse("U1\t\t\t78L05\nU2\t\t\tDB9 SOCKET\nD1\t\t\t1N4148\n\nC1\t\t\t10uF 25V\nR1\t\t\t4K7\n")
    assert [(line.references, line.value) for line in bom.lines][-1] == (["R1"], "4K7")
    assert len(bom.lines) == 5


def test_text_encoded_twice_stays_what_it_is() -> None:
    bom = parse("Designator,Value,JLCPCB Part #ï¼ˆoptionalï¼‰\nR1,10k ±1%,C17902\nC1,1u ±10%,C24497\n")
    assert (bom.encoding, bom.lines[0].value, bom.lines[0].supplier_sku) == ("utf-8", "10k ±1%", "C17902")


def test_a_number_that_counts_is_the_quantity() -> None:
    rows = "Header;HD-104;9;Acme\nSocket;SK-104;9;Acme\nInductor;IN-103;1;Bcme\nScrew M3;;28;Ccme\nFilament;;312 g;D\n"
    bom = parse("Name;MPN;Number;Maker\n" + rows)
    assert [line.quantity for line in bom.lines] == [9, 9, 1, 28, 312]
    rows = "1;Header;HD-104;Acme\n2;Socket;SK-104;Acme\n1;Screw;SC-103;B\n2;Nut;NU-103;B\n"
    assert parse("Number;Name;MPN;Maker\n" + rows).mapping["item"] == ["Number"]


def test_parts_without_a_header_by_their_order_numbers() -> None:
    rows = '2,,"74LS595D","296-14857-1-ND"\n10,"47pF","C-EU0603","311-1158-1-ND"\n2,"1M","R-EU0603","311-1MGRCT-ND"\n'
    bom = parse('19,"0.1uF","C-EU0603","399-1095-1-ND"\n' + rows)
    first, second, *_ = bom.lines
    assert (first.quantity, first.value, first.supplier, first.supplier_sku) == (
        19,
        "0.1uF",
        "Digi-Key",
        "399-1095-1-ND",
    )
    assert (second.value, second.mpn, second.description) == (None, None, "74LS595D")


def test_numbered_parts_without_quantities() -> None:
    rows = "1,Mikrocontroller,RP2040,3.3 V\n2,Zelle,18650,nur geprüft\n3,Modul,TP4056,\n5,Sensor,INA219,\n"
    bom = parse("Position,Bauteil,Beispiel,Hinweis\n" + rows)
    assert [line.value for line in bom.lines] == ["Mikrocontroller", "Zelle", "Modul", "Sensor"]
    with pytest.raises(BomFileError):
        parse("Position,Name,Straße\n1,Anna,Am Markt\n2,Bert,Hauptstraße\n3,Cleo,Ringweg\n4,Dora,Am Tor\n")


def test_the_symbol_of_a_library_is_no_part_number() -> None:
    bom = parse("Reference,Value,LibPart,Qty\nC1,10nF,board-rescue:10nF,1\nIC2,74245N,board-rescue:74245N,1\n")
    assert [(line.value, line.mpn) for line in bom.lines] == [("10nF", None), ("74245N", None)]


def test_a_model_that_may_be_called_reference() -> None:
    bom = parse(
        "Cantidad,Componente,Modelo/Referencia\n1,Microcontrolador,ESP32-S3\n2,Convertidor,LM2596S\n1,Panel,FT6236\n"
    )
    assert [(line.mpn, line.references) for line in bom.lines][:1] == [("ESP32-S3", [])]


def test_vendors_that_are_approved() -> None:
    line = only("Designator,Q,Value,AVL1,AVL1 P/N\nC2,1,10 uF,Acme,GRM31CR70J106KA01L\n")
    assert (line.manufacturer, line.mpn) == ("Acme", "GRM31CR70J106KA01L")


def test_names_in_a_first_column_without_a_header() -> None:
    rows = "mini computer,2,35,70,draws 500 mA\nservo,5,12,60,\nbattery,0,,,\nwifi module,2,12,24,\nTOTAL,,,154,\n"
    bom = parse(",quantity,unit price,subtotal,Notes\n" + rows)
    assert [(line.description, line.quantity) for line in bom.lines] == [
        ("mini computer", Decimal(2)),
        ("servo", Decimal(5)),
        ("battery", Decimal(0)),
        ("wifi module", Decimal(2)),
    ]


def test_maker_and_number_with_a_slash_between() -> None:
    rows = (
        "Q1,Infineon / IRFB4110PBF\nU1,Fortior Tech / FD6288Q\nC1,Murata / GRM21BR71H105KA12L\nU3,Robo / Mega Embed\n"
    )
    bom = parse("Designator,Manufacturer Part Number\n" + rows)
    assert [(line.manufacturer, line.mpn) for line in bom.lines] == [
        ("Infineon", "IRFB4110PBF"),
        ("Fortior Tech", "FD6288Q"),
        ("Murata", "GRM21BR71H105KA12L"),
        ("Robo", "Mega Embed"),
    ]


def test_parts_of_which_most_are_references() -> None:
    rows = "ANT1,Antenna,ANT-916-ND\nC1,Capacitor,587-1227-1-ND\nR1,Resistor,311-330JRCT-ND\nPWR,Switch,401-2016-1-ND\n"
    bom = parse(
        "Part,Description,Digi-Key Part Number\n"
        + rows
        + "U1,Charger,MCP73831T-ND\nPROBE-X,Header,609-3695-1-ND\nL1,Coil,445-1015-1-ND\n"
    )
    assert [line.references for line in bom.lines][3:] == [["PWR"], ["U1"], ["PROBE-X"], ["L1"]]


def test_columns_of_a_distributor_and_of_an_enterprise() -> None:
    tme = only("No;Symbol;Original symbol;Producer;Quantity\n1;LM358DR;LM358DR;TEXAS INSTRUMENTS;5\n")
    assert (tme.mpn, tme.manufacturer) == ("LM358DR", "TEXAS INSTRUMENTS")
    head = "Pos.;Komponente;Objektkurztext;Menge;ME;Einbauort\n"
    line = parse(head + "0010;4711001;WID 10K 0603;2;ST;R1,R2\n0020;4711002;KER 1U 0603;1;ST;C1\n").lines[0]
    assert (line.description, line.value, line.references) == ("WID 10K 0603", None, ["R1", "R2"])
