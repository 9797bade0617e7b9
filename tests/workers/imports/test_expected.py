"""Real files, from many makers and tools, against counts made by hand.

The files lie in a folder `boms` under the one that ANANTA_SAMPLE_DIR names; without it these tests are skipped.
"""

import csv
import os
from decimal import Decimal
from pathlib import Path

import pytest

from workers.imports import ParsedBom, parse_file
from workers.imports.model import ParseLimits

SAMPLES = os.environ.get("ANANTA_SAMPLE_DIR", "")
FOLDER = Path(SAMPLES) / "boms"

pytestmark = pytest.mark.skipif(not SAMPLES, reason="ANANTA_SAMPLE_DIR does not name a folder with sample files")

# The other files, read and counted by hand; `open_point` says where a file can be read in two ways.
BY_HAND = Path(__file__).with_name("expectations.csv")
# Where the parser takes the other of the two readings.
OTHERWISE = {
    "008-beagleboard-beaglebone-blue.csv": {"distinct_mpns": 67},  # by the first number of a cell
    "028-ciaa-nxp.xls": {"component_lines": 105, "total_quantity": 415},  # with the optional block
    "039-un0rick-v1.1.csv": {"distinct_mpns": 57},  # `Resistor (DNP)` is no number
}


def rows_of(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def parse(name: str) -> ParsedBom:
    return parse_file(FOLDER / name, name, limits=ParseLimits())


def figures_of(bom: ParsedBom) -> dict[str, Decimal]:
    fitted = [line.quantity or Decimal(0) for line in bom.lines if not line.is_dnp]
    return {
        "component_lines": Decimal(len(bom.lines)),
        "total_quantity": sum(fitted, Decimal(0)),
        "distinct_mpns": Decimal(len({line.mpn for line in bom.lines if line.mpn})),
        "has_dnp": Decimal(sum(line.is_dnp for line in bom.lines)),
    }


@pytest.mark.parametrize("row", rows_of(FOLDER / "expected.csv"), ids=lambda row: row["file"])
def test_figures_are_reproduced_exactly(row: dict[str, str]) -> None:
    figures = figures_of(parse(row["file"]))
    wanted = {name: Decimal(row[name]) for name in figures if row[name]}
    assert {name: figures[name] for name in wanted} == wanted


@pytest.mark.parametrize("row", rows_of(BY_HAND), ids=lambda row: row["file"])
def test_other_files_are_read_as_a_person_reads_them(row: dict[str, str]) -> None:
    figures = figures_of(parse(row["file"]))
    wanted = {name: Decimal(row[name]) for name in figures if row[name]} | OTHERWISE.get(row["file"], {})
    assert row["open_point"] or row["file"] not in OTHERWISE
    assert {name: figures[name] for name in wanted} == wanted


def test_every_sample_is_covered() -> None:
    present = {path.name for path in FOLDER.iterdir()} - {"INDEX.csv", "expected.csv"}
    assert present == {row["file"] for path in (BY_HAND, FOLDER / "expected.csv") for row in rows_of(path)}


def test_lines_keep_what_was_written() -> None:
    bom = parse("023-dangerousprototypes-bus-pirate-v4.xls")
    first = bom.lines[0]
    assert (bom.header_row, first.row_number, first.position) == (5, 7, 1)
    assert first.raw == {"Part": "C1-C6, C9-C10", "Quantity": "10", "Value": "0.1uF", "Package": "0603"}
    assert [w.code for w in first.warnings] == ["quantity_reference_mismatch"]
    assert "Row 7" in first.warnings[0].message
    assert first.warnings[0].column == "Quantity"
