"""How far the cells of a sheet reach, found before it is read: a reader of dense sheets allocates all in between."""

from __future__ import annotations

import re
import struct
import sys
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workers.imports.reading.ooxml import binary_records
from workers.imports.reading.xml_reading import damaged

MAX_DENSE_CELLS = 2_000_000
_SLICE_CELLS = 250_000
_ROW = re.compile(rb'<row r="([0-9]{1,7})"')
_ROW_OF_CELL = re.compile(rb'<c r="[A-Z]{1,3}([0-9]{1,7})"')
_COLUMN_OF_CELL = re.compile(rb'<c r="([A-Z]{1,3})')
_END_OF_SHEET = b"</sheetData></worksheet>"
_MOST_BESIDE_ROWS = 32 * 1024 * 1024
_SHARED = re.compile(rb' t="s"[^<>]*><v>([0-9]{1,9})</v>')
_LONGEST_TEXT = 1 << 20
_ROW_HEADER, _SHARED_TEXT, _TEXT_ITEM = 0, 7, 19
_CELLS = range(1, 12)  # blank, RK, error, boolean, real, text, shared text, and the same as results of formulas


@dataclass(slots=True)
class Extent:
    """The rows and columns (as counts from the first row), how many cells, and whether it is written as everybody does.

    `chars` is the length of all shared texts, each as often as a cell shows it, where it was counted.
    """

    first_row: int = 0
    rows: int = 0
    columns: int = 0
    cells: int = 0
    chars: int = 0
    is_plain: bool = True

    @property
    def is_dense(self) -> bool:
        """Whether all between the first and the last cell fits well into memory."""
        return self.is_plain and (self.rows - self.first_row) * self.columns <= MAX_DENSE_CELLS


def extent_of_xml(chunks: Iterable[bytes]) -> Extent:
    """Where the rows and cells of a sheet of an XLSX workbook are, each of which has to say so to be plain."""
    extent = Extent()
    rest = b""
    for chunk in chunks:
        rest += chunk
        end = rest.rfind(b">") + 1
        _count(rest[:end], extent)
        rest = rest[end:]
        if not extent.is_plain:
            return extent
        extent.is_plain = len(rest) < 1 << 20
    return extent


def _count(xml: bytes, extent: Extent) -> None:
    rows, cells = _ROW.findall(xml), _ROW_OF_CELL.findall(xml)
    if len(rows) != xml.count(b"<row ") or len(cells) != xml.count(b"<c ") or b"\x00" in xml:
        extent.is_plain = False
        return
    extent.cells += len(cells)
    if places := {int(place) for place in {*rows, *cells}}:
        extent.first_row = min(extent.first_row if extent.rows else sys.maxsize, min(places) - 1)
        extent.rows = max(extent.rows, *places)
        extent.columns = max(extent.columns, *map(_letters, set(_COLUMN_OF_CELL.findall(xml))), 0)


def slices_of_xml(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """A plain sheet of an XLSX workbook as several, each with some of its rows."""
    head: bytes | None = None
    rows: list[bytes] = []
    rest = b""
    cells = 0
    for chunk in chunks:
        rest += chunk
        at = rest.rfind(b"<row ")
        if at < 0:
            if len(rest) > _MOST_BESIDE_ROWS:
                raise damaged(f"a sheet with {len(rest)} bytes beside its rows")
            continue
        if head is None:
            first = rest.find(b"<row ")
            head, rest, at = rest[:first], rest[first:], at - first
        rows.append(rest[:at])
        cells += rows[-1].count(b"<c ")
        rest = rest[at:]
        if cells >= _SLICE_CELLS:
            yield b"".join([head, *rows, _END_OF_SHEET])
            rows, cells = [], 0
    yield b"".join([head or b"", *rows, rest])


def _letters(name: bytes) -> int:
    number = 0
    for letter in name:
        number = number * 26 + letter - 64
    return number


def extent_of_binary(chunks: Iterable[bytes], lengths: array[int]) -> Extent:
    """Where the cells of a sheet of an XLSB workbook are."""
    extent = Extent()
    row = 0
    for kind, record in binary_records(chunks):
        if kind == _ROW_HEADER and len(record) >= 4:
            row = struct.unpack_from("<I", record)[0] + 1
        elif kind in _CELLS and len(record) >= 4:
            extent.cells += 1
            extent.rows = max(extent.rows, row)
            extent.columns = max(extent.columns, struct.unpack_from("<I", record)[0] + 1)
            if kind == _SHARED_TEXT and len(record) >= 12:
                number = struct.unpack_from("<I", record, 8)[0]
                extent.chars += lengths[number] if number < len(lengths) else 0
    return extent


def text_lengths(chunks: Iterable[bytes], *, is_binary: bool) -> array[int]:
    """How many bytes each shared text of a workbook takes, at most."""
    lengths = array("I")
    if is_binary:
        lengths.extend(len(record) for kind, record in binary_records(chunks) if kind == _TEXT_ITEM)
        return lengths
    rest, is_first = b"", True
    for chunk in chunks:
        *pieces, rest = (rest + chunk).split(b"<si")
        lengths.extend(map(len, pieces[is_first:]))
        is_first = is_first and not pieces
        if len(rest) > _LONGEST_TEXT:
            raise damaged(f"a text of {len(rest)} bytes or more")
    if not is_first:
        lengths.append(len(rest))
    return lengths


def shared_chars(chunks: Iterable[bytes], lengths: array[int]) -> int:
    """The length of all shared texts of a sheet, each as often as a cell shows it."""
    total = 0
    rest = b""
    for chunk in chunks:
        rest += chunk
        end = rest.rfind(b"</c>") + 4 if b"</c>" in rest else 0
        found = _SHARED.findall(rest, 0, end)
        if len(found) != rest.count(b' t="s"', 0, end) or len(rest) - end > _LONGEST_TEXT:
            return sys.maxsize
        total += sum(lengths[number] for number in map(int, found) if number < len(lengths))
        rest = rest[end:]
    return total
