"""Sheets that come cell by cell: placed where they belong, within the limits of the file."""

from __future__ import annotations

import datetime as dt

from workers.imports.model import LineWarning, ParseLimits
from workers.imports.reading.grid import Gatherer
from workers.imports.table import Table


class Sheets:
    """Collects the cells of sheet after sheet; what is far from everything else costs no more than its text."""

    def __init__(self, limits: ParseLimits) -> None:
        self.gatherer = Gatherer(limits)
        self._limits = limits
        self._tables: list[tuple[bool, Table]] = []
        self._row: list[str] = []
        self._left_out = 0
        self._count = 0
        self.notes: list[LineWarning] = []

    def begin(self) -> bool:
        """Begins a sheet; False where it is one too many and to be left out."""
        self._count += 1
        if self._count > self._limits.max_sheets:
            self._left_out += 1
            return False
        return True

    def put(self, column: int, text: str) -> None:
        """A cell of the current row; cells come from left to right."""
        column = min(column, self._limits.max_columns)  # what is further to the right counts as cut off only
        if len(self._row) < column:
            self._row.extend([""] * (column - len(self._row)))
        if len(self._row) == column:
            self._row.append(text)
        else:
            self._row[column] = text

    def end_row(self, position: int, count: int = 1) -> None:
        """The current row stands at `position` (0 is the first), and `count - 1` times below."""
        if any(self._row):
            self.gatherer.skip_to(position)
            for _ in range(count):
                self.gatherer.add(self._row)
        self._row = []

    def end(self, name: str | None, *, is_hidden: bool = False) -> None:
        """The sheet ends."""
        table = self.gatherer.end(name)
        if table:
            self._tables.append((is_hidden, table))

    def tables(self) -> list[Table]:
        """The sheets that hold anything, visible ones first."""
        return [table for _, table in sorted(self._tables, key=lambda pair: pair[0])]

    def warnings(self) -> list[LineWarning]:
        """What was left out of the file."""
        found = [*self.gatherer.warnings(), *self.notes]
        if self._left_out:
            text = f"Only the first {self._limits.max_sheets} sheets were read; {self._left_out} were left out."
            found.append(LineWarning("sheets_left_out", text))
        return found


def cell_text(cell: object) -> str:
    """A cell as a spreadsheet program would show it without a number format."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else format(cell, ".15g")
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, dt.date | dt.time) else str(cell)


def number_text(text: str) -> str:
    """A number as a file stores it, as `cell_text` shows it; anything else as it is."""
    if text.isdecimal() and len(text) < 16:
        return str(int(text)) if text[0] == "0" else text
    try:
        return cell_text(float(text))
    except ValueError:
        return text


def date_text(text: str) -> str:
    """An ISO date and time as `cell_text` shows it: without a time of midnight."""
    day, _, time = text.partition("T")
    time = time.partition(".")[0].removesuffix("Z")
    return f"{day} {time}" if time.strip("0:") else day
