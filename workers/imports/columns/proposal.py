"""What people are shown of a file before they correct how it is read: columns with samples, sheets, first rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from workers.imports.cells import clean, storable
from workers.imports.columns.choosing import Choice
from workers.imports.columns.layout import Columns
from workers.imports.columns.profiles import confidence, weigh
from workers.imports.model import Column, Sheet
from workers.imports.table import Table, is_blank

_SAMPLES, _SAMPLE_CHARS = 3, 80
_MAX_ALTERNATIVES = 4
_PREVIEW_ROWS, _PREVIEW_COLUMNS, _PREVIEW_CHARS = 10, 20, 40
_PREVIEW_SCAN = 1000


def describe_columns(
    columns: Columns, fed: dict[str, list[int]], rows: Sequence[list[str]], choice: Choice | None
) -> list[Column]:
    """Every column of the table; without a choice of the parser's the fields are a person's word, and certain."""
    feeds = {index: (name, priority) for name, indexes in fed.items() for priority, index in enumerate(indexes, 1)}
    described = []
    for index, name in enumerate(columns.names):
        field, priority = feeds.get(index, (None, 1))
        sure = 1.0
        if field is None:
            sure = 0.0
        elif choice is not None:
            sure = confidence(field, choice.scores.get((index, field), 0.0), columns.profiles[index])
        others = _alternatives(columns, index, field)
        described.append(Column(index + 1, name, field, priority, sure, _samples(rows, index), others))
    return described


def _alternatives(columns: Columns, index: int, field: str | None) -> list[str]:
    """The other fields that the header or the content speaks for, the likeliest first."""
    profile = columns.profiles[index]
    said = columns.meanings[index].candidates
    scores = {name: max(weigh(name, score, profile), 0.1 * score if field is None else 0.0) for name, score in said}
    if profile.is_unique_references:
        scores["references"] = max(scores.get("references", 0.0), 0.65)
    if profile.are_makers_numbers:
        scores["mpn"] = max(scores.get("mpn", 0.0), 0.3)
    if profile.references > 0.5:
        scores.pop("mpn", None)
    ranked = sorted((name for name in scores if scores[name] and name != field), key=lambda name: -scores[name])
    return ranked[:_MAX_ALTERNATIVES]


def _samples(rows: Sequence[list[str]], index: int) -> list[str]:
    found: list[str] = []
    for row in rows:
        cell = clean(row[index])[:_SAMPLE_CHARS] if index < len(row) and row[index] else ""
        if cell and cell not in found:
            found.append(storable(cell))
            if len(found) == _SAMPLES:
                break
    return found


def describe_sheets(tables: Sequence[Table], read: Table | None, lists: Sequence[Table]) -> list[Sheet]:
    """The sheets of a workbook; none for text."""
    return [
        Sheet(storable(table.name), len(table.rows), table is read, any(table is other for other in lists))
        for table in tables
        if table.name is not None
    ]


def preview(tables: Sequence[Table], lists: Sequence[Table]) -> dict[str, Any]:
    """The sheets, and the first rows of the one that a parts list is in or might be in."""
    shown = lists[0] if lists else fullest(tables)
    rows = []
    for index in range(min(len(shown.rows), _PREVIEW_SCAN)):
        row = shown.rows[index]
        if not is_blank(row):
            cells = [storable(clean(cell))[:_PREVIEW_CHARS] for cell in row[:_PREVIEW_COLUMNS]]
            rows.append({"number": shown.first_row + index, "cells": cells})
        if len(rows) == _PREVIEW_ROWS:
            break
    sheets = [asdict(sheet) for sheet in describe_sheets(tables, None, lists)]
    return {"sheets": sheets, "sheet": shown.name and storable(shown.name), "rows": rows}


def fullest(tables: Sequence[Table]) -> Table:
    """The table with most under its first rows: the likeliest of those that nothing else speaks for."""
    return max(tables, key=lambda table: min(len(table.rows), _PREVIEW_SCAN))
