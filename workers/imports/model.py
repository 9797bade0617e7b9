"""What the parser hands over: a parsed BOM with its lines and warnings, or an error a person can act on."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
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
    }
)


class BomFileError(Exception):
    """The file cannot be read as a bill of materials."""

    def __init__(self, slug: str, message: str, detail: str = "", hint: str = "") -> None:
        super().__init__(slug, message, detail, hint)
        self.slug = slug
        self.message = message
        self.detail = detail
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.slug}: {self.message}"

    def to_dict(self) -> dict[str, str]:
        """The error as the child process and the database carry it."""
        return {"slug": self.slug, "message": self.message, "detail": self.detail, "hint": self.hint}


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """What one file may cost: its size, its lines, and the child's time (wall clock and CPU) and address space."""

    max_bytes: int = 20 * 1024 * 1024
    max_lines: int = 20_000
    seconds: float = 60.0
    memory_bytes: int = 768 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class LineWarning:
    """Something a person should look at. The message names the row; `column` is the header text of the column."""

    code: str
    message: str
    column: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """One part line: what was written (`raw`, non-empty cells only) beside what was understood."""

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
    warnings: list[LineWarning] = field(default_factory=list)
    # Second sources: rows below the line with neither quantity nor references, each as it was written.
    alternates: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ParsedBom:
    """A whole file. `mapping` says which column (header text) was understood as which field, the first choice only."""

    lines: list[ParsedLine]
    format: str
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    header_row: int
    mapping: dict[str, str]
    warnings: list[LineWarning] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)

    def to_json(self) -> str:
        """Compact JSON text, without NUL characters."""
        return json.dumps(self.to_dict(), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> ParsedBom:
        """The inverse of `to_json`."""
        return cls.from_dict(json.loads(text))

    def to_dict(self) -> dict[str, Any]:
        """The BOM as plain JSON values; quantities as text, so that no digit is lost."""
        content = _plain(self)
        content["warnings"] = [_plain(w) for w in self.warnings]
        content["lines"] = [_line_to_json(line) for line in self.lines]
        return content

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> ParsedBom:
        """The inverse of `to_dict`."""
        lines = [_line_from_json(item) for item in content["lines"]]
        warnings = [LineWarning(**item) for item in content["warnings"]]
        return cls(**{**content, "lines": lines, "warnings": warnings})


def _plain(item: ParsedBom | ParsedLine | LineWarning) -> dict[str, Any]:
    """The fields of one object, not of those within (`dataclasses.asdict` copies every list and takes its time)."""
    return {name: getattr(item, name) for name in item.__slots__}


def _line_to_json(line: ParsedLine) -> dict[str, Any]:
    content = _plain(line)
    content["quantity"] = None if line.quantity is None else format(line.quantity, "f")
    content["warnings"] = [_plain(w) for w in line.warnings]
    return content


def _line_from_json(data: dict[str, Any]) -> ParsedLine:
    quantity = data["quantity"]
    return ParsedLine(
        **{
            **data,
            "quantity": None if quantity is None else Decimal(quantity),
            "warnings": [LineWarning(**item) for item in data["warnings"]],
        }
    )
