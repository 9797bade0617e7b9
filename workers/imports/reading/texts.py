"""Text as a table: cells between delimiters, or in columns aligned with spaces, whichever reads better."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from workers.imports.cells import is_number
from workers.imports.columns.headers import interpret
from workers.imports.lines.references import share_of_references
from workers.imports.reading.delimited import evenness, lines_of, read_delimited, sample_rows
from workers.imports.reading.fixed_width import read_fixed_width
from workers.imports.table import Header, Table, find_header

_SAMPLE = 200
_ALIGNED = re.compile(r"\S(?: {2,}|[ \t]*\t[ \t]*)\S")
_EVEN, _UNEVEN = 0.8, 0.5
_DOUBT = 0.3  # a delimiter under which a header is found has its reason


def rows_of_text(text: str) -> tuple[str, str | None, Iterator[list[str]]]:
    """The format of a text, its delimiter if it has one, and its rows."""
    delimiter, rows = read_delimited(text)
    if _is_aligned(text) and _reads_better_aligned(text, sample_rows(text, delimiter)):
        aligned = read_fixed_width(text)
        if aligned:
            return "fixed_width", None, aligned
    return "delimited", delimiter, rows


def _reads_better_aligned(text: str, sample: list[list[str]]) -> bool:
    """Whether the text reads better in columns aligned with spaces than as these rows between delimiters."""
    header = find_header(Table(sample))
    even = evenness(sample[header.first :] if header else sample)
    is_beside = header is not None and _is_beside_names(sample, header)
    if header and even >= _EVEN and not is_beside:
        return False
    aligned = list(islice(read_fixed_width(text) or (), _SAMPLE))
    if is_beside:
        return _fit(aligned) >= _fit(sample)
    if header is None and even < _UNEVEN and find_header(Table(aligned)) is None:
        return bool(aligned)
    return _fit(aligned) > (_fit(sample) + _DOUBT if header else 0.0)


def _is_beside_names(rows: Sequence[list[str]], header: Header) -> bool:
    """Whether much stands under none of the header's names: it takes several tabs to reach the next column."""
    named = {i for i, text in enumerate(header.texts) if text}
    filled = [i for row in rows[header.last + 1 :] for i, cell in enumerate(row) if cell.strip()]
    return len(named) < len(header.texts) and 10 * sum(1 for i in filled if i not in named) > len(filled)


def _is_aligned(text: str) -> bool:
    """Whether wide gaps stand in many of the first lines."""
    lines = [line.strip() for line in islice(lines_of(text), _SAMPLE)]
    filled = [line for line in lines if line]
    return sum(1 for line in filled if _ALIGNED.search(line)) * 4 >= len(filled)


def _fit(rows: Sequence[list[str]]) -> float:
    """How well the header reads, and how well what stands under quantities and references is that."""
    header = find_header(Table(rows))
    if header is None:
        return 0.0
    body = [row for row in rows[header.last + 1 :] if any(row)]
    shares = [_share(name, [row[i] for row in body if i < len(row) and row[i]]) for i, name in _telling(header)]
    return header.score + 2 * (sum(shares) / len(shares) if shares else 0.5)


def _telling(header: Header) -> list[tuple[int, str]]:
    best = [(i, interpret(text).best[0]) for i, text in enumerate(header.texts)]
    return [(i, name) for i, name in best if name in {"quantity", "references", "item"}]


def _share(name: str, cells: list[str]) -> float:
    if name == "references":
        return share_of_references(cells)[0]
    return sum(map(is_number, cells)) / max(1, len(cells))
