"""XLS files before they are read: how far their cells reach, and stray ones taken out in place."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from workers.imports.reading.biff import Cells, cells_of, sheet_offsets, string_lengths
from workers.imports.reading.extents import MAX_DENSE_CELLS
from workers.imports.reading.grid import MAX_CHARS, too_large
from workers.imports.reading.xml_reading import damaged

_END = 0xFFFFFFFA  # from here on numbers of sectors say that there is none
_HEADER = struct.Struct("<30xHH14xI4xII4xI")  # sizes of sectors, directory, least stream, small table, further table
_ENTRY = 128
_START_AND_SIZE = struct.Struct("<II")
_STREAMS = ("Workbook", "Book")
_BLANK_RECORD = b"\x01\x02"
_FEW = 20
_ROW_GAP, _COLUMN_GAP = 2000, 60


@dataclass(slots=True)
class Stream:
    """A stream within a compound file: its content, and where its sectors are in the file."""

    content: bytes
    sector_size: int
    places: list[int] = field(default_factory=list)

    def place(self, at: int) -> int:
        """Where a byte of the stream is in the file."""
        return self.places[at // self.sector_size] + at % self.sector_size


def dense_xls(data: bytes, stream: Stream) -> tuple[bytes, int]:
    """The file for a reader of dense sheets: as it is, or without stray cells far from the others, and how many.

    Errors: BomFileError bom_too_large where the cells reach too far.
    """
    offsets = sheet_offsets(stream.content)
    read = {offset: cells_of(stream.content, offset) for offset in dict.fromkeys(offsets)}
    lengths = string_lengths(stream.content)
    chars = sum(cells.chars(lengths) for cells in map(read.__getitem__, offsets))
    if chars > MAX_CHARS:
        raise too_large(f"more than {MAX_CHARS} characters", f"{chars} characters")
    strays: list[int] = []
    area = 0
    for offset in offsets:
        cells = read[offset]
        if cells.area > MAX_DENSE_CELLS:
            found = _strays(cells)
            strays += found
            cells = cells.without(found)
        area += cells.area
    if area > MAX_DENSE_CELLS:
        raise too_large(f"more than {MAX_DENSE_CELLS} cells between the first and the last", f"{area} cells")
    if not strays:
        return data, 0
    changed = bytearray(data)
    for at in set(strays):
        for i, byte in enumerate(_BLANK_RECORD):
            changed[stream.place(at + i)] = byte
    return bytes(changed), len(set(strays))


def _strays(cells: Cells) -> list[int]:
    """The records of a few cells that stand far below or to the right of all others."""
    row_end = _end_before_gap(cells.rows, _ROW_GAP)
    column_end = _end_before_gap(cells.columns, _COLUMN_GAP)
    far = (i for i, (row, column) in enumerate(zip(cells.rows, cells.columns, strict=True)))
    return [cells.places[i] for i in far if cells.rows[i] >= row_end or cells.columns[i] >= column_end]


def _end_before_gap(numbers: Iterable[int], gap: int) -> int:
    """The number from which on only a few stray ones come, after a gap; one past all where there is none."""
    ordered = sorted(numbers)
    for i in range(max(1, len(ordered) - _FEW), len(ordered)):
        if ordered[i] - ordered[i - 1] > gap:
            return ordered[i]
    return ordered[-1] + 1 if ordered else 0


@dataclass(frozen=True, slots=True)
class Opened:
    """What a compound file holds: the stream with the sheets, if any, and whether a password hides it."""

    workbook: Stream | None
    has_password: bool


def open_compound_file(data: bytes) -> Opened:
    """What of interest is in a compound file. Errors: BomFileError bom_damaged."""
    try:
        file = _CompoundFile(data)
        return Opened(file.workbook(), has_password="EncryptedPackage" in file.names)
    except (struct.error, LookupError, ValueError) as error:
        raise damaged(f"compound file: {error}") from error


class _CompoundFile:
    """Sectors chained by a table; small streams in sectors of their own within one of the streams."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        shift, small_shift, directory, self._cutoff, small_table, more = _HEADER.unpack_from(data)
        if shift not in {9, 12} or small_shift != 6:
            raise ValueError(f"sectors of 2^{shift} and 2^{small_shift} bytes")
        self._size = 1 << shift
        self._table = array("I")
        for sector in self._table_sectors(more):
            self._table.frombytes(self._sector(sector))
        self._directory = b"".join(map(self._sector, self._chain(directory, self._table)))
        small = b"".join(map(self._sector, self._chain(small_table, self._table)))
        self._small_table = array("I", small)
        self._entries = self._named()
        self.names = set(self._entries)

    def _named(self) -> dict[str, tuple[int, int]]:
        """Name → first sector and size."""
        entries = [self._directory[at : at + _ENTRY] for at in range(0, len(self._directory) - _ENTRY + 1, _ENTRY)]
        return {_name(entry): _START_AND_SIZE.unpack_from(entry, 116) for entry in entries if entry[66] in {2, 5}}

    def workbook(self) -> Stream | None:
        """The stream with the sheets."""
        named = self._entries
        found = next((named[name] for name in _STREAMS if name in named), None)
        if found is None:
            return None
        start, size = found
        if size >= self._cutoff:
            places = [self._offset(sector) for sector in self._chain(start, self._table)]
            return self._stream(places, self._size, size)
        root = [self._offset(sector) for sector in self._chain(named["Root Entry"][0], self._table)]
        each = self._size // 64
        places = [root[s // each] + s % each * 64 for s in self._chain(start, self._small_table)]
        return self._stream(places, 64, size)

    def _stream(self, places: list[int], sector: int, size: int) -> Stream:
        content = b"".join([self._data[place : place + sector] for place in places])
        return Stream(content[:size], sector, places)

    def _table_sectors(self, more: int) -> Iterator[int]:
        listed = struct.unpack_from("<109I", self._data, 76)
        seen: set[int] = set()
        while True:
            yield from (sector for sector in listed if sector < _END)
            if more >= _END or more in seen:
                return
            seen.add(more)
            *rest, following = struct.unpack(f"<{self._size // 4}I", self._sector(more))
            listed, more = tuple(rest), following

    def _offset(self, sector: int) -> int:
        return int((sector + 1) * self._size)

    def _sector(self, sector: int) -> bytes:
        at = self._offset(sector)
        content = self._data[at : at + self._size]
        if at >= len(self._data):
            raise ValueError(f"no sector {sector}")
        return content.ljust(self._size, b"\x00")

    def _chain(self, start: int, table: array[int]) -> Iterator[int]:
        steps = 0
        while start < _END:
            yield start
            start = table[start]
            steps += 1
            if steps > len(table):
                raise ValueError("a chain of sectors without end")


def _name(entry: bytes) -> str:
    length = struct.unpack_from("<H", entry, 64)[0]
    return entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
