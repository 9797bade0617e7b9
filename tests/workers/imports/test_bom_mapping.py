# ruff: noqa: RUF001
"""What each column is taken for, how surely, and what people say instead: given for a file, or remembered."""

import io
import json
import os
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st

from workers.imports import BomFileError, ParsedBom, ParsedLine, ParseLimits
from workers.imports.columns.mappings import header_shape
from workers.imports.model import FIELDS, Column, Mapping, ParseOptions
from workers.imports.parser import parse_bytes, parse_file

SAMPLES = os.environ.get("ANANTA_SAMPLE_DIR", "")

# What stands under a header of each field, in the languages that differ.
CELLS = {
    "item": "1|2|3|4",
    "references": "C1, C2|R1|U1|R2 R3 R4",
    "quantity": "2|1|1|3",
    "value": "100nF|10k|LDO|1k",
    "description": "Capacitor, ceramic|Resistor, thick film|Regulator 3.3 V|Resistor, thick film",
    "package": "0402|0402|SOT-23|0603",
    "mpn": "GRM155R71C104KA88D|RC0402FR-0710KL|TLV70033DDCR|RC0603FR-071KL",
    "manufacturer": "Murata|Yageo|Texas Instruments|Yageo",
    "supplier": "Mouser|Mouser|Digi-Key|Mouser",
    "supplier_sku": "81-GRM155R71C104|603-RC0402FR-0710|296-32411-1-ND|603-RC0603FR-071",
    "internal_number": "4711001|4711002|4711003|4711004",
    "unit": "Stk|Stk|m|Stk",
    "unit_price": "0,012|0,003|0,35|0,003",
    "level": "0|1|1|2",
    "notes": "|see drawing||",
    "dnp": "||x|",
    "fitted": "yes|yes|no|yes",
    "variant": "2|1|0|3",
    "": "7,1|8,2|9,3|9,4",
}

# Headers as real files have them: `text=field`, nothing after the sign for a column that feeds none.
HEADERS = """
en Item=item|Qty=quantity|Reference=references|Part=value|PCB Footprint=package|MPN=mpn
en Comment=value|Description=description|Designator=references|Footprint=package|Quantity=quantity
en Level=level|Item Number=internal_number|Description=description|Qty=quantity|UOM=unit|Ref Des=references
en Part Number=internal_number|Description=description|Qty=quantity|Manufacturer=manufacturer|Mfr. Part #=mpn
en Index=item|Quantity=quantity|Digi-Key Part Number=supplier_sku|Manufacturer Part Number=mpn|Unit Price=unit_price
en Find No.=item|IPN=internal_number|Qty Per=quantity|U/M=unit|Reference Designator=references|Ext. Cost=
en Designator=references|Qty Variant A=variant|Qty Variant B=variant|Value=value|DNP=dnp
de Pos.=item|Menge=quantity|ME=unit|Benennung=description|Sachnummer=internal_number|Bezeichner=references
de Stückzahl=quantity|Bauteil=references|Wert=value|Bauform=package|Hersteller=manufacturer|Herstellernummer=mpn
de Referenz=references|Anz.=quantity|Typ=mpn|Fabrikat=manufacturer|Bestell-Nr.=supplier_sku|Lieferant=supplier
de Stufe=level|SAP-Nr.=internal_number|Bezeichnung=value|Menge=quantity|Einheit=unit|Gesamtpreis=
de Lfd. Nr.=item|Kennzeichen=references|Nennwert=value|Gehäuse=package|Stk.=quantity|Einzelpreis (€)=unit_price
de Ref.=references|Wert=value|Anzahl=quantity|Hersteller-Teilenummer=mpn|nicht bestücken=dnp|Bemerkung=notes
fr Repère=references|Désignation=value|Référence=mpn|Fabricant=manufacturer|Qté=quantity|PU HT (€)=unit_price
fr N°=item|Quantité=quantity|Valeur=value|Empreinte=package|Repère topologique=references|Réf. fabricant=mpn
fr Niveau=level|Code interne=internal_number|Libellé=description|Quantité=quantity|Unité=unit|Prix total=
fr Fournisseur=supplier|Réf. fournisseur=supplier_sku|Nbre=quantity|Boîtier=package|Désignateur=references
fr Rep.=references|Qte=quantity|Constructeur=manufacturer|Référence constructeur=mpn|Ne pas monter=dnp
it Pos.=item|Riferimento=references|Descrizione=description|Q.tà=quantity|U.M.=unit|Codice produttore=mpn
it Sigla=references|Valore=value|Contenitore=package|Quantità=quantity|Costruttore=manufacturer|P/N costruttore=mpn
it Livello=level|Codice interno=internal_number|Descrizione=description|Quantità=quantity|Prezzo unitario=unit_price
it Rif.=references|Fornitore=supplier|Cod. fornitore=supplier_sku|Pezzi=quantity|Note=notes|Prezzo totale=
es Ítem=item|Cantidad=quantity|Designador=references|Valor=value|Encapsulado=package|Fabricante=manufacturer
es Nivel=level|Código interno=internal_number|Descripción=description|Cant.=quantity|Unidad de medida=unit
es Referencia=references|Huella=package|Uds.=quantity|Número de parte del fabricante=mpn|Precio unitario=unit_price
es Proveedor=supplier|Código proveedor=supplier_sku|Cantidad=quantity|Referencias=references|Observaciones=notes
ru Поз. обозначение=references|Наименование=value|Кол.=quantity|Примечание=notes
ru № п/п=item|Обозначение=references|Номинал=value|Корпус=package|Кол-во, шт=quantity|Производитель=manufacturer
ru Уровень=level|Код номенклатуры=internal_number|Наименование=value|Количество=quantity|Единица измерения=unit
ru Позиционное обозначение=references|Кол. на исполнение 01=variant|Кол. на исполнение 02=variant|Артикул=mpn
ru Обозначение=references|Кол-во=quantity|Парт-номер=mpn|Изготовитель=manufacturer|Цена, руб.=unit_price|Сумма=
zh 序号=item|位号=references|数量=quantity|值=value|封装=package|厂家料号=mpn|备注=notes
zh 层级=level|物料编码=internal_number|物料名称=value|单位=unit|用量=quantity|单价(元)=unit_price|小计=
zh 元件位号=references|封装形式=package|用量=quantity|立创商城编号=supplier_sku|制造商=manufacturer|制造商型号=mpn
zh 商品编号=supplier_sku|厂家型号=mpn|品牌=manufacturer|封装=package|购买数量=quantity|单价=unit_price
zh 型号规格=mpn|位置号=references|单板用量=quantity|厂家=manufacturer|供应商=supplier|供应商编号=supplier_sku
zh 项次=item|料号=internal_number|規格=description|數量=quantity|單位=unit|廠商=manufacturer|位號=references
ja 番号=item|部品記号=references|品名=value|型番=mpn|メーカー=manufacturer|数量=quantity|単価=unit_price|備考=notes
ja ID=item|指定子=references|フットプリント=package|数量=quantity|名称=value
ja 階層=level|社内品番=internal_number|品名=value|員数=quantity|単位=unit|未実装=dnp
ja 項番=item|リファレンス=references|定数=value|パッケージ=package|個数=quantity|メーカー型番=mpn|購入先=supplier
ja 回路記号=references|型式=mpn|メーカ=manufacturer|仕入先=supplier|注文コード=supplier_sku|必要数=quantity|金額=
"""
CASES = [line.split(" ", 1) for line in HEADERS.strip().splitlines()]
GUESSES = {
    "Part",
    "Part Number",
    "Item Number",
    "規格",
    "番号",
    "Bauteil",
    "Typ",
    "Référence",
    "Pos.",
    "N°",
    "型号规格",
    "名称",
    "品名",
    "物料名称",
    "Наименование",
}


def parse(text: str, **options: Any) -> ParsedBom:
    return parse_bytes(text.encode(), "bom.csv", options=ParseOptions(**options))


def given(text: str, columns: dict[str, list[str | int]] | None = None, **mapping: Any) -> ParsedBom:
    return parse(text, mapping=Mapping(columns=columns, **mapping))


def refused(text: str, columns: Any = None, **mapping: Any) -> BomFileError:
    with pytest.raises(BomFileError) as caught:
        given(text, columns, **mapping)
    assert caught.value.slug == "mapping_invalid"
    return caught.value


def table(header: str) -> tuple[str, dict[str, str]]:
    """A file with this header, and the field of each of its columns."""
    fields = dict(column.rsplit("=", 1) for column in header.split("|"))
    columns = [CELLS[name].split("|") for name in fields.values()]
    rows = [list(fields), *([column[i] for column in columns] for i in range(4))]
    return "\n".join(";".join(row) for row in rows) + "\n", fields


@pytest.mark.parametrize(("language", "header"), CASES, ids=[f"{case[0]}-{i}" for i, case in enumerate(CASES)])
def test_headers_of_real_files(language: str, header: str) -> None:
    text, fields = table(header)
    bom = parse(text)
    assert {column.name: column.field or "" for column in bom.columns} == fields
    assert len(bom.lines) >= 3
    assert bom.header_row == 1
    unsure = {column.name for column in bom.columns if column.field and column.confidence < 0.75}
    assert unsure <= GUESSES | ({"购买数量"} if language == "zh" else set())


def column(bom: ParsedBom, name: str) -> Column:
    return next(c for c in bom.columns if c.name == name)


def test_confidence_says_what_is_clear_and_what_is_a_guess() -> None:
    text, _ = table(
        "Designator=references|Qty=quantity|MPN=mpn|Manufacturer=manufacturer|Price (EUR)=unit_price|Part=value"
    )
    bom = parse(text)
    assert [c.name for c in bom.columns if c.confidence >= 0.9] == [
        *("Designator", "Qty", "MPN", "Manufacturer", "Price (EUR)")
    ]
    assert 0 < column(bom, "Part").confidence < 0.6
    nowhere = parse("Designator;Qty;Colour\nR1;1;red\nR2;1;blue\n")
    assert (column(nowhere, "Colour").field, column(nowhere, "Colour").confidence) == (None, 0.0)


def test_content_that_does_not_fit_makes_a_clear_header_less_sure() -> None:
    fitting = parse("Reference;Qty;MPN\n" + "".join(f"R{i};1;RC0402FR-07{i}KL\n" for i in range(10, 20)))
    empty = parse("Reference;Qty;MPN\n" + "".join(f"R{i};1;\n" for i in range(10, 20)))
    odd = parse("Reference;Qty;MPN\n" + "".join(f"R{i};1;to be decided\n" for i in range(10, 20)))
    high, middle, low = [column(bom, "MPN").confidence for bom in (fitting, empty, odd)]
    assert high >= 0.9
    assert 0.7 > middle > low


def test_columns_are_shown_with_samples() -> None:
    long = "x" * 100
    bom = parse(f"Ref;Qty;Value;;Note\nR1;1;10k;a\u200bb;\nR2;1;10k;{long};\n\nR3;1;1k;c;\nR4;1;2k;d;\nR5;1;3k;e;\n")
    assert column(bom, "Value").samples == ["10k", "1k", "2k"]
    assert column(bom, "Column D").samples == ["ab", "x" * 80, "c"]
    assert column(bom, "Note").samples == []
    assert [(c.number, c.name) for c in bom.columns] == [
        *((1, "Ref"), (2, "Qty"), (3, "Value"), (4, "Column D"), (5, "Note"))
    ]


def test_other_fields_a_column_may_feed() -> None:
    text, _ = table("Part Number=mpn|Manufacturer Part Number=mpn|Qty=quantity|Reference=references|Name=value")
    bom = parse(text)
    assert column(bom, "Part Number").alternatives == ["mpn"]
    assert column(bom, "Name").alternatives == ["description"]
    assert column(bom, "Reference").alternatives == []


def test_part_numbers_beside_those_of_the_maker() -> None:
    head = "Part Number;MPN;Qty;Reference\n"
    house = parse(head + "100-1;GRM155R71C104KA88D;1;C1\n100-2;RC0402FR-0710KL;1;R1\n")
    assert column(house, "Part Number").field == "internal_number"
    shop = parse(head + "490-1234-1-ND;GRM155R71C104KA88D;1;C1\n311-10.0KLRCT-ND;RC0402FR-0710KL;1;R1\n")
    assert column(shop, "Part Number").field == "supplier_sku"


def test_second_sources_with_their_makers() -> None:
    bom = parse(
        "Ref;Qty;Manufacturer 1;Manufacturer Part Number 1;Manufacturer 2;Manufacturer Part Number 2;Alt. MPN\n"
        "C1;1;Murata;GRM155R71C104KA88D;Samsung;CL05B104KO5NNNC;CC0402KRX7R7BB104\nR1;1;Yageo;RC0402FR-0710KL;;;\n"
    )
    assert bom.mapping["mpn"] == ["Manufacturer Part Number 1", "Manufacturer Part Number 2", "Alt. MPN"]
    assert bom.mapping["manufacturer"] == ["Manufacturer 1", "Manufacturer 2"]
    assert [(a.mpn, a.manufacturer) for a in bom.lines[0].alternates] == [
        ("CL05B104KO5NNNC", "Samsung"),
        ("CC0402KRX7R7BB104", None),
    ]
    swapped = parse("Ref;Alternate MPN;MPN;Qty\nC1;CL05B104KO5NNNC;GRM155R71C104KA88D;1\nR1;;RC0402FR-0710KL;1\n")
    assert swapped.mapping["mpn"] == ["MPN", "Alternate MPN"]


def test_maker_and_number_in_a_column_that_does_not_say_so() -> None:
    bom = parse("Ref;Qty;MPN\nC1;1;Murata GRM155R71C104KA88D\nR1;1;Yageo RC0402FR-0710KL\nR2;1;RC0402FR-0711KL\n")
    assert [line.mpn for line in bom.lines] == ["GRM155R71C104KA88D", "RC0402FR-0710KL", "RC0402FR-0711KL"]
    assert bom.lines[0].manufacturer == "Murata"


HEAD = "Ref;Anzahl;Wert;Code A;Code B;Firma 1;Firma 2"
PLAIN = f"{HEAD}\nR1;2;10k;AAA111;BBB222;Vishay;Yageo\nC1;1;1u;;CCC333;TDK;Murata\n"


def test_a_given_mapping_is_taken_as_it_is() -> None:
    bom = given(PLAIN, {"references": ["Ref"], "quantity": [2], "mpn": ["code b"], "description": ["Wert"]})
    assert bom.mapping_source == "given"
    assert bom.mapping == {"references": ["Ref"], "quantity": ["Anzahl"], "description": ["Wert"], "mpn": ["Code B"]}
    assert [(line.mpn, line.manufacturer, line.value) for line in bom.lines] == [
        ("BBB222", None, None),
        ("CCC333", None, None),
    ]
    assert {c.confidence for c in bom.columns if c.field} == {1.0}
    assert bom.lines[0].raw["Wert"] == "10k"


def test_several_columns_feed_a_field_by_priority() -> None:
    columns: dict[str, list[str | int]] = {"references": [1], "mpn": ["Code B", "Code A"], "manufacturer": [7, 6]}
    bom = given(PLAIN, columns)
    assert [(c.name, c.priority) for c in bom.columns if c.field == "mpn"] == [("Code A", 2), ("Code B", 1)]
    first, second = bom.lines
    assert (first.mpn, first.manufacturer) == ("BBB222", "Yageo")
    assert [(a.mpn, a.manufacturer) for a in first.alternates] == [("AAA111", "Vishay")]
    other = given(PLAIN, {"references": [1], "mpn": ["Code A", "Code B"], "manufacturer": ["Firma 1", "Firma 2"]})
    assert [(line.mpn, line.manufacturer) for line in other.lines] == [("AAA111", "Vishay"), ("CCC333", "Murata")]
    assert second.mpn == "CCC333"


def test_several_columns_for_a_field_of_one() -> None:
    text = "Ref;Qty top;Qty bottom;Code;Old code\nR1;2;;A-1;B-1\nC1;;3;;B-2\nU1;1;9;A-3;\n"
    bom = given(text, {"references": [1], "quantity": ["Qty top", "Qty bottom"], "internal_number": ["Code", 5]})
    assert [line.quantity for line in bom.lines] == [2, 3, 1]
    assert [line.internal_number for line in bom.lines] == ["A-1", "B-2", "A-3"]
    assert "Qty top" not in bom.lines[1].raw


def test_order_numbers_and_suppliers_pair_by_priority() -> None:
    text = "Ref;No 1;No 2;Shop 1;Shop 2\nR1;A111;B222;Acme;Bolt\nC1;;B333;Acme;Bolt\n"
    bom = given(text, {"references": [1], "supplier_sku": ["No 2", "No 1"], "supplier": ["Shop 2", "Shop 1"]})
    assert [(line.supplier, line.supplier_sku) for line in bom.lines] == [("Bolt", "B222"), ("Bolt", "B333")]
    named = given("Ref;Mouser No;No\nR1;;B2222\nC1;81-A1;\n", {"references": [1], "supplier_sku": ["No", "Mouser No"]})
    assert [(line.supplier, line.supplier_sku) for line in named.lines] == [(None, "B2222"), ("Mouser", "81-A1")]


def test_a_mapping_where_nothing_is_recognized() -> None:
    text = "made by;me;;\n;;;\nfoo;bar;baz;\nR1;2;10k;x\nC1;1;1u;y\n"
    with pytest.raises(BomFileError) as caught:
        parse(text)
    assert caught.value.slug == "bom_not_recognized"
    bom = given(text, {"references": ["foo"], "quantity": ["bar"], "value": ["baz"]}, header_row=3)
    assert (bom.header_row, [line.value for line in bom.lines]) == (3, ["10k", "1u"])
    assert bom.header_shape == header_shape(["foo", "bar", "baz"])
    none = given("R1;2;10k\nC1;1;1u\n", {"references": [1], "quantity": ["Column B"], "value": [3]}, header_row=0)
    assert (none.header_row, none.header_shape, len(none.lines)) == (0, "", 2)
    assert none.lines[0].raw == {"Column A": "R1", "Column B": "2", "Column C": "10k"}


def test_a_header_row_alone_is_read_as_proposed() -> None:
    text = "Ref;Qty;Value\nA1;B1;C1\nR1;2;10k\nRef;Anzahl;Wert\nR2;1;1k\nR3;1;2k\n"
    bom = given(text, header_row=4)
    assert (bom.mapping_source, bom.header_row) == ("proposed", 4)
    assert bom.mapping == {"references": ["Ref"], "quantity": ["Anzahl"], "value": ["Wert"]}
    assert [line.references for line in bom.lines] == [["R2"], ["R3"]]


def test_a_header_of_two_rows_is_given_by_its_first() -> None:
    text = "Item;Ref;Qty;Manufacturer;\n;;;Name;Part Number\n1;C1;1;Murata;GRM155R7\n2;R1;1;Yageo;RC0402FR\n"
    proposed = parse(text)
    again = given(text, {name: [*keys] for name, keys in proposed.mapping.items()}, header_row=proposed.header_row)
    assert again.lines == proposed.lines


@pytest.mark.parametrize(
    ("columns", "mapping", "what", "exists"),
    [
        ({"mpn": ["Nothing"]}, {}, "'Nothing'", "'Code A'"),
        ({"mpn": [8]}, {}, "column 8", "1 to 7"),
        ({"mpn": [0]}, {}, "column 0", "1 to 7"),
        ({"colour": ["Wert"]}, {}, "'colour'", "references"),
        ({"mpn": ["Code A"], "value": ["Code A"]}, {}, "'Code A'", "one field"),
        ({}, {}, "at least one", "{}"),
        ({"mpn": []}, {}, "at least one", "mpn"),
        ({"mpn": "Code A"}, {}, "'mpn'", "Code A"),
        ({"mpn": [None]}, {}, "'mpn'", "None"),
        ({"mpn": [True]}, {}, "'mpn'", "True"),
        ({"mpn": [1.5]}, {}, "'mpn'", "1.5"),
        ([], {}, "at least one", "[]"),
        (None, {"header_row": 4}, "row 4", "Rows 1 to 3"),
        (None, {"header_row": -1}, "number of a row", "-1"),
        (None, {"header_row": "1"}, "number of a row", "'1'"),
        (None, {"sheet": "Parts"}, "'Parts'", "no sheets"),
        (None, {"sheet": 3}, "name", "3"),
    ],
)
def test_a_mapping_that_fits_nothing_says_what_exists(
    columns: Any, mapping: dict[str, Any], what: str, exists: str
) -> None:
    error = refused(PLAIN, columns, **mapping)
    assert what in error.message
    assert exists in error.detail


def test_columns_alone_need_a_header() -> None:
    error = refused("made by;me\nR1;2\nC1;1\n", {"references": [1], "quantity": [2]})
    assert "header_row" in error.message
    assert error.preview
    assert error.preview["rows"][1] == {"number": 2, "cells": ["R1", "2"]}


def test_a_blank_row_is_no_header() -> None:
    assert "blank" in refused("Ref;Qty\n;\nR1;1\nR2;1\n", header_row=2).message


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 12) | st.sampled_from(["Ref", "Wert", "mpn", "", "\0", "x" * 300]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*FIELDS, "odd"]), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given_any(ANYTHING, ANYTHING, ANYTHING, ANYTHING)
def test_whatever_a_database_holds_is_an_option_or_an_error(
    sheet: Any, row: Any, columns: Any, remembered: Any
) -> None:
    mapping = Mapping(sheet, row, columns) if sheet or row or columns else None
    options = ParseOptions(mapping, {header_shape(HEAD.split(";")): remembered})
    assert outcome(options) in {"read", "mapping_invalid", "bom_empty", "bom_not_recognized"}


def outcome(options: ParseOptions) -> str:
    try:
        bom = parse_bytes(PLAIN.encode(), "bom.csv", options=options)
    except BomFileError as error:
        return str(json.loads(json.dumps(error.to_dict()))["slug"])
    return "read" if bom.lines else "nothing"


def workbook(**sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    del book[book.sheetnames[0]]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


BOOK = workbook(
    Changes=[["Date", "Change"], ["1.1.", "first"]],
    Main=[["Reference", "Quantity", "Value"], ["R1", 1, "10k"], ["R2", 1, "1k"], ["C1", 1, "1u"]],
    Option=[["Reference", "Quantity", "Value"], ["J1", 1, "Plug"]],
)


def read_book(**mapping: Any) -> ParsedBom:
    return parse_bytes(BOOK, "bom.xlsx", options=ParseOptions(Mapping(**mapping) if mapping else None))


def test_all_sheets_are_listed() -> None:
    bom = read_book()
    assert [(s.name, s.row_count, s.is_read, s.is_parts_list) for s in bom.sheets] == [
        ("Changes", 2, False, False),
        ("Main", 4, True, True),
        ("Option", 2, False, True),
    ]
    assert [warning.code for warning in bom.warnings] == ["other_sheets"]
    assert "'Option'" in bom.warnings[0].message
    assert parse(PLAIN).sheets == []


def test_a_sheet_is_chosen_by_its_name() -> None:
    bom = read_book(sheet="option")
    assert (bom.sheet, [line.references for line in bom.lines]) == ("Option", [["J1"]])
    assert [sheet.name for sheet in bom.sheets if sheet.is_read] == ["Option"]
    changes = read_book(sheet="Changes", header_row=1, columns={"value": ["Change"], "item": ["Date"]})
    assert [line.value for line in changes.lines] == ["first"]
    with pytest.raises(BomFileError) as caught:
        read_book(sheet="Nowhere")
    assert caught.value.slug == "mapping_invalid"
    assert "'Changes', 'Main', 'Option'" in caught.value.detail
    with pytest.raises(BomFileError) as unread:
        read_book(sheet="Changes")
    assert unread.value.slug == "bom_not_recognized"


def test_a_failure_shows_what_a_mapping_needs() -> None:
    rows = [[f"{row}-{column} " + "x" * 50 for column in range(30)] for row in range(20)]
    data = workbook(Notes=[["one"]], Data=[["", ""], *rows])
    with pytest.raises(BomFileError) as caught:
        parse_bytes(data, "bom.xlsx")
    preview = caught.value.to_dict()["preview"]
    assert [(s["name"], s["is_parts_list"]) for s in preview["sheets"]] == [("Notes", False), ("Data", False)]
    assert preview["sheet"] == "Data"
    first = preview["rows"][0]["number"]
    assert [row["number"] for row in preview["rows"]] == list(range(first, first + 10))
    assert {len(row["cells"]) for row in preview["rows"]} == {20}
    assert max(len(cell) for row in preview["rows"] for cell in row["cells"]) == 40
    empty = BomFileError("bom_empty", "m")
    assert "preview" not in empty.to_dict()


def test_a_file_without_lines_shows_its_rows() -> None:
    with pytest.raises(BomFileError) as caught:
        parse("Ref;Qty;Value\n;;\n")
    assert caught.value.slug == "bom_empty"
    assert caught.value.preview == {
        "sheets": [],
        "sheet": None,
        "rows": [{"number": 1, "cells": ["Ref", "Qty", "Value"]}],
    }


def test_header_shape() -> None:
    shape = header_shape(["Ref Des", "Qty.", "Wert"])
    assert len(shape) == 64
    assert shape == header_shape(["ref  des", "QTY.", "Wert", "", ""])
    assert shape != header_shape(["Qty.", "Ref Des", "Wert"])
    assert shape != header_shape(["Ref Des", "", "Qty.", "Wert"])
    assert header_shape(["a", "b"]) != header_shape(["a b"])
    assert header_shape(["", ""]) == ""
    assert parse(PLAIN).header_shape == header_shape(HEAD.split(";"))


def remembered(columns: dict[str, Any], header: str = HEAD) -> dict[str, Any]:
    return {header_shape(header.split(";")): columns}


def test_a_remembered_mapping_is_used_for_the_same_header() -> None:
    columns = {"references": ["Ref"], "mpn": ["Code B"], "value": [3]}
    bom = parse(PLAIN.replace("Anzahl", "ANZAHL"), remembered=remembered(columns))
    assert (bom.mapping_source, bom.lines[0].mpn) == ("remembered", "BBB222")
    assert bom.mapping == {"references": ["Ref"], "value": ["Wert"], "mpn": ["Code B"]}
    other = parse(PLAIN.replace("Wert", "Value"), remembered=remembered(columns))
    assert other.mapping_source == "proposed"


def test_a_given_mapping_beats_a_remembered_one() -> None:
    options = ParseOptions(Mapping(columns={"references": [1], "mpn": ["Code A"]}), remembered({"value": [3]}))
    bom = parse_bytes(PLAIN.encode(), "bom.csv", options=options)
    assert (bom.mapping_source, bom.lines[0].mpn) == ("given", "AAA111")


@pytest.mark.parametrize(
    "columns", [{"mpn": ["Gone"]}, {"mpn": [77]}, {"odd": ["Ref"]}, {}, {"mpn": "Ref"}, {"mpn": [{}]}]
)
def test_a_remembered_mapping_that_no_longer_fits(columns: Any) -> None:
    bom = parse(PLAIN, remembered=remembered(columns))
    assert bom.mapping_source == "proposed"
    assert [warning.code for warning in bom.warnings] == ["mapping_not_used"]
    assert len(bom.lines) == 2


def test_a_remembered_header_is_found_where_no_other_is() -> None:
    text = "made by;me;;\n;;;\nfoo;bar;baz;\nR1;2;10k;x\nC1;1;1u;y\n"
    columns = {"references": ["foo"], "quantity": ["bar"], "value": ["baz"]}
    bom = parse(text, remembered=remembered(columns, "foo;bar;baz"))
    assert (bom.mapping_source, bom.header_row, len(bom.lines)) == ("remembered", 3, 2)
    misleading = "Reference;Quantity;Value\n1;2;3\n" + text
    assert parse(misleading, remembered=remembered(columns, "foo;bar;baz")).header_row == 5


def test_a_remembered_header_decides_the_sheet() -> None:
    data = workbook(
        Main=[["Reference", "Quantity", "Value"], ["R1", 1, "10k"], ["R2", 1, "1k"]],
        Own=[["foo", "bar"], ["J1", 1]],
    )
    options = ParseOptions(remembered=remembered({"references": ["foo"], "quantity": ["bar"]}, "foo;bar"))
    assert parse_bytes(data, "bom.xlsx", options=options).sheet == "Own"


def test_a_header_is_found_by_the_columns_that_are_named() -> None:
    text = "made by;me;;\nfoo;bar;baz;\nR1;2;10k;x\nC1;1;1u;y\n"
    bom = given(text, {"references": ["FOO"], "quantity": ["bar"], "value": [3]})
    assert (bom.header_row, len(bom.lines)) == (2, 2)


@pytest.mark.skipif(not SAMPLES, reason="ANANTA_SAMPLE_DIR does not name a folder with sample files")
@pytest.mark.parametrize(
    "path", sorted(Path(SAMPLES, "boms").glob("0*")) if SAMPLES else [], ids=lambda path: path.name[:3]
)
def test_a_proposal_given_back_reads_the_same(path: Path) -> None:
    """What is proposed can be sent as it is: a person who corrects one column keeps the others."""
    limits = ParseLimits(max_lines=100_000)
    proposed = parse_file(path, path.name, limits)
    mapping = Mapping(proposed.sheet, proposed.header_row, {name: [*texts] for name, texts in proposed.mapping.items()})
    again = parse_file(path, path.name, limits, ParseOptions(mapping))
    assert again.mapping == proposed.mapping
    assert [read(line) for line in again.lines] == [read(line) for line in proposed.lines]


def read(line: ParsedLine) -> tuple[Any, ...]:
    return line.row_number, line.references, line.quantity, line.mpn, line.is_dnp, line.level


def test_part_numbers_under_the_word_footprint_beside_a_maker() -> None:
    rows = "".join(f"R{n},10k,Panasonic,ERJ-3GEY{n}03V\n" for n in range(1, 9))
    bom = parse_bytes(f"Ref,Value,Manufacturer,Footprint\n{rows}".encode(), "bom.csv")
    assert (bom.mapping["mpn"], bom.lines[0].mpn) == (["Footprint"], "ERJ-3GEY103V")
    packages = "".join(
        f"R{n},10k,Panasonic,{name}\n" for n, name in enumerate(("R0603", "SOT-23-5", "TSSOP-16", "0402"))
    )
    assert "mpn" not in parse_bytes(f"Ref,Value,Manufacturer,Footprint\n{packages}".encode(), "bom.csv").mapping
