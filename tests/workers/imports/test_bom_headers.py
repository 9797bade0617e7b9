"""What header cells mean, in several languages and spellings."""

import pytest

from workers.imports.headers import distributor_name, interpret


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
        ("item", "#|Item|Line #|Item #|ID|Pos. Nr.|No.|Lfd. Nr.|序号"),
    ],
)
def test_meanings(field: str, headers: str) -> None:
    found = {header: interpret(header).best[0] for header in headers.split("|")}
    wanted = dict.fromkeys(found, field)
    if field == "item":  # a position may number the lines or the parts: what stands in the column decides
        wanted["Pos. Nr."] = "references"
    assert found == wanted


NOTHING = """Unit Price|Datasheet|Stock|Lead Time|MOQ|Minimum Order Quantity|RoHS|URL|Digikey Description Link|Total|\
Address|Internal Part Number|Alternate MPN|Substitutions allowed|Poste: (EUR)|Digikey URL||Ext.: (USD)"""


@pytest.mark.parametrize("header", NOTHING.split("|"))
def test_no_meaning(header: str) -> None:
    assert interpret(header).candidates == ()


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
