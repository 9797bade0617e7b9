"""Values that say a part is not there: `NA` where the file means not assembled, `OPEN` where a resistor would stand."""

from __future__ import annotations

import re

from workers.imports.cells import clean, understood
from workers.imports.columns.layout import Layout
from workers.imports.lines import dnp
from workers.imports.lines.rows import Row

_NA = re.compile(r"^n\.?\s?[/\\]?\s?a\.?$", re.I)
_OPEN = re.compile(r"^[(<\[]?(?:open|empty|leer|offen|ouvert|vide|vac[ií]o|vuoto|aperto)[)>\]]?$", re.I)
_NAME_OF_SYMBOL = re.compile(r"^devices?\b", re.I)  # read as a value where there is no better one
_PASSIVE = re.compile(r"^(?:[RCL]|FB)\d", re.I)
_MEASURED = re.compile(r"^[RCL]\d", re.I)  # a bead may have no value that people write down


def absent_by_value(rows: list[Row], layout: Layout) -> list[int]:
    """The indexes of rows that their value says are not fitted, in a word that also means other things.

    `OPEN` says so of a passive part. `NA` says so where the file writes `NA(10k)` for parts left out, and of a
    resistor, capacitor or inductor that nothing else describes, where most others have a value and no column has marks.
    """
    columns = [i for i in layout.several.get("value", ()) if not _NAME_OF_SYMBOL.match(layout.names[i])]
    if not columns:
        return []
    said = [next((text for i in columns if (text := clean(row.cell(i)))), "") for row in rows]
    found = [i for i, row in enumerate(rows) if _OPEN.match(said[i]) and _are_all(row, _PASSIVE)]
    has_value = [any(understood(row.cell(i)) for i in columns) for row in rows]
    bare = [i for i, text in enumerate(said) if not has_value[i] and _NA.match(text)]
    if not bare or any(dnp.is_not_assembled(text) for text in said):
        return found + bare
    if any(row.cell(column).strip() for column in layout.several.get("dnp", ()) for row in rows):
        return found
    measured = [i for i, row in enumerate(rows) if _are_all(row, _MEASURED)]
    nameless = {i for i in bare if _is_nameless(rows[i])}.intersection(measured)
    valued = sum(1 for i in measured if has_value[i])
    return found + (sorted(nameless) if valued >= 3 * len(nameless) and valued + len(nameless) == len(measured) else [])


def _are_all(row: Row, pattern: re.Pattern[str]) -> bool:
    return row.references.is_certain and all(pattern.match(name) for name in row.references.names)


def _is_nameless(row: Row) -> bool:
    """Neither a number to buy it by nor a description that gives the value."""
    has_number = bool(row.parts or row.supplier_sku or row.internal_number)
    return not has_number and not any(c.isdecimal() for c in row.description or "")
