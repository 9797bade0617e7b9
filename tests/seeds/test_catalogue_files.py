"""The seed files keep the promises of seeds/README.md."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
CATALOGUE = SEEDS / "catalogue"
BOMS = SEEDS / "boms"
LIFECYCLES = {"active", "nrnd", "last_time_buy", "eol", "obsolete", "unknown"}
COLUMNS = {
    "manufacturers.csv": ["name"],
    "manufacturer_aliases.csv": ["alias", "manufacturer"],
    "parts.csv": ["mpn", "manufacturer", "description", "category", "package", "lifecycle", "datasheet_url", "source"],
    "vendors.csv": ["name", "aliases"],
    "vendor_parts.csv": ["vendor", "sku", "mpn", "manufacturer", "source"],
}
TEXT_FILES = [SEEDS / "README.md", CATALOGUE / "NOTICE.md", BOMS / "LICENSES.md", BOMS / "expected.csv"]
BOM_SHA256 = {
    "003-odrive-v3.1.csv": "062791c390a0d1d7fb9804d6d07dfc00824f0f2e77055b13b412c878fb004eea",
    "007-beagleboard-beaglebone-ai64.csv": "2d65e011d8b1072fa5387f766c6c615971bf064d65516aad8cdbc577e1b75409",
    "014-glasgow-revc2.csv": "119285c5bd630f676903d776de9b124a6c3009ba99dfaacf60e0d77a723e51d4",
    "016-starshipraider-mead-pod.csv": "dc408e0c9334e6ca951f34e1ca33636d6793ed2477a584b01a2ae5a3f1e575a4",
    "020-px4-fmuv3.xlsx": "a714f11bf73cba455f6061217a18075050d98265c3aaf9b21a58532767a7d632",
    "029-simplefoc-shield-v3.csv": "34faa085050b6bab8c21131012aebf4b6c6f6bbb18146ab1cd7f0c9ff7cd0e92",
}


def rows(name: str) -> list[dict[str, str]]:
    """All rows of one catalogue file."""
    text = (CATALOGUE / name).read_bytes().decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def number_key(number: str) -> str:
    """Normal form of a part or distributor number."""
    return re.sub(r"[^A-Z0-9]+", "", number.upper())


def name_key(name: str) -> str:
    """Normal form of a maker's or distributor's name."""
    return "".join(c for c in name.lower() if unicodedata.category(c)[0] == "L" or unicodedata.category(c) == "Nd")


def repeated(keys: list[str] | list[tuple[str, str]]) -> list[object]:
    """The keys that occur more than once."""
    return [key for key, count in Counter(keys).items() if count > 1]


@pytest.fixture(scope="module")
def makers() -> set[str]:
    return {row["name"] for row in rows("manufacturers.csv")}


@pytest.fixture(scope="module")
def parts() -> list[dict[str, str]]:
    return rows("parts.csv")


@pytest.mark.parametrize("name", sorted(COLUMNS))
def test_file_is_plain_rfc4180(name: str) -> None:
    data = (CATALOGUE / name).read_bytes()
    assert len(data) < 2_000_000
    assert b"\r" not in data
    assert not data.startswith(b"\xef\xbb\xbf")
    assert data.endswith(b"\n")
    table = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
    assert table[0] == COLUMNS[name]
    assert {len(line) for line in table} == {len(COLUMNS[name])}


@pytest.mark.parametrize("name", sorted(COLUMNS))
def test_cells_are_clean(name: str) -> None:
    for row in rows(name):
        for cell in row.values():
            assert cell == re.sub(r"\s+", " ", cell).strip(), cell
            assert not any(unicodedata.category(c) in {"Cc", "Cf", "Co", "Cs", "Cn"} for c in cell), cell
            assert unicodedata.is_normalized("NFC", cell), cell
            assert not re.search(r"</?[a-zA-Z][^<>]*>|&#?\w+;", cell) or "://" in cell, cell


@pytest.mark.parametrize("path", [*TEXT_FILES, *(CATALOGUE / name for name in COLUMNS)], ids=lambda path: path.name)
def test_text_names_no_local_path(path: Path) -> None:
    text = path.read_bytes().decode("utf-8")
    assert "\r" not in text
    assert not re.search(r"(?<![\w.-])/(?:home|root|tmp|work)/|\b[A-Z]:\\", text)


def test_manufacturers_are_unique_and_sorted() -> None:
    keys = [name_key(row["name"]) for row in rows("manufacturers.csv")]
    assert all(keys)
    assert repeated(keys) == []
    assert keys == sorted(keys)


def test_aliases_are_unambiguous(makers: set[str]) -> None:
    aliases = rows("manufacturer_aliases.csv")
    keys = [name_key(row["alias"]) for row in aliases]
    assert all(keys)
    assert repeated(keys) == []
    assert {row["manufacturer"] for row in aliases} <= makers
    assert set(keys) & {name_key(name) for name in makers} == set()


def test_latin_letters_alone_never_name_two_makers(makers: set[str]) -> None:
    owners: dict[str, set[str]] = {}
    spellings = [(name, name) for name in makers]
    spellings += [(row["alias"], row["manufacturer"]) for row in rows("manufacturer_aliases.csv")]
    for spelling, maker in spellings:
        key = re.sub(r"[^a-z0-9]+", "", spelling.lower())
        if key and name_key(spelling) != key:
            owners.setdefault(key, set()).add(maker)
    plain = {name_key(spelling): maker for spelling, maker in spellings}
    for key, found in owners.items():
        assert len(found | ({plain[key]} if key in plain else set())) == 1, key


@pytest.mark.parametrize(
    ("spelling", "maker"),
    [
        ("TI", "Texas Instruments"),
        ("TI(德州仪器)", "Texas Instruments"),
        ("ST", "STMicroelectronics"),
        ("STMicro", "STMicroelectronics"),
        ("ST(Semtech)", "Semtech Electronics (ST)"),
        ("Philips", "NXP"),
        ("ADI", "Analog Devices"),
        ("Linear Technology/Analog Devices", "Linear Technology"),
        ("ATMEL", "Atmel"),
        ("Microchip Technology", "Microchip"),
        ("MURATA ELECTRONICS (VA)", "Murata"),
        ("SAMSUNG(三星)", "Samsung Electro-Mechanics"),
        ("UNI-ROYAL(厚声)", "UNI-ROYAL"),
        ("Guangdong Fenghua Advanced Tech", "Fenghua"),
        ("Wurth Elektronik", "Würth Elektronik"),
        ("ON Semiconductor", "onsemi"),
    ],
)
def test_known_spelling_leads_to_its_maker(spelling: str, maker: str) -> None:
    known = {name_key(row["name"]): row["name"] for row in rows("manufacturers.csv")}
    known |= {name_key(row["alias"]): row["manufacturer"] for row in rows("manufacturer_aliases.csv")}
    assert known[name_key(spelling)] == maker


def test_parts_are_unique_and_sorted(parts: list[dict[str, str]]) -> None:
    keys = [(number_key(row["mpn"]), name_key(row["manufacturer"])) for row in parts]
    assert all(len(mpn) >= 3 for mpn, _ in keys)
    assert repeated(keys) == []
    assert keys == sorted(keys)
    assert len(parts) > 5_000


def test_parts_use_the_vocabularies(parts: list[dict[str, str]], makers: set[str]) -> None:
    assert {row["lifecycle"] for row in parts} <= LIFECYCLES
    assert {row["manufacturer"] for row in parts} - {""} <= makers
    for row in parts:
        assert row["source"], row
        assert len(row["description"]) <= 240, row
        assert re.fullmatch(r"https?://[^\s/]+\.\S+", row["datasheet_url"]) or row["datasheet_url"] == "", row


def test_one_normalised_number_is_one_part(parts: list[dict[str, str]]) -> None:
    """SMBJ6.0A is not SMBJ60A: a decimal point that the normal form drops must never be the only difference."""
    forms: dict[str, set[str]] = {}
    for row in parts:
        forms.setdefault(number_key(row["mpn"]), set()).add(re.sub(r"[^A-Z0-9.]", "", row["mpn"].upper()).strip("."))
    assert {key: found for key, found in forms.items() if len(found) > 1} == {}


def test_sources_are_credited(parts: list[dict[str, str]]) -> None:
    notice = (CATALOGUE / "NOTICE.md").read_text("utf-8")
    sources = {source for row in [*parts, *rows("vendor_parts.csv")] for source in row["source"].split(";")}
    assert [source for source in sorted(sources) if f"| {source} |" not in notice] == []


def test_vendor_aliases_are_unambiguous() -> None:
    owners: dict[str, set[str]] = {}
    for row in rows("vendors.csv"):
        for spelling in [row["name"], *row["aliases"].split(";")]:
            assert name_key(spelling)
            owners.setdefault(name_key(spelling), set()).add(row["name"])
    assert {key: names for key, names in owners.items() if len(names) > 1} == {}


def test_vendor_parts_stand_for_one_part(parts: list[dict[str, str]]) -> None:
    vendor_parts = rows("vendor_parts.csv")
    keys = [(row["vendor"], number_key(row["sku"])) for row in vendor_parts]
    assert repeated(keys) == []
    assert keys == sorted(keys)
    assert {row["vendor"] for row in vendor_parts} <= {row["name"] for row in rows("vendors.csv")}
    known = {(row["mpn"], row["manufacturer"]) for row in parts}
    assert [row for row in vendor_parts if (row["mpn"], row["manufacturer"]) not in known] == []


def test_boms_are_the_originals_with_licence_and_figures() -> None:
    files = {path.name for path in BOMS.iterdir()} - {"LICENSES.md", "expected.csv", ".gitattributes"}
    assert files == set(BOM_SHA256)
    licences = (BOMS / "LICENSES.md").read_text("utf-8")
    with (BOMS / "expected.csv").open(encoding="utf-8", newline="") as handle:
        expected = {row["file"]: row for row in csv.DictReader(handle)}
    assert set(expected) == files
    for name in files:
        assert f"| {name} |" in licences
        assert hashlib.sha256((BOMS / name).read_bytes()).hexdigest() == BOM_SHA256[name]
        assert int(expected[name]["component_lines"]) > int(expected[name]["has_dnp"])
        assert int(expected[name]["total_quantity"]) > 0
