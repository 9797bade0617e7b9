# ruff: noqa: RUF001, SIM905
"""A table of text cells, and where its header is: one row or two, with names of groups, units or distributors."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from workers.imports.cells import clean, is_number
from workers.imports.columns.headers import HeaderMeaning, distributor_name, interpret
from workers.imports.columns.quantity_variants import with_quantity_variants
from workers.imports.lines.references import share_of_references

HEADER_ROWS = 30
MAX_COLUMNS = 1000

_WEIGHTS = {
    "references": 1.2,
    "quantity": 1.2,
    "mpn": 1.2,
    "manufacturer": 1.0,
    "supplier_sku": 0.9,
    "internal_number": 0.8,
    "supplier": 0.6,
    "value": 0.8,
    "description": 0.8,
    "package": 0.8,
    "dnp": 0.6,
    "level": 0.4,
    "item": 0.3,
    "unit": 0.15,
    "unit_price": 0.15,
    "variant": 0.15,
    "fitted": 0.15,
}
_ANCHORS = ("references", "mpn", "supplier_sku", "quantity")
_PLACEMENT = frozenset("x y rotation rot layer side tb midx midy posx posy refx refy centerx centery angle".split())
_ENOUGH = 1.4
_CLEAR = 0.9
_NO_MEANING = HeaderMeaning()
_PART = re.compile(r"^(?:[RCLDQUJPKXYTFSV]|SW|TP|LED|FB|IC|CN|JP|RN|VR)\d{1,4}(?:[\s,;-].*)?$", re.S)
_UNIT = re.compile(
    r"^[\[(]?(?:pcs?|pieces?|ea|each|st|stk|stck|stück|шт|szt|ks|un|pz|個|个|只|pcs/board|[€$£¥₽]|usd|eur|gbp|rmb|cny|jpy|"
    r"руб|元|円|mm|cm|m|k?g|[munpµ]?f|[munpµ]?h|[mk]?v|[mµ]?a|m?w|[mk]?ω|k?ohm|%|days?|weeks?|wks?)\.?[\])]?$",
    re.I,
)
_GROUPED = frozenset({"unit_price", "variant"})  # under such a group a bare number is a name


@dataclass(slots=True)
class Table:
    """Rows of cells as written; `first_row` is the number a person sees at the first of them."""

    rows: Sequence[list[str]]
    first_row: int = 1
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """The header: its first and last row (indexes), the texts per column, what they mean, and distributor labels.

    Without a header both rows are -1 and the texts are empty.
    """

    first: int
    last: int
    texts: list[str]
    score: float
    labels: dict[int, str] = field(default_factory=dict)

    @property
    def meanings(self) -> list[HeaderMeaning]:
        """What each text means beside the others; a colon that ends them all says nothing."""
        with_colon = sum(1 for text in self.texts if text.endswith(":"))
        has_colons = with_colon > 2 and with_colon * 2 > sum(1 for text in self.texts if text)
        texts = [text.rstrip(": ") for text in self.texts] if has_colons else self.texts
        return with_quantity_variants(texts, [interpret(text) for text in texts])


def find_header(table: Table) -> Header | None:
    """The best header among the first rows, or None when nothing there reads as the header of a BOM."""
    best: Header | None = None
    for index in candidate_rows(table.rows):
        texts = header_texts(table.rows[index])
        header = Header(index, index, texts, _score(texts))
        below = _stacked(table.rows, index, header.score)
        for candidate in (header, below) if below else (header,):
            if candidate.score >= _ENOUGH and (best is None or candidate.score > best.score + 1e-9):
                best = candidate
    if best is None:
        best = _header_over_references(table)
    if best is None:
        best = _header_over_counted_names(table)
    if best is None:
        return _single_column_header(table)
    return completed(table.rows, best)


def header_texts(row: list[str]) -> list[str]:
    """The cells of a header row without line breaks and invisible marks."""
    return [clean(cell) for cell in row[:MAX_COLUMNS]]


def is_blank(row: list[str]) -> bool:
    """Whether a row holds nothing but white space."""
    return not any(cell and not cell.isspace() for cell in row)


def candidate_rows(rows: Sequence[list[str]]) -> list[int]:
    """The indexes of the first rows that hold anything: there the header is looked for."""
    indexes = [i for i, row in enumerate(rows[: HEADER_ROWS * 4]) if not is_blank(row)]
    return indexes[:HEADER_ROWS]


def _score(texts: list[str]) -> float:
    """How much a row reads like a header: the sum over fields of the best cell for each, less what looks like data."""
    fields: dict[str, float] = {}
    data_like = 0
    for text in texts:
        if not text:
            continue
        if _is_part_or_number(text):
            data_like += 1
            continue
        for name, score in interpret(text).candidates[:1]:
            fields[name] = max(fields.get(name, 0.0), score)
    if max((fields.get(name, 0.0) for name in _ANCHORS), default=0.0) < 0.35 or len(fields) < 2:
        return 0.0
    placement = sum(1 for t in texts if t.casefold().replace(" ", "").replace("-", "").strip("()m") in _PLACEMENT)
    known = sum(_WEIGHTS.get(name, 0.0) * score for name, score in fields.items())
    return known - 0.3 * data_like - (0.8 if placement > 1 else 0.0)


def _is_part_or_number(text: str) -> bool:
    return is_number(text) or bool(_PART.match(text))


def _stacked(rows: Sequence[list[str]], index: int, score: float) -> Header | None:
    """A header over two rows (`Manufacturer` over `Name` and `Part Number`), if together they say clearly more."""
    if index + 1 >= len(rows) or is_blank(rows[index + 1]):
        return None
    upper, lower = header_texts(rows[index]), header_texts(rows[index + 1])
    width = max(len(upper), len(lower))
    upper, lower = upper + [""] * (width - len(upper)), lower + [""] * (width - len(lower))
    groups = _groups(upper, lower)
    if any(_is_data(text, group) for text, group in zip(lower, groups, strict=True)):
        return None
    texts = [_joined(*cells) for cells in zip(upper, lower, groups, strict=True)]
    together = _score(texts)
    inner = [_is_in_group(text, group) for text, group in zip(lower, groups, strict=True) if text]
    if together >= _ENOUGH and len(inner) > 1 and all(inner):
        return Header(index, index + 1, texts, max(together, score) + 0.01)
    if together > max(score, _score(lower)) + 0.5:
        return Header(index, index + 1, texts, together + 0.01)
    return None


def _is_in_group(text: str, group: str) -> bool:
    """A name under the name of a group: a number under `Price`, a variant under `Quantity`."""
    of_group = interpret(group).best[0]
    return of_group in _GROUPED or (of_group == "quantity" and interpret(text).best[0] == "variant")


def _groups(upper: list[str], lower: list[str]) -> list[str]:
    """For each column the name of the group it is in: a cell that has something under it, and blank ones beside it."""
    groups, current = [], ""
    for above, below in zip(upper, lower, strict=True):
        if above:
            current = above if below else ""
        groups.append(current)
    return groups


def _is_data(text: str, group: str) -> bool:
    """A cell with a digit that is the name of no column."""
    if not any(c.isdecimal() for c in text) or interpret(text).candidates:
        return False
    return interpret(group).best[0] not in _GROUPED or len(text) > 8


def _joined(above: str, below: str, group: str) -> str:
    """The name of a column from both rows: with the group's name where the lower one says less alone."""
    if not below or below == above:
        return above
    alone = interpret(below).best[1]
    together = f"{above or group} {below}".strip()
    name, score = interpret(together).best
    if above:
        return below if alone > score > 0 and name not in _GROUPED else together
    return together if score > alone or (name in _GROUPED and interpret(below).best[0] == "quantity") else below


def _header_over_references(table: Table) -> Header | None:
    """A header that does not name the references, over a column that holds nothing else (`Name`, `Value`).

    Or one that speaks of parts, over lines that are numbered (`Position`, `Component`, `Remark`).
    """
    for index in candidate_rows(table.rows)[:5]:
        texts = header_texts(table.rows[index])
        if sum(1 for text in texts if interpret(text).candidates) < 2 or any(map(is_number, texts)):
            continue
        below = [row for row in table.rows[index + 1 : index + 101] if not is_blank(row)]
        columns = ([row[i] for row in below if i < len(row) and row[i].strip()] for i in range(min(len(texts), 20)))
        is_of_parts = any(dict(interpret(text).candidates).get("mpn") for text in texts)
        if any(share_of_references(cells)[1] or (is_of_parts and _is_numbered(cells)) for cells in columns):
            return Header(index, index, texts, 1.0)
    return None


def _header_over_counted_names(table: Table) -> Header | None:
    """A header that names all but the first column, where the things are listed whose quantity stands beside them."""
    for index in candidate_rows(table.rows)[:5]:
        texts = header_texts(table.rows[index])
        best = [interpret(text).best for text in texts]
        counts = [i for i, (name, score) in enumerate(best) if name == "quantity" and score >= _CLEAR]
        if len(counts) != 1 or sum(1 for name, _ in best if name) < 2 or any(map(is_number, texts)):
            continue
        below = [row for row in table.rows[index + 1 : index + 101] if not is_blank(row)]
        first = min((i for row in below for i, cell in enumerate(row) if cell.strip()), default=0)
        if texts[first : first + 1] != [""]:
            continue
        named = [row for row in below if len(row) > first and row[first].strip() and not is_number(clean(row[first]))]
        counted = [row for row in named if counts[0] < len(row) and is_number(clean(row[counts[0]]))]
        if len(counted) > 2 and len(counted) >= 0.8 * len(below):
            return Header(index, index, texts, 1.0)
    return None


def _is_numbered(cells: list[str]) -> bool:
    """`1`, `2`, `3`, `5`: the numbers of lines, of which some may have been taken out."""
    numbers = [int(cell) for cell in cells if cell.strip().isdecimal() and len(cell) < 5]
    steps = [b - a for a, b in itertools.pairwise(numbers)]
    is_rising = len(steps) > 1 and min(steps) > 0 and 2 * steps.count(1) > len(steps)
    return is_rising and len(numbers) == len(cells) and numbers[0] == 1


def _single_column_header(table: Table) -> Header | None:
    """A list of part numbers: one column, headed as such."""
    for index in candidate_rows(table.rows)[:3]:
        texts = header_texts(table.rows[index])
        meaning = interpret(texts[0]) if texts and not any(texts[1:]) else _NO_MEANING
        if meaning.best[0] in {"mpn", "supplier_sku"} and meaning.best[1] >= 0.7:
            return Header(index, index, texts, meaning.best[1])
    return None


def completed(rows: Sequence[list[str]], header: Header) -> Header:
    """The header with what belongs to it around: distributors, units, numbers of columns, a second language."""
    header = _with_labels(rows, header)
    for _ in range(2):
        below = header_texts(rows[header.last + 1]) if header.last + 1 < len(rows) else []
        if not any(below):
            break
        if _is_units(below):
            pairs = zip(header.texts, below + [""] * len(header.texts), strict=False)
            texts = [f"{a} {b}" if b and interpret(a).best[0] == "unit_price" else a for a, b in pairs]
        elif _counts_columns(below) or (_score(below) >= _ENOUGH and not any(map(_is_part_or_number, below))):
            texts = header.texts
        else:
            break
        header = Header(header.first, header.last + 1, texts, header.score, header.labels)
    return header


def _is_units(texts: list[str]) -> bool:
    return all(_UNIT.match(text) for text in texts if text)


def _counts_columns(texts: list[str]) -> bool:
    """`1 | 2 | 3 | 4`, as some forms number their columns."""
    filled = [text for text in texts if text]
    return len(filled) > 3 and filled == [str(i) for i in range(1, len(filled) + 1)]


def _with_labels(rows: Sequence[list[str]], header: Header) -> Header:
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
