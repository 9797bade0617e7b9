"""Any bytes give a BOM or a BomFileError: random ones, and changed copies of files as people have them."""

import io
import json
import os

import openpyxl
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.support.parsed_boms import reread, written
from workers.imports import BomFileError, ParsedBom, ParsedLine
from workers.imports.lines.quantities import parse_quantity
from workers.imports.lines.references import parse_references
from workers.imports.model import SLUGS, ParseLimits
from workers.imports.parser import parse_bytes

TIMES = int(os.environ.get("ANANTA_FUZZ_TIMES", "1"))
QUICK = settings(max_examples=100 * TIMES, deadline=None, suppress_health_check=[HealthCheck.too_slow])

SEEDS = [
    b"Reference,Quantity,Value,Manufacturer,MPN,DNP\nR1-R5,5,10k,Yageo,RC0603,\n,,,Vishay,CRCW,\nTotal,5,,,,\n",
    'Bezeichner;Stückzahl;Gehäuse;Lieferant;Bestellnummer\n"C1,C2";1,5;0603;Mouser;81-GRM\n'.encode("cp1252"),
    "\ufeffID\tName\tDesignator\tQuantity\tSupplier Part\n1\t10kΩ\tR1 R2\t2\tC25804\n".encode("utf-16-le"),
    b'"Reference\nDesignator","Mfr\nPart Number",Qty\n"C61,81",GRM155,2\n"DO NOT INSTALL",,\nC5,X,1\n',
    b"Item|Qty|Part|SKU|SKU\n|||Digi-Key|Mouser\n1|2|R1, R2|311-1|603-1\n",
    b"Title\n\nMPN,Manufacturer,Mouser\nLM358,TI,595-LM358\n" * 3,
    b"Qty Value    Device     Parts\n1   10k      R-0603     R1\n2   100n     C-0603     C1, C2\n",
    b"<html><table><tr><th>Ref<th>Qty<th>MPN<tr><td>R1<td>1<td>LM358</table>",
    b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook><Worksheet><Table><Row><Cell><Data>Ref'
    b"</Data></Cell><Cell><Data>MPN</Data></Cell></Row><Row><Cell><Data>R1</Data></Cell></Row></Table></Worksheet></Workbook>",
    b"Level,Part Number,Qty,Price (EUR)\n0,TOP,1,\n1,SUB,2,\n2,LM358,3,0.12\n.1,X,1e309,$1\n",
]


def workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in (["Designator", "Qty", "MPN"], ["R1", 1, 1234567], ["C1", 2, "X7R"]):
        book.worksheets[0].append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


WORKBOOK = workbook()  # once: a workbook holds the time it was saved


def parsed_or_refused(data: bytes) -> ParsedBom | BomFileError:
    try:
        return parse_bytes(data, "fuzz", limits=ParseLimits(max_lines=200))
    except BomFileError as error:
        return error


def check(data: bytes) -> None:
    bom = parsed_or_refused(data)
    if isinstance(bom, BomFileError):
        assert bom.slug in SLUGS
        json.dumps(bom.to_dict()).encode()
        return
    assert reread(bom) == bom
    assert [line.position for line in bom.lines] == list(range(1, len(bom.lines) + 1))
    assert all(b"\\u0000" not in part for part in written(bom))
    for line in bom.lines:
        assert line.row_number > bom.header_row
        assert line.quantity is None or line.quantity >= 0
        assert fits(line)


def fits(line: ParsedLine) -> bool:
    """Whether the texts are as short as the checks of public.bom_line_items want them."""
    short = (line.unit, line.mpn, line.manufacturer, line.supplier, line.supplier_sku, line.value, line.package)
    return (
        all(text is None or len(text) <= 200 for text in (*short, line.internal_number))
        and len(line.description or "") <= 4000
        and sum(len(name.encode()) + 8 for name in line.references) < 1024 * 1024
    )


@st.composite
def changed(draw: st.DrawFn) -> bytes:
    """A seed with pieces cut, doubled, replaced or put elsewhere."""
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 30)))
        kind = draw(st.sampled_from(["cut", "double", "bytes", "text", "swap"]))
        piece = bytes(data[start:end])
        if kind == "double":
            piece = piece * draw(st.integers(2, 20))
        elif kind == "bytes":
            piece = draw(st.binary(max_size=12))
        elif kind == "text":
            piece = draw(
                st.sampled_from(
                    [b'"', b"\x00", b"\r", b"\n\n", b";", b",", b"R1-R999999", b"1e309", "\u202e٣".encode()]
                )
            )
        elif kind == "swap":
            piece = piece[::-1]
        else:
            piece = b""
        data[start:end] = piece
    return bytes(data)


@QUICK
@given(st.binary(max_size=600))
def test_random_bytes(data: bytes) -> None:
    check(data)


@QUICK
@given(st.text(max_size=300), st.sampled_from(["utf-8", "utf-16", "utf-16-be"]))
@example("£❶", "utf-8")  # a digit that is no number
def test_random_text(text: str, encoding: str) -> None:
    check(text.encode(encoding, "ignore"))


@settings(QUICK, max_examples=200 * TIMES)
@given(changed())
def test_changed_files(data: bytes) -> None:
    check(data)


@QUICK
@given(st.lists(st.lists(st.text(max_size=20), max_size=6), max_size=8))
def test_random_cells_under_a_header(rows: list[list[str]]) -> None:
    lines = "\n".join("\t".join(cell.replace("\t", " ") for cell in row) for row in rows)
    check(f"Ref\tQty\tValue\tMPN\tDNP\tNotes\n{lines}\n".encode("utf-8", "ignore"))


@settings(QUICK, max_examples=60 * TIMES)
@given(st.data())
def test_damaged_workbooks(data: st.DataObject) -> None:
    content = bytearray(WORKBOOK)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    check(bytes(content[: data.draw(st.integers(4, len(content)))]))


@QUICK
@given(st.text(max_size=80))
def test_random_cells(cell: str) -> None:
    parsed = parse_references(cell)
    assert all(name.strip() for name in parsed.names)
    amount = parse_quantity(cell).amount
    assert amount is None or amount.is_finite()
