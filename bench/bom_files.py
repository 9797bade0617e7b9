"""Synthetic BOM files of any size, the same for the same seed, and the catalogue they name."""

import csv
import random
from collections.abc import Iterator
from pathlib import Path

HEADER = ("Reference", "Qty", "Value", "Package", "Description", "Manufacturer", "Manufacturer Part Number", "DNP")
CATALOGUE = """
    with m as (select array_agg(id order by normalized_name) as ids, count(*) as n from public.manufacturers)
    insert into public.catalogue_parts (mpn, manufacturer_id, description, lifecycle, source)
    select 'PN' || lpad(i::text, 6, '0') || '-' || chr(65 + i %% 26), m.ids[1 + i %% m.n], 'synthetic part ' || i,
        'active', 'bench'
    from m, generate_series(1, %s) as i
    on conflict do nothing
"""
MAKERS = "select name from public.manufacturers order by normalized_name"


def lines(count: int, catalogue: int, bad_percent: int, makers: list[str], seed: int) -> Iterator[tuple[str, ...]]:
    """`count` lines; `bad_percent` of them name a part nobody has, or no quantity."""
    choose = random.Random(seed)  # noqa: S311 - data, not secrets
    for number in range(1, count + 1):
        if choose.randrange(100) < bad_percent:
            quantity = "" if number % 2 else "two"
            yield ("", quantity, "10k", "0402", "Resistor, thick film", "Nobody Ltd", f"XQ{number}ZZ", "")
            continue
        part = choose.randint(1, catalogue)
        mpn = f"PN{part:06d}-{chr(65 + part % 26)}"
        references = ", ".join(f"{choose.choice('RCLUD')}{number * 4 + i}" for i in range(choose.randint(1, 3)))
        yield (
            references, str(references.count(",") + 1), choose.choice(("10k", "100nF", "4u7", "BAT54")), "0402",
            "Resistor, thick film, 1 %, 0.1 W", makers[part % len(makers)], mpn, "DNP" if number % 50 == 0 else "",
        )  # fmt: skip


def write_csv(path: Path, rows: Iterator[tuple[str, ...]]) -> Path:
    """The rows under their header, as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(rows)
    return path


def write_xlsx(path: Path, rows: Iterator[tuple[str, ...]]) -> Path:
    """The rows under their header, as XLSX."""
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("BOM")
    sheet.append(HEADER)
    for row in rows:
        sheet.append([int(cell) if cell.isdigit() else cell for cell in row])
    workbook.save(path)
    return path
