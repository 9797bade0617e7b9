"""Where the columns of aligned text are, and a line cut into them, with cells that are longer than their column."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from workers.imports.table import Table, find_header

_WORD = re.compile(r"\S+")
_PHRASE = re.compile(r"\S+(?: \S+)*")
_NUMBER = re.compile(r"[-+]?\d[\d.,]*$")
_RUN = re.compile(r"[\-=_~─━═]+")
_MAX_WIDTH = 4000
_MAX_ENDS = 12
_MANY = 4


class Line:
    """A line of the body, with the places where its words start and end."""

    __slots__ = ("text", "words")

    def __init__(self, text: str) -> None:
        self.text = text[:_MAX_WIDTH]
        self.words = [match.span() for match in _WORD.finditer(self.text)]


@dataclass(slots=True)
class Columns:
    """The columns of a text: where each starts, its header cell, and how wide its cells may be."""

    starts: list[int]
    header: list[str]
    widths: list[int] = field(default_factory=list)

    def row(self, text: str) -> list[str]:
        """The cells of a line; none for a blank one, and one only for prose."""
        if not text or text.isspace():
            return []
        if text[0] != " " and "  " not in text and text.count(" ") >= 5 and not self._is_clean(text):
            return [text, *[""] * (len(self.starts) - 1)]
        return self.cut(text)

    def cut(self, text: str) -> list[str]:
        """The cells of a line."""
        if self._is_clean(text):
            ends = [*self.starts[1:], len(text)]
            return [text[a:b].strip() for a, b in zip(self.starts, ends, strict=True)]
        return self._cut_overrun(text)

    def _is_clean(self, text: str) -> bool:
        return all(text[s - 1 : s] in {" ", ""} or text[s : s + 1] in {" ", ""} for s in self.starts[1:])

    def is_crossed(self, body: Sequence[Line]) -> bool:
        """Whether the words of many lines stand across the starts: the header is not aligned with what is under it."""
        crossed = sum(1 for line in body if any(_is_crossing(line, start) for start in self.starts[1:]))
        return crossed * 3 > len(body)

    def alignment(self, body: Sequence[Line]) -> float:
        """The share of what the body holds that begins where a column does, or ends where one does."""
        starts, ends = set(self.starts), {start - 1 for start in self.starts[1:]} | {start - 2 for start in self.starts}
        spans = [match.span() for line in body for match in _PHRASE.finditer(line.text)]
        return sum(1 for start, end in spans if start in starts or end in ends) / max(1, len(spans))

    def has_unused(self, body: Sequence[Line]) -> bool:
        """Whether there is a column with nothing in it."""
        rows = [self.cut(line.text) for line in body]
        return any(not any(cells) for cells in zip(*rows, strict=True))

    def _cut_overrun(self, text: str) -> list[str]:
        """The cells of a line in which one is longer than its column: what follows it may be pushed to the right."""
        cells = [""] * len(self.starts)
        starts = self.starts
        at = 0
        while (crossed := _first_crossed(text, starts)) is not None:
            for j in range(at, crossed - 1):
                cells[j] = text[starts[j] : starts[j + 1]].strip()
            if begin := _number_from_the_right(text, starts, crossed):
                starts = [*starts[:crossed], begin, *starts[crossed + 1 :]]
                continue
            end, starts = _overrun(text, starts, crossed)
            cells[crossed - 1] = text[starts[crossed - 1] : end].strip()
            text = " " * end + text[end:]
            at = crossed
            if not text.strip():
                return cells
        ends = [*starts[1:], len(text)]
        for j in range(at, len(starts)):
            cells[j] = cells[j] or text[starts[j] : ends[j]].strip()
        return cells


def columns_by_ruler(header: str, ruler: str, body: Sequence[Line]) -> Columns | None:
    """The columns that a line such as `---  -----  ---` under the header shows."""
    starts = [match.start() for match in _RUN.finditer(ruler)]
    if len(starts) < 2:
        return None
    found = _made([0, *starts[1:]], header, body)
    *_, (begin, end) = (match.span() for match in _RUN.finditer(ruler))
    found.widths[-1] = end - begin
    return found


def columns_by_header(header: str, body: Sequence[Line]) -> Columns | None:
    """The columns that the header's cells show, each start put where the fewest words of the body stand across."""
    if (found := _columns_by_words(header, body)) is not None:
        return found
    cells = [match.span() for match in _PHRASE.finditer(header)]
    counts = _counts(body)
    starts = [0]
    for (_, end), (start, _) in pairwise(cells):
        starts.append(_best_start(end + 1, start, counts))
    best = _made(starts, header, body)
    for start in reversed(_inner_starts(header, cells)):
        needed = _needed_gain(start, best.starts, counts, body)
        if needed is None:
            continue
        split = _made(sorted({*best.starts, start}), header, body)
        if _score(split) >= _score(best) + needed:
            best = split
    return best if len(best.starts) > 1 else None


def _columns_by_words(header: str, body: Sequence[Line]) -> Columns | None:
    """The columns of a partlist of Eagle: a name has no spaces, and one alone may part it from the next."""
    names = header.split()
    if names[:1] not in (["Part"], ["Qty"]) or not {"Value", "Package"} <= set(names):
        return None
    starts = [match.start() for match in _WORD.finditer(header) if match[0][0] != "("]
    found = _made([0, *starts[1:]], header, body)
    return None if found.is_crossed(body) else found


def columns_by_rivers(header: str, body: Sequence[Line]) -> Columns | None:
    """The columns of the body alone, for a header that is not aligned with them but has as many cells."""
    counts = _counts(body)
    names = _PHRASE.findall(header)
    starts = sorted(p for p in counts.starting if _is_start(p, counts, body))
    if len(starts) != len(names) or len(starts) < 2:
        return None
    starts[0] = 0
    return Columns(starts, names, _widths(starts, body))


def _made(starts: list[int], header: str, body: Sequence[Line]) -> Columns:
    ends = [*starts[1:], max(len(header), starts[-1])]
    texts = [header[a:b].strip() for a, b in zip(starts, ends, strict=True)]
    return Columns(starts, texts, _widths(starts, body))


def _widths(starts: list[int], body: Sequence[Line]) -> list[int]:
    longest = max((len(line.text) for line in body), default=0)
    return [b - a - 1 for a, b in zip(starts, [*starts[1:], max(longest + 1, starts[-1] + 2)], strict=True)]


def _score(columns: Columns) -> float:
    header = find_header(Table([columns.header]))
    return header.score if header else 0.0


@dataclass(frozen=True, slots=True)
class _Counts:
    """How many words of the body stand across a place, start there, and cover it."""

    crossing: Counter[int]
    starting: Counter[int]
    covering: Counter[int]
    lines: int


def _counts(body: Sequence[Line]) -> _Counts:
    counts = _Counts(Counter(), Counter(), Counter(), len(body))
    for line in body:
        for start, end in line.words:
            counts.starting[start] += 1
            counts.crossing.update(range(start + 1, end))
            counts.covering.update(range(start, end))
    return counts


def _best_start(earliest: int, header_start: int, counts: _Counts) -> int:
    """Between two header cells: under the second where most words start there, else after the widest white river."""
    if counts.starting[header_start] > max(2 * counts.crossing[header_start], counts.lines // 3):
        return header_start
    best, width = header_start, 0
    run = 0
    for place in range(earliest - 1, header_start + 1):
        if place < header_start and counts.covering[place] * 20 <= counts.lines:
            run += 1
        else:
            if run and run >= width:
                best, width = place, run
            run = 0
    if width:
        return best
    return min(range(earliest, header_start + 1), key=lambda place: (counts.crossing[place], -place))


def _inner_starts(header: str, cells: list[tuple[int, int]]) -> list[int]:
    """Where words start within the cells of a header."""
    return [m.start() for start, end in cells for m in _WORD.finditer(header, start, end) if m.start() > start]


def _is_start(place: int, counts: _Counts, body: Sequence[Line]) -> bool:
    """Whether many words of the body start at a place, and nearly none stands across it or ends right before it."""
    return counts.starting[place] * 3 >= len(body) and _is_clear(place, counts, body)


def _needed_gain(place: int, starts: list[int], counts: _Counts, body: Sequence[Line]) -> float | None:
    """How much better the header must read if a place parts a column in two; None where the body is against it.

    Many lines with something on both sides are enough, or a few with numbers on one side.
    """
    index = bisect_right(starts, place)
    left, right = starts[index - 1], starts[index] if index < len(starts) else None
    sides = [(line.text[left:place].strip(), line.text[place:right].strip()) for line in body]
    both = [pair for pair in sides if all(pair)]
    if len(both) * 3 < len(body) or not _is_clear(place, counts, body):
        return None
    is_sure = len(both) >= _MANY or any(all(map(_NUMBER.match, side)) for side in zip(*both, strict=True))
    return -0.1 if is_sure else 0.5


def _is_clear(place: int, counts: _Counts, body: Sequence[Line]) -> bool:
    ending = sum(1 for line in body if line.text[place - 1 : place] not in {" ", ""})
    return bool(body) and max(counts.crossing[place], ending) * 20 <= len(body)


def _is_crossing(line: Line, place: int) -> bool:
    index = bisect_right(line.words, (place, 0)) - 1
    return index >= 0 and line.words[index][0] < place < line.words[index][1]


def _first_crossed(text: str, starts: list[int]) -> int | None:
    for index, start in enumerate(starts[1:], start=1):
        if start < len(text) and text[start - 1] != " " and text[start] != " ":
            return index
    return None


def _number_from_the_right(text: str, starts: list[int], crossed: int) -> int | None:
    """Where a number starts that is aligned to the right, and longer than its column leaves room for."""
    start = starts[crossed]
    begin = max(text.rfind(" ", 0, start) + 1, starts[crossed - 1])
    word = text[begin:].split(" ", 1)[0]
    is_mostly_right = begin + len(word) - start > start - begin
    return begin if is_mostly_right and begin > starts[crossed - 1] and _NUMBER.match(word) else None


def _overrun(text: str, starts: list[int], crossed: int) -> tuple[int, list[int]]:
    """Where the long cell ends, and the starts of the columns on the rest of the line: as they were, or pushed."""
    begin = starts[crossed]
    phrase = _PHRASE.match(text, begin)
    last = phrase.end() if phrase else len(text)
    ends = [m.start() for m in re.compile(r"(?<=\S)(?:\s|$)").finditer(text, begin, min(last + 1, len(text)))]
    options = [(-9, last, starts)]
    for end in [*ends[:_MAX_ENDS], last]:
        follow = _WORD.search(text, end)
        place = follow.start() if follow else len(text)
        kept = sum(1 for s in starts[crossed:] if s >= place and _starts_at(text, s)) - _crossings(text, end, starts)
        options.append((2 * kept, end, starts))
        pushed = [*starts[:crossed], *(s + place - begin for s in starts[crossed:])]
        aligned = sum(1 for s in pushed[crossed + 1 :] if _starts_at(text, s)) - _crossings(text, end, pushed)
        options.append((2 * aligned - 1, end, pushed))
    is_one_word = " " not in text[starts[crossed - 1] : begin].strip()
    _, end, chosen = max(options, key=lambda option: (option[0], -option[1] if is_one_word else option[1]))
    return end, chosen


def _starts_at(text: str, place: int) -> bool:
    return place < len(text) and text[place] != " " and text[place - 1] == " "


def _crossings(text: str, after: int, starts: list[int]) -> int:
    return sum(1 for s in starts if after < s < len(text) and text[s] != " " and text[s - 1] != " ")
