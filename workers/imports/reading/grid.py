"""Rows of text cells, held tightly, and the count of what one file may hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import NoReturn, overload

from workers.imports.model import BomFileError, LineWarning, ParseLimits
from workers.imports.table import Table

_BETWEEN = "\x1f"  # the unit separator: white space to Python, and in no cell that a person wrote
MAX_CHARS = 64 * 1024 * 1024  # of all cells: a text that many cells of a workbook share counts for each
_MAX_POSITION = 1_100_000  # somewhat more than the rows of the largest sheet; blank rows count here only
_HINT = "Keep only the parts list, without stray cells far to the right or below, or split it, and upload that."


def too_large(what: str, found: str) -> BomFileError:
    """The error for a file beyond a limit: `what` names the limit, `found` what the file holds."""
    return BomFileError("bom_too_large", f"The file holds too much: {what}.", found, _HINT)


class Rows(Sequence[list[str]]):
    """Rows of cells, each kept as one string: a tenth of the memory of lists of cells. Rows got from it are copies."""

    __slots__ = ("_packed",)

    def __init__(self, packed: list[str]) -> None:
        self._packed = packed

    @classmethod
    def of(cls, rows: Iterable[Sequence[str]]) -> Rows:
        """The rows as they are, without limits."""
        return cls([_pack(row) for row in rows])

    def __len__(self) -> int:
        return len(self._packed)

    @overload
    def __getitem__(self, index: int) -> list[str]: ...
    @overload
    def __getitem__(self, index: slice) -> Rows: ...
    def __getitem__(self, index: int | slice) -> list[str] | Rows:
        if isinstance(index, slice):
            return Rows(self._packed[index])
        return _unpack(self._packed[index])

    def __iter__(self) -> Iterator[list[str]]:
        return map(_unpack, self._packed)


def _pack(cells: Sequence[str]) -> str:
    packed = _BETWEEN.join(cells)
    if packed.count(_BETWEEN) < len(cells):
        return packed
    return _BETWEEN.join([cell.replace(_BETWEEN, " ") for cell in cells])


def _unpack(packed: str) -> list[str]:
    return packed.split(_BETWEEN) if packed else []


class Gatherer:
    """Takes the rows of a file, table after table, and stops where it holds more than the limits allow."""

    def __init__(self, limits: ParseLimits) -> None:
        self.limits = limits
        self._cells = 0
        self._chars = 0
        self._cut_cells = 0
        self._first_cut = 0
        self._is_wide = False
        self._start()

    def _start(self) -> None:
        self._packed: list[str] = []
        self._first = 1
        self._blank = 0
        self._filled = 0

    @property
    def position(self) -> int:
        """How many rows the table has so far, blank ones too."""
        return self._first - 1 + len(self._packed) + self._blank

    def skip_to(self, position: int) -> None:
        """Leaves blank rows until `position` rows are there."""
        self._blank += max(0, position - self.position)

    def add(self, cells: Sequence[str]) -> None:
        """One row of the table. Errors: BomFileError bom_too_large."""
        packed = _BETWEEN.join(cells)
        width, limits = len(cells), self.limits
        if width > limits.max_columns or len(packed) > limits.max_cell_chars or packed.count(_BETWEEN) >= width > 0:
            packed = self._cut(cells)
            width = min(width, limits.max_columns)
        if not packed or packed.isspace():
            self._blank += 1
            if self._blank > _MAX_POSITION:
                self._leave_blank()
            return
        if self._blank:
            self._leave_blank()
        self._packed.append(packed)
        self._filled += 1
        self._cells += width
        self._chars += len(packed)
        if self._filled > limits.max_rows or self._cells > limits.max_cells or self._chars > MAX_CHARS:
            self._refuse()

    def _refuse(self) -> NoReturn:
        limits, at = self.limits, f"up to row {self.position}"
        if self._filled > limits.max_rows:
            raise too_large(f"more than {limits.max_rows} rows", f"{self._filled} rows that are not blank {at}")
        if self._cells > limits.max_cells:
            raise too_large(f"more than {limits.max_cells} cells", f"{self._cells} cells {at}")
        raise too_large(f"more than {MAX_CHARS} characters", f"{self._chars} characters {at}")

    def end(self, name: str | None = None) -> Table | None:
        """The table of the rows since the last one ended; None if all are blank."""
        packed, first = self._packed, self._first
        self._start()
        return Table(Rows(packed), first_row=first, name=name) if packed else None

    def warnings(self) -> list[LineWarning]:
        """What was cut off, for the whole file."""
        found = []
        if self._is_wide:
            text = f"Columns after the {self.limits.max_columns}th were left out."
            found.append(LineWarning("columns_left_out", text))
        if self._cut_cells:
            text = f"Cells of more than {self.limits.max_cell_chars} characters were cut: {self._cut_cells}, the first "
            found.append(LineWarning("cells_cut", f"{text}in row {self._first_cut}."))
        return found

    def _leave_blank(self) -> None:
        if self.position >= _MAX_POSITION:
            raise too_large(f"more than {_MAX_POSITION} rows", f"row {self.position + 1}")
        if self._packed:
            self._packed.extend(repeat("", self._blank))
        else:
            self._first += self._blank
        self._blank = 0

    def _cut(self, cells: Sequence[str]) -> str:
        limits = self.limits
        if len(cells) > limits.max_columns:
            self._is_wide = self._is_wide or any(cells[limits.max_columns :])
            cells = cells[: limits.max_columns]
        long = sum(1 for cell in cells if len(cell) > limits.max_cell_chars)
        if long:
            self._first_cut = self._first_cut or self.position + 1
            self._cut_cells += long
            cells = [cell[: limits.max_cell_chars] for cell in cells]
        return _pack(cells)
