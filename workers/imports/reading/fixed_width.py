"""Text in columns aligned with spaces, as CAD and ERP programs print it: rulers, pages and wrapped cells included."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from workers.imports.reading.columns_of_text import (
    Columns,
    Line,
    columns_by_header,
    columns_by_rivers,
    columns_by_ruler,
)
from workers.imports.reading.delimited import lines_of
from workers.imports.table import Table, find_header

_TAB = 8
_HEADER_WITHIN = 120
_CANDIDATES = 40
_SAMPLE = 400
_LONGEST_TITLE = 60
_REGULAR = 3
_GAP = re.compile(r"\s{2,}")
_RULER = re.compile(r"^[\s\-=_+*~.|:─━═]*[\-=_~─━═]{3,}[\s\-=_+*~.|:─━═]*$")
_PAGE = re.compile(
    r"^\W*(?:page|pag|seite|página|pagina|blatt|sheet|стр|страница|лист)\b\W*\d+(?:\s*(?:of|/|von|de|di|sur|из)\s*\d+)?\W*$",
    re.I,
)
_DIGITS = re.compile(r"\d+")
_FILL = "\x00"  # stands for the second half of a character that is two columns wide


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the header is, the columns, how well they fit, and whether wide characters take two places."""

    at: int
    columns: Columns
    worth: float
    is_wide: bool


def read_fixed_width(text: str) -> Iterator[list[str]] | None:
    """The rows of a text whose columns are aligned with spaces, None where it does not look like one."""
    head = [_plain(line) for line in islice(lines_of(text), _HEADER_WITHIN + 3 * _SAMPLE)]
    at = _header_line(head)
    if at is None:
        return None
    found = [_laid_out(head, at)]
    if any(map(_is_wide, "".join(head))):
        found.append(_laid_out([_widened(line) for line in head], at, is_wide=True))
    best = max((layout for layout in found if layout), key=lambda layout: layout.worth, default=None)
    return _rows(text, head[:at], best) if best else None


def _plain(line: str) -> str:
    line = line.rstrip().replace("\x0c", "").replace("\xa0", " ").replace(_FILL, "")
    return line.expandtabs(_TAB) if "\t" in line else line


def _is_wide(char: str) -> bool:
    return char > "\u10ff" and unicodedata.east_asian_width(char) in "WF"


def _widened(line: str) -> str:
    return line if line.isascii() else "".join(c + _FILL if _is_wide(c) else c for c in line)


def _score(rows: Sequence[list[str]]) -> float:
    header = find_header(Table(rows))
    return header.score if header else 0.0


def _header_line(lines: list[str]) -> int | None:
    """The line that reads best as a header when it is split at wide gaps, or at every space."""
    best, found = 0.0, None
    candidates = [i for i, line in enumerate(lines[:_HEADER_WITHIN]) if _could_be_header(line)]
    for at in candidates[:_CANDIDATES]:
        score = max(_score([_GAP.split(lines[at].strip())]), _score([lines[at].split()]) - 0.2)
        if score > best + 0.01:
            best, found = score, at
    return found if found is not None else _first_regular_line(lines)


def _first_regular_line(lines: list[str]) -> int | None:
    """Where a table without known names begins: most lines have as many wide gaps as this one."""
    filled = [
        (i, len(_GAP.split(line.strip()))) for i, line in enumerate(lines) if line.strip() and not _RULER.match(line)
    ]
    (usual, count), *_ = Counter(cells for _, cells in filled).most_common(1) or [(0, 0)]
    if usual < _REGULAR or count < _REGULAR or count * 2 < len(filled):
        return None
    return next(i for i, cells in filled if cells == usual)


def _could_be_header(line: str) -> bool:
    return len(line) < 2000 and len(line.split()) > 1 and not _RULER.match(line)


def _laid_out(head: list[str], at: int, *, is_wide: bool = False) -> _Layout | None:
    """The columns below the header line `at`, None without at least two."""
    sample = [line for line in _without_pages(head[at + 1 :], head[at], head[:at]) if line.strip()]
    sample = [line for line in sample if not _RULER.match(line)]
    spaced = [line for line in sample if _GAP.search(line.strip())]  # without prose among the rows
    body = [Line(line) for line in (spaced if len(spaced) * 2 > len(sample) else sample)[:_SAMPLE]]
    columns = _columns(head, at, body)
    if columns is None:
        return None
    return _Layout(at, columns, _score([columns.header]) + columns.alignment(body), is_wide)


def _columns(lines: list[str], at: int, body: list[Line]) -> Columns | None:
    """The columns that a ruler under the header shows, else those of header and body together."""
    below = next((line for line in lines[at + 1 : at + 3] if line.strip()), "")
    if _RULER.match(below) and (found := columns_by_ruler(lines[at], below, body)):
        return found
    found = columns_by_header(lines[at], body)
    if found is None or found.is_crossed(body) or found.has_unused(body):
        return columns_by_rivers(lines[at], body) or found
    return found


def _rows(text: str, title: list[str], layout: _Layout) -> Iterator[list[str]]:
    """The rows, one a line: the title as it is, the header and what is under it in columns."""
    lines = lines_of(text)
    for _, line in zip(title, lines, strict=False):
        yield [line.strip()]
    header = _plain(next(lines))
    yield [cell.replace(_FILL, "") for cell in layout.columns.header]
    body = _without_pages(map(_plain, lines), header, title)
    if not layout.is_wide:
        yield from _without_wraps(map(layout.columns.row, body), layout.columns)
        return
    for row in _without_wraps(map(layout.columns.row, map(_widened, body)), layout.columns):
        yield [cell.replace(_FILL, "") for cell in row]


def _without_pages(lines: Iterable[str], header: str, title: list[str]) -> Iterator[str]:
    """The lines with what every further page repeats made blank: its number, the title and the header; and rulers."""
    titles = {_masked(line) for line in title} - {""}
    name = _masked(header)
    held: list[str] = []
    for line in lines:
        masked = _masked(line)
        if masked == name:
            yield from [""] * (len(held) + 1)
            held = []
        elif (masked in titles or held) and (masked in titles or not masked) and len(held) < _LONGEST_TITLE:
            held.append(line)
        else:
            yield from held
            held = []
            yield "" if _RULER.match(line) or _PAGE.match(line) else line
    yield from held


def _masked(line: str) -> str:
    return _DIGITS.sub("#", " ".join(line.split())).casefold()


def _without_wraps(rows: Iterable[list[str]], columns: Columns) -> Iterator[list[str]]:
    """The rows with the rest of a wrapped cell put back to its start; the row it stood in stays, blank."""
    above: list[str] = []
    blank = 0
    for row in rows:
        if above and any(row) and _is_rest(above, row, columns):
            above[:] = [f"{cell} {rest}" if rest else cell for cell, rest in zip(above, row, strict=True)]
            blank += 1
            continue
        if above:
            yield above
            yield from [[]] * blank
        above, blank = row, 0
        if not any(row):
            yield []
            above = []
    if above:
        yield above


def _is_rest(above: list[str], row: list[str], columns: Columns) -> bool:
    filled = [j for j, cell in enumerate(row) if cell]
    return len(filled) * 2 <= len(row) and all(_goes_on(above[j], row[j], columns.widths[j]) for j in filled)


def _goes_on(cell: str, rest: str, width: int) -> bool:
    """Whether `rest` was wrapped: there was no room for its first word, or the cell ends in the middle of a list."""
    if not cell:
        return False
    if cell[-1] in ",;":
        return True
    return " " in cell[-width:] and len(cell) + 1 + len(rest.split(maxsplit=1)[0]) > width
