"""Delimited text: the separator whose header reads best, quotes as far as they are well meant."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

from workers.imports.encodings import Decoded
from workers.imports.table import Table, find_header

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_CHARS = 60_000
_SAMPLE_ROWS = 200
_ONE_BYTE = ("cp1252", "cp1251", "cp1250", "cp850", "mac_roman")
_MAX_BREAKS_IN_CELL = 40
_SEPARATOR_LINE = re.compile(r"^sep=(.)\r?\n?", re.I)


def settle_code_page(decoded: Decoded, data: bytes) -> Decoded:
    """The text in the code page of one byte in which its header reads best: the bytes alone tell little there."""
    if decoded.encoding not in _ONE_BYTE:
        return decoded
    codec = _best_code_page(data[:_SAMPLE_CHARS], decoded.encoding)
    if codec == decoded.encoding:
        return decoded
    text = data.decode(codec, "replace")
    return Decoded(text, codec, text.count("\ufffd"))


def _best_code_page(sample: bytes, likely: str) -> str:
    """The likely one unless `Ilość`, `Stückzahl` or the like is a word of the header only in another."""
    scores: dict[str, float] = {}
    for codec in _ONE_BYTE:
        table, _ = read_delimited(Decoded(sample.decode(codec, "replace"), codec))
        header = find_header(table)
        scores[codec] = header.score if header else 0.0
    best = max(scores, key=lambda codec: scores[codec])
    return best if scores[best] > scores[likely] + 0.3 else likely


def read_delimited(decoded: Decoded) -> tuple[Table, str]:
    """The table of a text file and its delimiter."""
    text = decoded.text.lstrip("\ufeff")
    declared = _SEPARATOR_LINE.match(text)
    delimiter = declared[1] if declared else guess_delimiter(text)
    rows = _rows(text, delimiter)
    if unwrapped := _unwrap(rows, delimiter):
        inner = guess_delimiter(unwrapped)
        return Table(_rows(unwrapped, inner)), inner
    return Table(rows), delimiter


def guess_delimiter(text: str) -> str:
    """The delimiter under which the best header is found; without any, the one that occurs most evenly."""
    sample = text[:_SAMPLE_CHARS]
    ranked = []
    for order, delimiter in enumerate(DELIMITERS):
        if delimiter not in sample:
            continue
        rows = _rows(sample, delimiter)[:_SAMPLE_ROWS]
        header = find_header(Table(rows))
        score = round(header.score, 3) if header else 0.0
        ranked.append((score, _evenness(rows), -order, delimiter))
    return max(ranked)[3] if ranked else ","


def _evenness(rows: list[list[str]]) -> float:
    """How many rows have the most common number of columns, if that is more than one."""
    widths = [len(row) for row in rows if row]
    wide = [w for w in widths if w > 1]
    return max((wide.count(w) for w in set(wide)), default=0) / max(len(widths), 1)


def _rows(text: str, delimiter: str) -> list[list[str]]:
    """All rows, with quotes read as such unless an unbalanced one swallowed half the file."""
    has_space_before_quote = f'{delimiter} "' in text[:_SAMPLE_CHARS]
    try:
        rows = list(_reader(text, delimiter, is_spaced=has_space_before_quote))
    except csv.Error:
        rows = []
    if rows and not any(_is_swallowed(cell) for row in rows for cell in row if len(cell) > _MAX_BREAKS_IN_CELL):
        return rows
    plain = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=csv.QUOTE_NONE)
    try:
        return [[_unquote(cell) for cell in row] for row in plain]
    except csv.Error:
        return []


def _reader(text: str, delimiter: str, *, is_spaced: bool) -> Iterable[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=is_spaced)


def _is_swallowed(cell: str) -> bool:
    return cell.count("\n") + cell.count("\r") > _MAX_BREAKS_IN_CELL


def _unquote(cell: str) -> str:
    cell = cell.strip()
    return cell[1:-1].replace('""', '"') if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell


def _unwrap(rows: list[list[str]], delimiter: str) -> str | None:
    """The text inside, where a program put whole lines in quotes."""
    cells = [row[0] for row in rows if row and row[0]]
    if len(cells) < 2 or any(len(row) > 1 and any(row[1:]) for row in rows[:50]):
        return None
    wrapped = sum(1 for cell in cells[:50] if any(d in cell for d in DELIMITERS))
    if delimiter not in DELIMITERS or wrapped < 0.8 * len(cells[:50]):
        return None
    return "\n".join(row[0] if row else "" for row in rows)
