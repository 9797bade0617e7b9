# ruff: noqa: SIM905
"""A table of text cells, and where its header is: one row or two, with a row of distributor names over or under it."""

from __future__ import annotations

from dataclasses import dataclass, field

from workers.imports.cells import clean, is_number
from workers.imports.headers import HeaderMeaning, distributor_name, interpret
from workers.imports.references import share_of_references

HEADER_ROWS = 30
MAX_COLUMNS = 1000

_WEIGHTS = {
    "references": 1.2,
    "quantity": 1.2,
    "mpn": 1.2,
    "manufacturer": 1.0,
    "supplier_sku": 0.9,
    "supplier": 0.6,
    "value": 0.8,
    "description": 0.8,
    "package": 0.8,
    "dnp": 0.6,
    "item": 0.3,
}
_ANCHORS = ("references", "mpn", "supplier_sku", "quantity")
_PLACEMENT = frozenset("x y rotation rot layer side tb midx midy posx posy refx refy centerx centery angle".split())
_ENOUGH = 1.4
_NO_MEANING = HeaderMeaning()


@dataclass(slots=True)
class Table:
    """Rows of cells as written; `first_row` is the number a person sees at the first of them."""

    rows: list[list[str]]
    first_row: int = 1
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """The header: its first and last row (indexes), the texts per column, what they mean, and distributor labels."""

    first: int
    last: int
    texts: list[str]
    score: float
    labels: dict[int, str] = field(default_factory=dict)

    @property
    def meanings(self) -> list[HeaderMeaning]:
        return [interpret(text) for text in self.texts]


def find_header(table: Table) -> Header | None:
    """The best header among the first rows, or None when nothing there reads as the header of a BOM."""
    best: Header | None = None
    for index in _candidate_rows(table.rows):
        texts = header_texts(table.rows[index])
        header = Header(index, index, texts, _score(texts))
        below = _stacked(table.rows, index, header.score)
        for candidate in (header, below) if below else (header,):
            if candidate.score >= _ENOUGH and (best is None or candidate.score > best.score + 1e-9):
                best = candidate
    if best is None:
        best = _header_over_references(table)
    if best is None:
        return _single_column_header(table)
    return _with_labels(table.rows, best)


def header_texts(row: list[str]) -> list[str]:
    """The cells of a header row without line breaks and invisible marks."""
    return [clean(cell) for cell in row[:MAX_COLUMNS]]


def is_blank(row: list[str]) -> bool:
    """Whether a row holds nothing but white space."""
    return not any(cell and not cell.isspace() for cell in row)


def _candidate_rows(rows: list[list[str]]) -> list[int]:
    indexes = [i for i, row in enumerate(rows[: HEADER_ROWS * 4]) if not is_blank(row)]
    return indexes[:HEADER_ROWS]


def _score(texts: list[str]) -> float:
    """How much a row reads like a header: the sum over fields of the best cell for each, less what looks like data."""
    fields: dict[str, float] = {}
    data_like = 0
    for text in texts:
        if not text:
            continue
        if is_number(text):
            data_like += 1
            continue
        for name, score in interpret(text).candidates[:1]:
            fields[name] = max(fields.get(name, 0.0), score)
    if max((fields.get(name, 0.0) for name in _ANCHORS), default=0.0) < 0.35 or len(fields) < 2:
        return 0.0
    placement = sum(1 for t in texts if t.casefold().replace(" ", "").replace("-", "").strip("()m") in _PLACEMENT)
    known = sum(_WEIGHTS.get(name, 0.0) * score for name, score in fields.items())
    return known - 0.3 * data_like - (0.8 if placement > 1 else 0.0)


def _stacked(rows: list[list[str]], index: int, score: float) -> Header | None:
    """A header over two rows (`Manufacturer` over `Part Number`), if together they say clearly more than each alone."""
    if index + 1 >= len(rows) or is_blank(rows[index + 1]):
        return None
    upper, lower = header_texts(rows[index]), header_texts(rows[index + 1])
    if any(any(c.isdigit() for c in text) for text in lower):
        return None
    width = max(len(upper), len(lower))
    pairs = zip(upper + [""] * (width - len(upper)), lower + [""] * (width - len(lower)), strict=True)
    texts = [f"{a} {b}".strip() for a, b in pairs]
    together = _score(texts)
    return Header(index, index + 1, texts, together) if together > max(score, _score(lower)) + 0.5 else None


def _header_over_references(table: Table) -> Header | None:
    """A header that does not name the references, over a column that holds nothing else (`Name`, `Value`)."""
    for index in _candidate_rows(table.rows)[:5]:
        texts = header_texts(table.rows[index])
        if sum(1 for text in texts if interpret(text).candidates) < 2 or any(map(is_number, texts)):
            continue
        below = [row for row in table.rows[index + 1 : index + 101] if not is_blank(row)]
        columns = ([row[i] for row in below if i < len(row) and row[i].strip()] for i in range(min(len(texts), 20)))
        if any(share_of_references(cells)[1] for cells in columns):
            return Header(index, index, texts, 1.0)
    return None


def _single_column_header(table: Table) -> Header | None:
    """A list of part numbers: one column, headed as such."""
    for index in _candidate_rows(table.rows)[:3]:
        texts = header_texts(table.rows[index])
        meaning = interpret(texts[0]) if texts and not any(texts[1:]) else _NO_MEANING
        if meaning.best[0] in {"mpn", "supplier_sku"} and meaning.best[1] >= 0.7:
            return Header(index, index, texts, meaning.best[1])
    return None


def _with_labels(rows: list[list[str]], header: Header) -> Header:
    """Adds the distributor names that stand above groups of columns, or under repeated column names."""
    if header.first > 0 and (names := _distributor_row(rows[header.first - 1])):
        labels: dict[int, str] = {}
        current = ""
        for column in range(len(header.texts)):
            current = names.get(column, current)
            if current:
                labels[column] = current
        return Header(header.first, header.last, header.texts, header.score, labels)
    if header.last + 1 < len(rows) and (names := _distributor_row(rows[header.last + 1])):
        return Header(header.first, header.last + 1, header.texts, header.score, names)
    return header


def _distributor_row(row: list[str]) -> dict[int, str]:
    """Column → distributor for a row that holds little else."""
    texts = {i: clean(cell) for i, cell in enumerate(row) if cell.strip()}
    found = {i: name for i, text in texts.items() if (name := distributor_name(text))}
    return found if len(found) > 1 and len(found) * 2 >= len(texts) else {}
