"""Files that are no bill of materials, each with its own error."""

import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from workers.imports import BomFileError, parse_file
from workers.imports.model import SLUGS, ParseLimits
from workers.imports.parser import parse_bytes

README = (
    b"# My project\n\nA board that blinks, with resistors, capacitors and a part.\n\n## Build\n\n1. Order the parts,\n"
    b"2. solder them; 3. test | enjoy.\n\nQuantity discounts: none. See the manufacturer, supplier, or description.\n"
)


def zipped(**entries: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return buffer.getvalue()


def empty_workbook() -> bytes:
    buffer = io.BytesIO()
    openpyxl.Workbook().save(buffer)
    return buffer.getvalue()


def error_of(data: bytes, *, max_lines: int = 100) -> BomFileError:
    with pytest.raises(BomFileError) as caught:
        parse_bytes(data, "my file.csv", limits=ParseLimits(max_lines=max_lines))
    error = caught.value
    assert error.slug in SLUGS
    assert error.message
    assert error.hint
    assert len(error.detail) <= 400
    return error


@pytest.mark.parametrize(
    ("slug", "data"),
    [
        ("bom_empty", b""),
        ("bom_empty", b" \r\n\t\n"),
        ("bom_empty", b"\xef\xbb\xbf\n"),
        ("bom_empty", b"\x00" * 500),
        ("bom_empty", b"Reference,Quantity,Value,MPN\n"),
        ("bom_empty", b"Reference,Quantity,Value,MPN\n\n,,,\nTotal,0,,\n"),
        ("bom_empty", empty_workbook()),
        ("bom_not_recognized", README),
        ("bom_not_recognized", b"hello"),
        ("bom_not_recognized", b"id,name,email\n1,Ann,ann@example.org\n2,Bob,bob@example.org\n"),
        ("bom_not_recognized", b"Name,Address,Phone,City\nBob,Street 1,123,Berlin\n"),
        ("bom_not_recognized", bytes(range(1, 256)) * 40),
        ("bom_unsupported_format", b"\x89PNG\r\n\x1a\n" + bytes(500)),
        ("bom_unsupported_format", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"),
        (
            "bom_unsupported_format",
            b"<!DOCTYPE html>\n<html><body><table><tr><td>Reference</td></tr></table></body></html>",
        ),
        ("bom_unsupported_format", b'<?xml version="1.0"?><export version="D"><components/></export>'),
        ("bom_unsupported_format", json.dumps({"lines": [{"Reference": "R1", "Quantity": 1}]}).encode()),
        ("bom_unsupported_format", json.dumps([{"Reference": "R1"}], indent=2).encode()),
        ("bom_unsupported_format", zipped(readme=b"text")),
        ("bom_damaged", empty_workbook()[:900]),
        ("bom_damaged", b"PK\x03\x04" + b"junk" * 50),
        ("bom_damaged", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        ("bom_damaged", zipped(xl__workbook_xml=b"<not a workbook")),
    ],
)
def test_slug(slug: str, data: bytes) -> None:
    assert error_of(data).slug == slug


def test_header_without_lines_names_its_row() -> None:
    error = error_of(b"My board\n\nReference,Quantity,Value,MPN\n")
    assert (error.slug, "row 3" in error.message) == ("bom_empty", True)


def test_too_many_lines() -> None:
    data = b"Reference,Quantity,Value\n" + b"".join(b"R%d,1,10k\n" % i for i in range(101))
    error = error_of(data)
    assert (error.slug, error.detail) == ("bom_too_many_lines", "Line 101 is in row 102.")
    assert len(parse_bytes(data, "x", limits=ParseLimits(max_lines=101)).lines) == 101


def test_an_entity_bomb_is_not_expanded() -> None:
    entities = b"".join(b'<!ENTITY a%d "%s">' % (i, b"&a%d;" % (i - 1) * 10 if i else b"lol") for i in range(12))
    xml = b'<?xml version="1.0"?><!DOCTYPE w [' + entities + b"]><workbook>&a11;</workbook>"
    assert error_of(zipped(xl__workbook_xml=xml)).slug in {"bom_damaged", "bom_empty"}


def test_the_name_of_the_file_is_only_a_name(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(b"nothing here")
    with pytest.raises(BomFileError) as caught:
        parse_file(path, "../../etc/\x00\u202epasswd\n" + "x" * 500, limits=ParseLimits(max_lines=1))
    assert caught.value.message.startswith("../../etc/passwd xxx")
    assert "\x00" not in caught.value.message
    assert len(caught.value.message) < 200


def test_errors_say_what_they_are() -> None:
    error = BomFileError("bom_empty", "It is empty.", "0 bytes", "Upload another.")
    assert str(error) == "bom_empty: It is empty."
    assert BomFileError(**error.to_dict()).to_dict() == error.to_dict()
