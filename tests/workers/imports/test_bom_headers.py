# ruff: noqa: RUF001
"""What header cells mean, in several languages and spellings, and where in a table the header is."""

import pytest

from workers.imports import ParsedBom
from workers.imports.columns.currencies import currency_of
from workers.imports.columns.headers import distributor_name, interpret
from workers.imports.model import BomFileError
from workers.imports.parser import parse_bytes


@pytest.mark.parametrize(
    ("field", "headers"),
    [
        (
            "references",
            "Reference|Ref Des|RefDes|Designators|Reference(s)|Part Reference|Schematic Reference|Bezeichner",
        ),
        ("references", "Repère|Referencia|Customer Reference|Reference\nDesignator|位号|Поз. обозначение|Riferimento"),
        (
            "quantity",
            "Qty|Qty.|Q'ty|QTY|Quantity Per PCB|Qty per board|Quantity 1|Menge|Stückzahl|Anzahl|Quantité|Qté.",
        ),
        ("quantity", "Cantidad por PCB|Quantità|数量|Quanity|Count|Кол-во|Pcs"),
        ("mpn", "MPN|Mfr. P/N|Manufacturer Part Number|Manufacturer_Part_Number|ManufacturerPartNumber|manf#|Mfr #"),
        (
            "mpn",
            "N° de fab.|Herstellerteilenummer|Hersteller-Nr.|Référence fabricant|Part Number|P/N|Manfacturer Part No.",
        ),
        ("mpn", "Manufacturer Part|型号|メーカー型番|PN|Mfg Part #|Manufacturer Part Number 1|Manufacturer PN"),
        (
            "manufacturer",
            "Manufacturer|Mfr|MFG|Manufacturer 1|Manufacturer_Name|Fabricant|Hersteller|Part Manufacturer",
        ),
        ("manufacturer", "Brand|Fabricante|メーカー|厂家|Manufacturer Name"),
        ("supplier", "Supplier|Vendor|Lieferant|Fournisseur|Proveedor|Distributor|Supplier 1|供应商"),
        ("supplier_sku", "Supplier Part Number|Digi-Key Part Number|mouser#|LCSC|LCSC Part #|JLCPCB Part #|N° Mouser"),
        (
            "supplier_sku",
            "Supplier and ref|Anbieter und Referenz|Código Digi-Key|Bestellnummer|OC_FARNELL|Digike_y1|SKU",
        ),
        ("value", "Value|Wert|Valeur|Valor|Comment|Designation|Значение|值"),
        ("package", "Footprint|Package|PCB Footprint|Gehäuse|Boîtier|Case/Package|Pattern|封装|Bauform|Корпус"),
        ("description", "Description|Descr.|Beschreibung|Descripción|Part Description|説明|描述|Item Description"),
        ("dnp", "DNP|Do Not Populate|do_not_load|DNP?|Exclude from BOM|DNI|Not fitted"),
        ("item", "#|Item|Line #|Item #|ID|Pos. Nr.|No.|Lfd. Nr.|序号|№ п/п|項番|Find No.|N°|Nr.|Sl. No"),
        (
            "level",
            "Level|LVL|BOM Level|Indenture|Depth|Ebene|Stufe|Baustufe|Niveau|Livello|Nivel|Уровень|层级|階層|レベル",
        ),
        ("unit", "UOM|U/M|Unit|Unit of Measure|Einheit|ME|Mengeneinheit|Unité|Unità di misura|U.M.|Unidad|Ед. изм."),
        ("unit", "Единица измерения|单位|単位|Unidad de medida|Qty UoM"),
        ("unit_price", "Unit Price|Price|Unit Cost|Price ($)|Einzelpreis|Stückpreis|Preis/Stk|Preis €|EP|EK-Preis"),
        (
            "unit_price",
            "Prix unitaire|PU HT|P.U.|Prezzo unitario|Precio unitario|Цена|Цена за шт.|单价(元)|単価|Price each",
        ),
        ("unit_price", "Price @ 100|Supplier Unit Price 1|Unit$|Cost per unit|含税单价|Prix (EUR)|Price/pc"),
        ("internal_number", "IPN|Internal Part Number|House Number|Our part no|SAP-Nr.|Sachnummer|Ident-Nr.|CPN"),
        (
            "internal_number",
            "Interne Artikelnummer|Code interne|Codice interno|Código interno|社内品番",
        ),
        (
            "internal_number",
            "Материал №|Код номенклатуры|物料编码|物料编号|料号|存货编码|内部料号|図番|图号|Materialnummer",
        ),
        ("variant", "Variant A|Variante 1|variant: X|Исполнение 01|Кол. на исполнение 01|Qty Variant A|Ausführung 2"),
        ("fitted", "Fitted|Populate|Bestückt|是否贴装|実装|Monté|Montato"),
        ("dnp", "Nicht bestücken|Ne pas monter|Non montare|No montar|Не устанавливать|不贴装|未実装|非実装"),
        ("notes", "Notes|Remarks|Bemerkung|Remarques|Osservazioni|Observaciones|Примечание|备注|備考"),
    ],
)
def test_meanings(field: str, headers: str) -> None:
    found = {header: interpret(header).best[0] for header in headers.split("|")}
    wanted = dict.fromkeys(found, field)
    if field == "item":  # a position may number the lines or the parts: what stands in the column decides
        wanted["Pos. Nr."] = "references"
    assert found == wanted


NOTHING = """Datasheet|Stock|Lead Time|MOQ|Minimum Order Quantity|RoHS|URL|Digikey Description Link|Total|Address|\
Substitutions allowed|Poste: (EUR)|Digikey URL||Ext.: (USD)|Extended Price|Ext. Price|Total Cost|Line Total|Subtotal|\
Gesamtpreis|Summe|Prix total|Total HT|Importe total|Prezzo totale|Сумма|Стоимость|小计|金额|合計|金額|Price per board|\
Cost for 100 PCBs|Mouser Price/Stock|Order Price|Supplier Subtotal 1|Moisture Sensitivity Level|MSL Level|Bestand|\
Packaging Unit|Lagerbestand|Amount (USD)|Volume Pricing|Alternate Footprint"""


@pytest.mark.parametrize("header", NOTHING.split("|"))
def test_no_meaning(header: str) -> None:
    assert interpret(header).candidates == ()


@pytest.mark.parametrize("header", ["Price per 1000", "Preis/100", "Price for 250"])
def test_prices_of_many_are_no_unit_prices(header: str) -> None:
    assert interpret(header).best[1] < 0.33


def test_what_else_a_header_tells() -> None:
    assert interpret("Price @ 100").amount == 100
    assert interpret("Unit Price 1000+").amount == 1000
    assert interpret("Unit Price").amount == 1
    assert interpret("Alternate MPN").is_alternate
    assert interpret("Alt. Manufacturer").best[0] == "manufacturer"
    assert interpret("替代料").is_alternate
    assert not interpret("MPN").is_alternate
    names = ("Variant A", "Qty Variant A", "Variant: Basic", "Basic variant", "Variant A Qty", "Кол. на исполнение 01")
    assert [interpret(name).variant for name in names] == ["A", "A", "Basic", "Basic", "A", "01"]
    assert interpret("Кол. на исполнение -").variant == "-"
    assert interpret("Variant").best == ("variant", 0.5)
    assert interpret("Variant A Description").best[0] != "variant"


@pytest.mark.parametrize(
    ("header", "currency"),
    [
        ("Unit Price (EUR)", "EUR"),
        ("Price USD", "USD"),
        ("Preis €", "EUR"),
        ("Unit Price($)", "USD"),
        ("Price (US$)", "USD"),
        ("Cost, CA C$", "CAD"),
        ("Prezzo £", "GBP"),
        ("Цена, руб.", "RUB"),
        ("Цена ₽", "RUB"),
        ("单价(元)", "CNY"),
        ("单价(RMB)", "CNY"),
        ("单价¥", "CNY"),
        ("単価(円)", "JPY"),
        ("単価¥", "JPY"),
        ("Price ¥", None),
        ("Cena zł", "PLN"),
        ("Price (CHF)", "CHF"),
        ("Unit Price", None),
        ("Neuer Preis", None),
    ],
)
def test_currency_of_a_price(header: str, currency: str | None) -> None:
    assert currency_of(header) == currency


def test_quantities_to_order_rank_below_those_of_one_board() -> None:
    for header in ("Order Qty", "Total Qty (@ Batch Size: 1)", "Cantidad para 100 PCBs", "DigiKey Quantity"):
        assert interpret(header).best[1] < 0.5 < interpret("Qty").best[1]
    assert interpret("Quantity 1").best[1] > interpret("Quantity 2").best[1]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("digi-key", "Digi-Key"),
        ("DigiKey", "Digi-Key"),
        ("Mouser Electronics", "Mouser"),
        ("RS Components", "RS"),
        ("onlinecomponents.com", "Online Components"),
        ("立创商城", "LCSC"),
        ("Texas Instruments", None),
        ("", None),
    ],
)
def test_distributors(text: str, name: str | None) -> None:
    assert distributor_name(text) == name


def test_combined_maker_and_number() -> None:
    assert interpret("Manufacturer/MPN").is_combined
    assert interpret("MANUFACTURER AND PART NUMBER").is_combined
    assert not interpret("Manufacturer P/N").is_combined
    assert not interpret("Manufacturer Part Number").is_combined


def parse(text: str) -> ParsedBom:
    return parse_bytes(text.encode(), "bom.csv")


def named(bom: ParsedBom) -> dict[str, list[str]]:
    """Header texts by field, where there is one."""
    assert len(bom.lines) >= 2
    return bom.mapping


def test_a_row_of_groups_over_the_names() -> None:
    bom = parse(
        "Company: ACME;;;;;;;\nProject: X;;Date: 2024;;;;;\n\nItem;Reference;Qty;Manufacturer;;Supplier;;Comment\n"
        ";;;Name;Part Number;Name;Part Number;\n1;C1,C2;2;Murata;GRM155R71C104KA88D;Mouser;81-GRM155;ok\n"
        "2;R1;1;Yageo;RC0402FR-0710KL;Mouser;603-RC0402;\n"
    )
    assert bom.header_row == 4
    assert named(bom) == {
        "item": ["Item"],
        "references": ["Reference"],
        "quantity": ["Qty"],
        "manufacturer": ["Manufacturer Name"],
        "mpn": ["Manufacturer Part Number"],
        "supplier": ["Supplier Name"],
        "supplier_sku": ["Supplier Part Number"],
        "value": ["Comment"],
    }
    assert [line.supplier for line in bom.lines] == ["Mouser", "Mouser"]


def test_merged_cells_repeated_in_both_rows() -> None:
    bom = parse(
        "Item;Reference;Qty;Manufacturer;Manufacturer\nItem;Reference;Qty;Name;Part Number\n"
        "1;C1,C2;2;Murata;GRM155R71C104KA88D\n2;R1;1;Yageo;RC0402FR-0710KL\n"
    )
    assert named(bom)["mpn"] == ["Manufacturer Part Number"]
    assert named(bom)["references"] == ["Reference"]
    assert [line.row_number for line in bom.lines] == [3, 4]


def test_units_under_the_names() -> None:
    bom = parse(
        "Ref;Qty;Value;MPN;Unit Price;Weight\n;pcs;;;EUR;g\nC1,C2;2;100n;GRM155R71C104KA88D;0.01;0.1\n"
        "R1;1;10k;RC0402FR-0710KL;0.02;0.1\n"
    )
    assert [line.row_number for line in bom.lines] == [3, 4]
    assert [warning.code for warning in bom.warnings] == []
    assert named(bom)["unit_price"] == ["Unit Price EUR"]


def test_the_price_for_the_smallest_quantity() -> None:
    rows = "C1,C2;2;GRM155R71C104KA88D;0.05;0.1;0.08\nR1;1;RC0402FR-0710KL;0.05;0.1;0.08\n"
    assert named(parse("Ref;Qty;MPN;Price @ 100;Price @ 1;Price @ 10\n" + rows))["unit_price"] == ["Price @ 1"]
    two_rows = parse("Ref;Qty;MPN;Unit Price;;\n;;;100;1;10\n" + rows)
    assert named(two_rows)["unit_price"] == ["Unit Price 1"]
    assert [line.row_number for line in two_rows.lines] == [3, 4]
    extended = parse("Ref;Qty;MPN;Ext. Price;Price;MOQ\n" + rows)
    assert named(extended)["unit_price"] == ["Price"]


def test_variants_in_two_rows() -> None:
    bom = parse(
        "Поз. обозначение;Наименование;Кол. на исполнение;;;Примечание\n;;-;01;02;\n"
        "C1, C2;GRM155R71C104KA88D;2;2;-;\nR1;RC0402FR-0710KL;1;-;1;\n"
    )
    assert named(bom)["variant"] == ["Кол. на исполнение -", "Кол. на исполнение 01", "Кол. на исполнение 02"]
    assert [line.row_number for line in bom.lines] == [3, 4]
    groups = parse(
        "Ref;Value;Variant A;;Variant B;\n;;Qty;MPN;Qty;MPN\nC1,C2;100n;2;GRM155R7;0;\nR1;10k;1;RC0402F;1;\n"
    )
    assert named(groups)["variant"] == ["Variant A Qty", "Variant B Qty"]


def test_a_header_in_two_languages() -> None:
    bom = parse(
        "序号,位号,数量,型号,品牌,备注\nNo.,Designator,Qty,Part Number,Brand,Remark\n"
        '1,"C1,C2",2,GRM155R71C104KA88D,Murata,\n2,R1,1,RC0402FR-0710KL,Yageo,\n'
    )
    assert (bom.header_row, [line.row_number for line in bom.lines]) == (1, [3, 4])
    assert named(bom)["mpn"] == ["型号"]


def test_a_form_that_numbers_its_columns() -> None:
    bom = parse("Поз. обозначение;Наименование;Кол.;Примечание\n1;2;3;4\nC1, C2;Конденсатор;2;\nR1;Резистор;1;\n")
    assert [line.row_number for line in bom.lines] == [3, 4]


def test_a_header_of_two_rows_repeated_on_each_page() -> None:
    head = "Item;Ref;Qty;Manufacturer;\n;;;Name;Part Number\n"
    bom = parse(
        f"{head}1;C1,C2;2;Murata;GRM155R71C104KA88D\n2;R1;1;Yageo;RC0402FR-0710KL\n"
        f"{head}3;U1;1;TI;TLV70033DDCR\n4;R2;1;Yageo;RC0402FR-0711KL\n"
    )
    assert [(line.row_number, line.manufacturer) for line in bom.lines] == [
        (3, "Murata"),
        (4, "Yageo"),
        (7, "TI"),
        (8, "Yageo"),
    ]


def test_a_title_block_above() -> None:
    block = "".join(f"{name}:;x;;\n" for name in ("Customer", "Part Number", "Quantity", "Reference", "Manufacturer"))
    bom = parse(f"Bill of Materials;;;\n{block}\nRef;Qty;Value;MPN\nC1;1;1u;GRM155R7\nR1;1;1k;RC0402FR\n")
    assert bom.header_row == 8


@pytest.mark.parametrize(
    "text",
    [
        "C1 C2,2,100nF,0402,GRM155R71C104KA88D\nR1,1,10k,0402,RC0402FR-0710KL\nU1,1,LDO,SOT23,TLV70033DDCR\n",
        "2,C1 C2,GRM155R71C104KA88D,100nF\n1,R1,RC0402FR-0710KL,10k\n1,U1,TLV70033DDCR,LDO\n",
        "R1,10k,0402\nR2,1k,0402\nC1,100nF,0603\nU1,LDO,SOT-23\n",
    ],
)
def test_a_parts_list_without_a_header(text: str) -> None:
    bom = parse(text)
    assert bom.header_row == 0
    assert bom.header_shape == ""
    assert bom.columns[0].name == "Column A"
    assert all(column.confidence < 0.6 for column in bom.columns)
    assert len(bom.lines) == text.count("\n")
    assert sum(line.quantity or 0 for line in bom.lines) == 4
    assert bom.lines[1].value in {"10k", "1k"}


@pytest.mark.parametrize(
    "text",
    [
        "C1,10.5,20.3,90,top,100n\nR1,11.5,22.3,90,top,10k\nU1,12.5,23.3,90,top,LDO\n",  # where parts are placed
        "R1,10k\nR2,1k\nC1,100nF\n",
        "C1,2\nR1,3\nU1,4\n",
        "GND,U1,1\nVCC,U2,2\nNET3,U3,3\n",
        "Apples,3,red\nPears,4,green\nPlums,5,blue\n",
    ],
)
def test_tables_that_are_no_parts_list(text: str) -> None:
    with pytest.raises(BomFileError) as caught:
        parse(text)
    assert caught.value.slug == "bom_not_recognized"


def test_rows_of_parts_are_no_header() -> None:
    """Words of headers stand in descriptions, too: the row that says most is the header, not one of those."""
    bom = parse(
        "Designator;Comment;Quantity;Notes\nC1;Value;1;Reference part\nJ1;Part number label;1;Description\n"
        "U1;Level shifter;1;Unit price on request\n"
    )
    assert (bom.header_row, len(bom.lines)) == (1, 3)


def test_the_distributor_of_most_parts_comes_first() -> None:
    rows = "R1,1,,311-10KLRCT-ND,C25744\nR2,1,,311-1KLRCT-ND,C11702\nR3,1,T2N7002AK,311-2KLRCT-ND,\nR4,1,,,C1525\n"
    bom = parse_bytes(f"Ref,Qty,Arrow,Digikey,LCSC\n{rows}".encode(), "bom.csv")
    assert bom.mapping["supplier_sku"] == ["Digikey", "LCSC", "Arrow"]
    assert [(line.supplier, line.supplier_sku) for line in bom.lines] == [
        ("Digi-Key", "311-10KLRCT-ND"), ("Digi-Key", "311-1KLRCT-ND"), ("Digi-Key", "311-2KLRCT-ND"), ("LCSC", "C1525"),
    ]  # fmt: skip
    assert bom.lines[2].raw["Arrow"] == "T2N7002AK"
