"""Delimited text: the separator whose header reads best, quotes as far as they are well meant."""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter, deque
from collections.abc import Iterator
from itertools import chain, islice

from workers.imports.table import Table, find_header

DELIMITERS = (",", ";", "\t", "|", "^", "~")
_ANY_DELIMITER = "".join(DELIMITERS)
_SAMPLE_CHARS = 60_000
_SAMPLE_ROWS = 200
_MAX_BREAKS_IN_CELL = 40
_LARGEST_FIELD = 1 << 28  # the limits cut cells afterwards; without this the reader would refuse the file
_LONG_LINE = 1_000_000
_MOST_CELLS = 100_000  # of a long line: what is more than the limits allow would be cut off later, at a cost
_SEPARATOR_LINE = re.compile(r"^\ufeff?\"?sep=([^\r\n\"])\"?[^\S\r\n]*(?:\r\n?|\n|$)", re.I)
_LINE = re.compile(r"[^\r\n]*(?:\r{0,2}\n|\r|$)")


def lines_of(text: str) -> Iterator[str]:
    """The lines with their ends, whichever those are; vertical tabs, form feeds and the like end none."""
    for match in _LINE.finditer(text):
        if match.end() == match.start():
            return
        yield match[0]


def read_delimited(text: str) -> tuple[str, Iterator[list[str]]]:
    """The delimiter of a text, and its rows."""
    declared = _SEPARATOR_LINE.match(text)
    delimiter = declared[1] if declared else guess_delimiter(text)
    rows = rows_of(text, delimiter)
    if declared:
        next(rows, None)
        rows = chain([[]], rows)
    return delimiter, rows


def guess_delimiter(text: str) -> str:
    """The delimiter under which the best header is found; without any, the one that occurs most evenly."""
    ranked = []
    for order, delimiter in enumerate(DELIMITERS):
        if delimiter in text[:_SAMPLE_CHARS]:
            rows = sample_rows(text, delimiter)
            header = find_header(Table(rows))
            ranked.append((round(header.score, 3) if header else 0.0, evenness(rows), -order, delimiter))
    return max(ranked)[3] if ranked else ","


def header_score(text: str) -> float:
    """How well the header of a text reads under its best delimiter, 0 without any."""
    found = (find_header(Table(sample_rows(text, d))) for d in DELIMITERS if d in text[:_SAMPLE_CHARS])
    return max((header.score for header in found if header), default=0.0)


def sample_rows(text: str, delimiter: str) -> list[list[str]]:
    """The first rows of a text."""
    return list(islice(rows_of(text[:_SAMPLE_CHARS], delimiter), _SAMPLE_ROWS))


def evenness(rows: list[list[str]]) -> float:
    """The share of rows that have the most common number of columns, if that is more than one."""
    wide = Counter(len(row) for row in rows if len(row) > 1)
    filled = sum(1 for row in rows if row)
    return max(wide.values(), default=0) / max(filled, 1)


def rows_of(text: str, delimiter: str) -> Iterator[list[str]]:
    """All rows, with quotes read as such but for unbalanced ones, and lines that are quoted as a whole taken apart."""
    csv.field_size_limit(_LARGEST_FIELD)
    if '"' not in text:
        return csv.reader(_bounded(text, delimiter), delimiter=delimiter)
    width = _usual_width(text, delimiter)
    return (row if any(row[1:]) else _unwrapped(row, delimiter, width) for row in _balanced(text, delimiter))


def _bounded(text: str, delimiter: str) -> Iterator[str]:
    """The lines; one without end is cut where it has many more cells than any table."""
    for line in lines_of(text):
        if len(line) > _LONG_LINE and line.count(delimiter) > _MOST_CELLS:
            yield delimiter.join(line.split(delimiter, _MOST_CELLS)[:-1])
        else:
            yield line


def _usual_width(text: str, delimiter: str) -> int:
    """The most common number of columns of the first rows, 0 where each is one cell that holds several."""
    rows = [row for row in islice(_balanced(text[:_SAMPLE_CHARS], delimiter), _SAMPLE_ROWS) if any(row)]
    widths = Counter(len(row) for row in rows if any(row[1:]))
    if widths:
        return widths.most_common(1)[0][0]
    holding = sum(1 for row in rows if any(inner in row[0] for inner in DELIMITERS))
    return 0 if holding >= 0.6 * len(rows) else sys.maxsize


def _unwrapped(row: list[str], delimiter: str, width: int) -> list[str]:
    """The cells of a line that some program put in quotes as a whole."""
    best = row
    line = row[0].rstrip(_ANY_DELIMITER) if row else ""
    if (width and '"' not in line) or "\n" in line or "\r" in line:
        return row  # no quotes within: nothing made a program quote the line, so it is one cell
    for inner in (delimiter,) if width else DELIMITERS:
        if inner in line:
            best = max(best, next(csv.reader([line], delimiter=inner), []), key=lambda cells: sum(map(bool, cells)))
    return best if len(best) >= 0.8 * width else row


def _balanced(text: str, delimiter: str) -> Iterator[list[str]]:
    """The rows; where a quote has no end and swallows lines, it is read as any other character."""
    lines = _Lines(_bounded(text, delimiter))
    is_spaced = f'{delimiter} "' in text[:_SAMPLE_CHARS]
    while lines.has_more:
        for row in csv.reader(lines, delimiter=delimiter, skipinitialspace=is_spaced):
            if len(lines.taken) > 1 and not _is_well_quoted(lines.taken, delimiter, is_spaced=is_spaced):
                break
            lines.taken.clear()
            yield row
        if lines.taken:
            yield [_unquoted(cell) for cell in lines.give_back_all_but_one().rstrip("\r\n").split(delimiter)]


class _Lines:
    """The lines of a text for one row after the other: those taken for a row can be given back but for the first."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._rest = lines
        self._returned: deque[str] = deque()
        self.taken: list[str] = []
        self.has_more = True

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) > _MAX_BREAKS_IN_CELL:
            raise StopIteration
        line = self._returned.popleft() if self._returned else next(self._rest, None)
        if line is None:
            self.has_more = False
            raise StopIteration
        self.taken.append(line)
        return line

    def give_back_all_but_one(self) -> str:
        """Takes the lines of the row back but for its first, which it returns."""
        first, *others = self.taken
        self._returned.extendleft(reversed(others))
        self.taken = []
        self.has_more = True
        return first


def _is_well_quoted(lines: list[str], delimiter: str, *, is_spaced: bool) -> bool:
    """Whether a row of several lines ends its quotes before a delimiter or the end of a line, as they should."""
    if len(lines) > _MAX_BREAKS_IN_CELL:
        return False
    try:
        return len(list(csv.reader(lines, delimiter=delimiter, skipinitialspace=is_spaced, strict=True))) == 1
    except csv.Error:
        return False


def _unquoted(cell: str) -> str:
    cell = cell.strip()
    return cell[1:-1].replace('""', '"') if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell
