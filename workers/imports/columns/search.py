"""Where in a file the parts list is: the sheet and its header, found or as a person says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from workers.imports.columns.headerless import choose_by_content, is_unmistakable
from workers.imports.columns.layout import columns_of
from workers.imports.columns.mappings import (
    NO_HEADER,
    header_in_row,
    header_shape,
    header_with,
    possible_headers,
    sheet_named,
)
from workers.imports.columns.profiles import SAMPLE_ROWS
from workers.imports.columns.proposal import fullest
from workers.imports.model import Mapping, ParseOptions
from workers.imports.table import Header, Table, find_header, is_blank

_SAID = 100.0  # a header that a person speaks of outweighs every other
_SAMPLE_SCAN = 3000


@dataclass(frozen=True, slots=True)
class Found:
    """A table and its header."""

    table: Table
    header: Header
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Search:
    """The table to read, if there is one, and all that look like parts lists."""

    found: Found | None
    lists: list[Table] = field(default_factory=list)


def search(tables: Sequence[Table], options: ParseOptions) -> Search:
    """Finds the parts list. Errors: BomFileError `mapping_invalid` where the mapping names what does not exist."""
    mapping = options.mapping or Mapping()
    among = tables if mapping.sheet is None else [sheet_named(tables, mapping.sheet)]
    headed = [found for table in tables if (found := _find(table, options))]
    if not headed and mapping.header_row is None:
        headed = [Found(table, NO_HEADER) for table in among if _is_headerless(table)]
    ranked = sorted(headed, key=lambda found: -found.score)
    lists = [found.table for found in ranked if found.score >= 0]
    best = next((found for found in ranked if any(found.table is table for table in among)), None)
    if mapping.header_row is not None and tables:
        table = best.table if best else fullest(among)
        best = Found(table, header_in_row(table, mapping.header_row))
    return Search(best, lists)


def sample_of(table: Table, header: Header) -> list[list[str]]:
    """The first rows under the header that hold anything."""
    rows: list[list[str]] = []
    for index in range(header.last + 1, min(len(table.rows), header.last + 1 + _SAMPLE_SCAN)):
        row = table.rows[index]
        if not is_blank(row):
            rows.append(row)
        if len(rows) == SAMPLE_ROWS:
            break
    return rows


def _find(table: Table, options: ParseOptions) -> Found | None:
    """The header of a table with a score: how well it reads, and up to a point how much stands under it."""
    header, extra = _said(table, options), _SAID
    if header is None:
        header, extra = find_header(table), 0.0
    if header is None:
        return None
    below = range(header.last + 1, min(header.last + 101, len(table.rows)))
    filled = sum(1 for index in below if sum(1 for cell in table.rows[index] if cell) > 1)
    return Found(table, header, header.score + extra + min(filled, 100) / 50 - (0 if filled else 10 + extra))


def _said(table: Table, options: ParseOptions) -> Header | None:
    """The header that has the columns a person names, or of which a person named them in an earlier file."""
    if options.mapping and options.mapping.columns is not None:
        return header_with(table, options.mapping.columns)
    if not options.remembered:
        return None
    headers = possible_headers(table)
    return next((header for header in headers if header_shape(header.texts) in options.remembered), None)


def _is_headerless(table: Table) -> bool:
    rows = sample_of(table, NO_HEADER)
    profiles = columns_of(NO_HEADER, rows).profiles
    return is_unmistakable(profiles, choose_by_content(profiles, rows), len(rows))
