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

# Read and counted by hand, for the files without figures: part lines, lines marked as not fitted.
COUNTED = {
    "002-greatscottgadgets-ubertooth-zero.csv": (27, 0),
    "003-odrive-v3.1.csv": (42, 0),
    "005-beagleboard-pocketbeagle.csv": (21, 0),
    "006-beagleboard-beaglebone-black.csv": (72, 1),  # 71 with a quantity, and the list of those not installed
    "008-beagleboard-beaglebone-blue.csv": (72, 4),
    "009-beagleboard-x15.xlsx": (150, 1),  # 154 rows, 4 of them second sources
    "011-orangecrab-r0.1.csv": (49, 0),  # listed singly and collated; the collated list counts
    "012-ulx3s-1click.tsv": (63, 0),
    "013-libresolar-bms-c1.csv": (69, 0),
    "015-1clickbom-bus-pirate.tsv": (15, 0),
    "017-indabom-full-bom.csv": (35, 0),
    "018-olimex-a13-wifi-h.bom": (96, 8),  # `NA(...)`; two more lines have a bare `NA` as their value
    "019-olimex-esp32-evb-k2.csv": (86, 9),
    "021-mutable-clouds.xlsx": (49, 0),
    "022-greatscottgadgets-jellybean.ods": (114, 2),
    "027-samopal-sony-hdr-remote.csv": (20, 0),
    "028-ciaa-nxp.xls": (105, 0),
    "031-ezogateway-v1.1.csv": (57, 0),
    "034-nitrokey-start.csv": (19, 0),
    "035-capablerobot-ring-light.csv": (12, 0),
    "037-mkeeter-bumpy.tsv": (34, 0),
    "039-un0rick-v1.1.csv": (61, 1),
    "040-newae-picoemp.xls": (29, 0),
    "041-openffboard-tmc-driver-v1.2.ods": (48, 2),
    "043-terstegge-rp2040-launchpad.csv": (48, 0),
    "045-kicost-partlist-big.csv": (430, 0),
    "046-kicost-priced-big.csv": (361, 0),
    "048-opulo-drive-motor.tsv": (3, 0),
}


def expected_rows() -> list[dict[str, str]]:
    if not (FOLDER / "expected.csv").is_file():
        return []
    with (FOLDER / "expected.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def parse(name: str) -> ParsedBom:
    return parse_file(FOLDER / name, name, limits=ParseLimits())


@pytest.mark.parametrize("row", expected_rows(), ids=lambda row: row["file"])
def test_figures_are_reproduced_exactly(row: dict[str, str]) -> None:
    bom = parse(row["file"])
    figures = {
        "component_lines": len(bom.lines),
        "total_quantity": sum((line.quantity or Decimal(0) for line in bom.lines if not line.is_dnp), Decimal(0)),
        "distinct_mpns": len({line.mpn for line in bom.lines if line.mpn}),
        "has_dnp": sum(line.is_dnp for line in bom.lines),
    }
    wanted = {name: Decimal(row[name]) for name in figures if row[name]}
    assert {name: figures[name] for name in wanted} == wanted


@pytest.mark.parametrize("name", COUNTED)
def test_lines_of_the_other_files(name: str) -> None:
    bom = parse(name)
    assert (len(bom.lines), sum(line.is_dnp for line in bom.lines)) == COUNTED[name]


def test_every_sample_is_covered() -> None:
    present = {path.name for path in FOLDER.iterdir()} - {"INDEX.csv", "expected.csv"}
    assert present == COUNTED.keys() | {row["file"] for row in expected_rows()}


def test_lines_keep_what_was_written() -> None:
    bom = parse("023-dangerousprototypes-bus-pirate-v4.xls")
    first = bom.lines[0]
    assert (bom.header_row, first.row_number, first.position) == (5, 7, 1)
    assert first.raw == {"Part": "C1-C6, C9-C10", "Quantity": "10", "Value": "0.1uF", "Package": "0603"}
    assert [w.code for w in first.warnings] == ["quantity_reference_mismatch"]
    assert "Row 7" in first.warnings[0].message
    assert first.warnings[0].column == "Quantity"
