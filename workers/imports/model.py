"""What the parser hands over: a parsed BOM with its lines and warnings, or an error a person can act on."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from typing import Any

SLUGS = frozenset(
    {
        "bom_empty",
        "bom_not_recognized",
        "bom_too_large",
        "bom_too_many_lines",
        "bom_damaged",
        "bom_unsupported_format",
        "bom_parse_timeout",
        "bom_parse_out_of_memory",
        "mapping_invalid",
    }
)


class BomFileError(Exception):
    """The file cannot be read as a bill of materials.

    `preview` shows its sheets and first rows where a mapping may help: {"sheets": [Sheet, …], "sheet": name or None,
    "rows": [{"number": 1, "cells": [text, …]}, …]}.
    """

    def __init__(
        self, slug: str, message: str, detail: str = "", hint: str = "", preview: dict[str, Any] | None = None
    ) -> None:
        super().__init__(slug, message, detail, hint)
        self.slug = slug
        self.message = message
        self.detail = detail
        self.hint = hint
        self.preview = preview

    def __str__(self) -> str:
        return f"{self.slug}: {self.message}"

    def to_dict(self) -> dict[str, Any]:
        """The error as the child process and the database carry it."""
        content = {"slug": self.slug, "message": self.message, "detail": self.detail, "hint": self.hint}
        return content | ({"preview": self.preview} if self.preview else {})


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """What one file may cost: its size and content, and the child's time (wall clock and CPU) and address space."""

    max_bytes: int = 20 * 1024 * 1024
    max_lines: int = 20_000
    max_rows: int = 200_000
    max_columns: int = 1000
    max_cells: int = 5_000_000
    max_cell_chars: int = 32_767
    max_sheets: int = 50
    seconds: float = 60.0
    memory_bytes: int = 768 * 1024 * 1024


# Fields a column may feed, in the words people and the database use. `item` numbers the lines, `fitted` says yes where
# `dnp` says no, `notes` may hold a DNP mark, `level` is the depth in a multi-level BOM, `variant` a variant's marks.
FIELDS = (
    *("item", "level", "references", "quantity", "unit", "mpn", "manufacturer", "supplier", "supplier_sku"),
    *("internal_number", "value", "package", "description", "dnp", "fitted", "notes", "unit_price", "variant"),
)


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a person wants a file read. Absent means: as the parser proposes.

    `columns`: field → its columns, the one that counts first first, each a header text (str) or a number from 1 (int).
    With `columns` given nothing else is proposed. `header_row` 0: there is no header; the columns are `Column A` ….
    """

    sheet: str | None = None
    header_row: int | None = None
    columns: dict[str, list[str | int]] | None = None


@dataclass(frozen=True, slots=True)
class ParseOptions:
    """What to read a file with: a mapping given for it, else those remembered, by header shape (`header_shape`)."""

    mapping: Mapping | None = None
    remembered: dict[str, dict[str, list[str | int]]] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: its header text, the field it feeds (with its priority, from 1), how surely, samples."""

    number: int
    name: str
    field: str | None = None
    priority: int = 1
    confidence: float = 0.0
    samples: list[str] = dataclasses.field(default_factory=list)
    alternatives: list[str] = dataclasses.field(default_factory=list)  # other fields it might feed, the likeliest first


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook: whether it was read, and whether another one looks like a parts list too."""

    name: str
    row_count: int
    is_read: bool = False
    is_parts_list: bool = False


@dataclass(frozen=True, slots=True)
class LineWarning:
    """Something a person should look at. The message names the row; `column` is the header text of the column.

    `severity` is `error` where the line cannot be right as it is, else `warning`; `field` is the line's field it is
    about: once a person changes that, the warning is settled.
    """

    code: str
    message: str
    column: str | None = None
    field: str | None = None
    severity: str = "warning"


@dataclass(frozen=True, slots=True)
class Alternate:
    """A second source that the file gives for a line."""

    row_number: int
    mpn: str | None
    manufacturer: str | None = None
    supplier: str | None = None
    supplier_sku: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """One part line: what was written (`raw`, non-empty cells only) beside what was understood.

    `quantity` is per parent assembly as written, `total_quantity` per the whole product (the quantities of the
    assemblies above multiplied in); in a flat BOM they are equal. `level` is 0 at the top; `parent_position` names the
    line of the assembly it is in. `dnp_references` are those of `references` that are not fitted on a line that is
    fitted in part. `variants`: name → {"is_fitted": bool, "quantity": text | None}. `unit_price` is per piece.
    """

    position: int
    row_number: int
    raw: dict[str, str]
    references: list[str]
    quantity: Decimal | None
    mpn: str | None
    manufacturer: str | None
    supplier: str | None
    supplier_sku: str | None
    value: str | None
    package: str | None
    description: str | None
    is_dnp: bool
    warnings: list[LineWarning] = dataclasses.field(default_factory=list)
    alternates: list[Alternate] = dataclasses.field(default_factory=list)
    dnp_references: list[str] = dataclasses.field(default_factory=list)
    internal_number: str | None = None
    unit: str | None = None
    unit_price: Decimal | None = None
    currency: str | None = None
    level: int = 0
    parent_position: int | None = None
    is_assembly: bool = False
    total_quantity: Decimal | None = None
    variants: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ParsedBom:
    """A whole file. `columns` says how each column was understood, `mapping_source` whose word that is.

    `mapping_source`: `proposed` by the parser, `remembered` from an earlier file of the same header shape, or `given`
    for this file. `header_shape` is SHA-256 over the header texts, in hexadecimal.
    """

    lines: list[ParsedLine]
    format: str
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    header_row: int
    columns: list[Column]
    mapping_source: str = "proposed"
    header_shape: str = ""
    sheets: list[Sheet] = dataclasses.field(default_factory=list)
    warnings: list[LineWarning] = dataclasses.field(default_factory=list)

    @property
    def mapping(self) -> dict[str, list[str]]:
        """Field → header texts of the columns that feed it, the one that counts first first."""
        fed: dict[str, list[Column]] = {}
        for column in self.columns:
            if column.field:
                fed.setdefault(column.field, []).append(column)
        return {name: [c.name for c in sorted(fed[name], key=lambda c: c.priority)] for name in fed}

    def header(self) -> dict[str, Any]:
        """All but the lines as plain JSON values."""
        content = {name: item for name, item in _plain(self).items() if name != "lines"}
        for name in ("warnings", "columns", "sheets"):
            content[name] = [_plain(item) for item in content[name]]
        return content

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> ParsedBom:
        """The inverse of `header`, with the lines as `lines_json` has them."""
        parts = {
            "lines": [_line_from_json(item) for item in content["lines"]],
            "warnings": [LineWarning(**item) for item in content["warnings"]],
            "columns": [Column(**item) for item in content["columns"]],
            "sheets": [Sheet(**item) for item in content["sheets"]],
        }
        own = {name: value for name, value in content.items() if name in cls.__slots__}
        return cls(**{**own, **parts})


def lines_json(lines: Iterable[ParsedLine]) -> str:
    """Lines as the text of a JSON array, in the words of the table `bom_line_items`."""
    return json.dumps([_line_to_json(line) for line in lines], ensure_ascii=False, separators=(",", ":"))


_DECIMALS = ("quantity", "total_quantity", "unit_price")
_COLUMNS = {"references": "reference_designators", "dnp_references": "dnp_reference_designators"}
_LINE = tuple(item.name for item in dataclasses.fields(ParsedLine))
_NAMES = tuple(_COLUMNS.get(name, name) for name in _LINE)
_LISTS = ("references", "dnp_references", "warnings", "alternates")
_all_of = attrgetter(*_LINE)


def _plain(item: Any) -> dict[str, Any]:
    """The fields of one object, not of those within (`dataclasses.asdict` copies every list and takes its time)."""
    return {name: getattr(item, name) for name in item.__slots__}


def _line_to_json(line: ParsedLine) -> dict[str, Any]:
    """A line without what it does not have: half of the text of most files would say nothing."""
    values = zip(_NAMES, _all_of(line), strict=True)
    content: dict[str, Any] = {name: item for name, item in values if item or type(item) is Decimal}
    for name in _DECIMALS:
        if name in content:
            content[name] = format(content[name], "f")
    for name in ("warnings", "alternates"):
        if name in content:
            content[name] = [_plain(item) for item in content[name]]
    return content


def _line_from_json(data: dict[str, Any]) -> ParsedLine:
    given: dict[str, Any] = {name: data.get(column) for name, column in zip(_LINE, _NAMES, strict=True)}
    given |= {name: given[name] or [] for name in _LISTS}
    given |= {name: given[name] or {} for name in ("raw", "variants")}
    given.update({name: Decimal(data[name]) for name in _DECIMALS if name in data})
    given |= {"level": given["level"] or 0, "is_dnp": bool(given["is_dnp"]), "is_assembly": bool(given["is_assembly"])}
    given["warnings"] = [LineWarning(**item) for item in given["warnings"]]
    given["alternates"] = [Alternate(**item) for item in given["alternates"]]
    return ParsedLine(**given)
