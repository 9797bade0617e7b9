"""The records of an XLS workbook, as far as they say where cells are and how long their texts."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

_SHEET, _END, _CONTINUE, _STRINGS = 0x85, 0x0A, 0x3C, 0xFC
_SHARED_TEXT, _SEVERAL_NUMBERS = 0xFD, 0xBD
_CELLS = frozenset({0x06, 0x203, 0x204, 0x205, 0x206, 0x27E, 0x406, 0xD6, _SHARED_TEXT, _SEVERAL_NUMBERS})
_HEADER = struct.Struct("<HH")
_PLACE = struct.Struct("<HH")


@dataclass(slots=True)
class Cells:
    """The cells of a sheet: where each is, and where its record starts. One of several numbers counts as its last."""

    rows: array[int] = field(default_factory=lambda: array("H"))
    columns: array[int] = field(default_factory=lambda: array("H"))
    places: array[int] = field(default_factory=lambda: array("I"))
    texts: array[int] = field(default_factory=lambda: array("I"))

    @property
    def area(self) -> int:
        """How many cells a dense sheet has, the empty ones between the first and the last too."""
        if not self.rows:
            return 0
        return (max(self.rows) - min(self.rows) + 1) * (max(self.columns) + 1)

    def chars(self, lengths: array[int]) -> int:
        """How long all texts of the sheet are together."""
        return sum(lengths[text] for text in self.texts if text < len(lengths))

    def without(self, places: list[int]) -> Cells:
        """The cells but for those whose records start at these places."""
        left = set(places)
        kept = Cells()
        for row, column, place in zip(self.rows, self.columns, self.places, strict=True):
            if place not in left:
                kept.rows.append(row)
                kept.columns.append(column)
                kept.places.append(place)
        return kept


def records(stream: bytes, at: int = 0) -> Iterator[tuple[int, int, int, int]]:
    """Kind, place, start and end of the content of each record."""
    end = len(stream)
    while at + 4 <= end:
        kind, size = _HEADER.unpack_from(stream, at)
        yield kind, at, at + 4, min(at + 4 + size, end)
        at += 4 + size


def sheet_offsets(stream: bytes) -> list[int]:
    """Where the sheets start, as the workbook says."""
    found = []
    for kind, _, start, end in records(stream):
        if kind == _SHEET and end - start >= 4:
            found.append(struct.unpack_from("<I", stream, start)[0])
        elif kind == _END:
            break
    return found


def cells_of(stream: bytes, offset: int) -> Cells:
    """The cells of the sheet that starts there."""
    cells = Cells()
    for kind, place, start, end in records(stream, offset):
        if kind == _END:
            break
        if kind in _CELLS and end - start >= 6:
            row, column = _PLACE.unpack_from(stream, start)
            if kind == _SEVERAL_NUMBERS:
                column = min(column + max(0, (end - start - 6) // 6 - 1), 0xFFFF)
            elif kind == _SHARED_TEXT and end - start >= 10:
                cells.texts.append(struct.unpack_from("<I", stream, start + 6)[0])
            cells.rows.append(row)
            cells.columns.append(column)
            cells.places.append(place)
    return cells


def string_lengths(stream: bytes) -> array[int]:
    """How long each shared text is, in characters."""
    pieces: list[bytes] = []
    for kind, _, start, end in records(stream):
        if kind == _STRINGS or (kind == _CONTINUE and pieces):
            pieces.append(stream[start:end])
        elif pieces or kind == _END:
            break
    return _lengths(pieces) if pieces else array("I")


def _lengths(pieces: list[bytes]) -> array[int]:
    """A text that goes on in the next piece says there anew how wide its characters are."""
    found = array("I")
    at, piece = 8, 0
    while piece < len(pieces):
        content = pieces[piece]
        if at + 3 > len(content):
            at = max(0, at - len(content)) if at > len(content) else 0
            piece += 1
            continue
        count, flags = struct.unpack_from("<HB", content, at)
        found.append(count)
        extra = (2 if flags & 8 else 0) + (4 if flags & 4 else 0)
        runs = struct.unpack_from("<H", content, at + 3)[0] if flags & 8 and at + 5 <= len(content) else 0
        after = at + 3 + (2 if flags & 8 else 0)
        phonetic = struct.unpack_from("<I", content, after)[0] if flags & 4 and after + 4 <= len(content) else 0
        at += 3 + extra
        width = 2 if flags & 1 else 1
        while count and piece < len(pieces):
            here = min(count, max(0, len(pieces[piece]) - at) // width)
            count -= here
            at += here * width
            if count:
                piece, at = piece + 1, 1
                width = 2 if piece < len(pieces) and pieces[piece][:1] == b"\x01" else 1
        at += runs * 4 + min(phonetic, 1 << 20)
    return found
