"""Which column holds which field: the header's word, confirmed or corrected by what stands in the column."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from workers.imports.cells import clean, is_number, is_part_number_like, is_placeholder
from workers.imports.headers import HeaderMeaning
from workers.imports.quantities import uses_comma_decimals
from workers.imports.references import share_of_references
from workers.imports.table import MAX_COLUMNS, Header

_SAMPLE_ROWS = 300
_SEVERAL = frozenset({"value", "description", "package", "dnp", "fit", "notes", "supplier_sku"})
_LEAST = {"item": 0.45, "quantity": 0.1, "references": 0.25}
_HELPFUL = 0.45
_MANY = frozenset({"supplier_sku", "supplier", "dnp", "fit", "notes"})
_UNNAMED = re.compile(r"^(?:(?:field|column|attribute|attr|custom|user|property)\s*_?\d*)?$", re.I)
_ORDER_NUMBER = re.compile(r"^(?:\S+-ND|C\d{3,8}|\d{2,3}-\S+|\d{5,8}|[A-Z]{1,2}-?\d{3,5})$")


@dataclass(frozen=True, slots=True)
class SkuColumn:
    """A column of order numbers, and whose they are: named by the header, or by a cell of another column."""

    index: int
    supplier: str | None
    supplier_column: int | None


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one table by field. Where several feed one field, the first non-empty cell counts."""

    names: list[str]
    single: dict[str, int]
    several: dict[str, tuple[int, ...]] = field(default_factory=dict)
    skus: tuple[SkuColumn, ...] = ()
    yes_no: frozenset[int] = frozenset()
    is_combined: bool = False
    is_comma_decimal: bool = False

    def mapping(self) -> dict[str, str]:
        """Field → header text of its first column, for people and for the database."""
        found = {name: self.names[i] for name, i in self.single.items()}
        found |= {name: self.names[i[0]] for name, i in self.several.items() if i and name not in {"fit", "notes"}}
        if "dnp" not in found and self.several.get("fit"):
            found["dnp"] = self.names[self.several["fit"][0]]
        if self.skus:
            found["supplier_sku"] = self.names[self.skus[0].index]
        return found


@dataclass(frozen=True, slots=True)
class _Profile:
    """What stands in a column: shares of its non-empty cells, all 0 for an empty one."""

    filled: int = 0
    numbers: float = 0.0
    references: float = 0.0
    part_numbers: float = 0.0
    is_unique_references: bool = False


def lay_out(header: Header, rows: list[list[str]]) -> Layout:
    """Chooses the columns for the rows under a header."""
    width = min(max([len(header.texts), *(len(r) for r in rows[:_SAMPLE_ROWS])], default=0), MAX_COLUMNS)
    meanings = [*header.meanings, *([HeaderMeaning()] * (width - len(header.texts)))]
    cells = [_column(rows, i) for i in range(width)]
    profiles = [_profile(column) for column in cells]
    chosen = _choose([_candidates(m, p) for m, p in zip(meanings, profiles, strict=True)])
    _settle_generic_numbers(chosen, meanings, cells)
    _find_unnamed_part_numbers(chosen, header, profiles, cells)
    _drop_order_quantity(chosen, meanings, profiles)
    single = {name: columns[0] for name, columns in chosen.items() if name not in _SEVERAL | {"supplier"}}
    suppliers = chosen.get("supplier", [])
    if suppliers:
        single["supplier"] = suppliers[0]
    quantity = single.get("quantity")
    return Layout(
        names=_unique_names(header, width),
        single=single,
        several={
            name: tuple(chosen[name])
            for name in ("value", "description", "package", "dnp", "fit", "notes")
            if name in chosen
        },
        skus=_sku_columns(chosen.get("supplier_sku", []), suppliers, meanings, header.labels),
        yes_no=frozenset(i for i in chosen.get("fit", []) if _is_yes_no(cells[i])),
        is_combined="mpn" in single and "manufacturer" not in single and meanings[single["mpn"]].is_combined,
        is_comma_decimal=quantity is not None and uses_comma_decimals(cells[quantity]),
    )


def _column(rows: list[list[str]], index: int) -> list[str]:
    """The non-empty cells of a column in the sample."""
    cells = (clean(row[index]) for row in rows[:_SAMPLE_ROWS] if index < len(row))
    return [cell for cell in cells if not is_placeholder(cell)]


def _profile(cells: list[str]) -> _Profile:
    if not cells:
        return _Profile()
    share, is_unique = share_of_references(cells)
    return _Profile(
        filled=len(cells),
        numbers=sum(1 for c in cells if is_number(c)) / len(cells),
        references=share,
        part_numbers=sum(1 for c in cells if is_part_number_like(c)) / len(cells),
        is_unique_references=is_unique,
    )


def _candidates(meaning: HeaderMeaning, profile: _Profile) -> list[tuple[str, float]]:
    """The header's candidates, each weighed against the column's content."""
    weighed = [(name, _weigh(name, score, profile)) for name, score in meaning.candidates]
    best = max((score for _, score in weighed), default=0.0)
    if profile.is_unique_references and (best < 0.7 or meaning.best[0] in {"item", "mpn"}):
        weighed = [(name, min(score, 0.4)) for name, score in weighed if name != "references"]
        weighed.append(("references", 0.65))
    return [(name, score) for name, score in weighed if score >= _LEAST.get(name, 0.33)]


def _weigh(name: str, score: float, profile: _Profile) -> float:
    is_weak = score < 0.6
    factor = 1.0
    if not profile.filled:
        factor = 0.5
    elif name == "references":
        share = max(profile.references, 0.3 if profile.filled < 3 else 0.0)
        factor = 0.0 if is_weak and profile.references < 0.6 else 0.35 + 0.65 * share
    elif name == "quantity":
        factor = 1.0 if profile.numbers >= 0.5 or (not is_weak and profile.filled < 3) else 0.3
    elif name == "mpn" and score < 0.85:
        is_numbering = profile.numbers > 0.9 and profile.part_numbers < 0.3
        factor = 0.0 if is_weak and profile.part_numbers < 0.5 else 0.3 if is_numbering else 1.0
    elif name == "item" and profile.numbers < 0.5:
        factor = 0.0 if is_weak or profile.numbers < 0.2 else 1.0
    return score * factor


def _choose(candidates: list[list[tuple[str, float]]]) -> dict[str, list[int]]:
    """Best score first: each column one field, each field its best column, then further columns where they may help."""
    ranked = sorted(
        ((score, -column, name) for column, options in enumerate(candidates) for name, score in options), reverse=True
    )
    chosen: dict[str, list[int]] = {}
    taken: set[int] = set()
    for is_first_round in (True, False):
        for score, negative, name in ranked:
            column = -negative
            is_free = name not in chosen or name in _MANY
            allowed = is_free if is_first_round else name in _SEVERAL and score >= _HELPFUL
            if column not in taken and allowed:
                chosen.setdefault(name, []).append(column)
                taken.add(column)
    for name in _MANY & chosen.keys():
        chosen[name].sort()
    return chosen


def _settle_generic_numbers(
    chosen: dict[str, list[int]], meanings: list[HeaderMeaning], cells: list[list[str]]
) -> None:
    """`Part number` beside a vendor alone is the vendor's; `SKU` beside a maker alone is the maker's."""
    has = chosen.keys()
    if "mpn" in has and "supplier" in has and not has & {"manufacturer", "supplier_sku"}:
        column = chosen["mpn"][0]
        if meanings[column].best[1] <= 0.8 and not _are_makers_numbers(cells[column]):
            chosen["supplier_sku"] = chosen.pop("mpn")
    elif "supplier_sku" in has and "manufacturer" in has and not has & {"mpn", "supplier"}:
        column = chosen["supplier_sku"][0]
        if meanings[column].supplier is None and len(chosen["supplier_sku"]) == 1:
            chosen["mpn"] = chosen.pop("supplier_sku")


def _are_makers_numbers(cells: list[str]) -> bool:
    """Part numbers of which hardly any has the form of a distributor's order number."""
    ordered = sum(1 for cell in cells if _ORDER_NUMBER.match(cell))
    return ordered <= 0.2 * len(cells) and sum(1 for c in cells if is_part_number_like(c)) >= 0.6 * len(cells) > 0


def _find_unnamed_part_numbers(
    chosen: dict[str, list[int]], header: Header, profiles: list[_Profile], cells: list[list[str]]
) -> None:
    """`Field2`, `Attribute 1` or no header at all, over a column of part numbers, where no other column has them.

    Some exports write their headers one column off: then the column named so is all but empty.
    """
    if "supplier_sku" in chosen or "references" not in chosen:
        return
    named = profiles[chosen["mpn"][0]] if "mpn" in chosen else _Profile()
    taken = {column for columns in chosen.values() for column in columns}
    found = [
        (profile.part_numbers, -column)
        for column, (text, profile) in enumerate(zip(header.texts, profiles, strict=False))
        if column not in taken
        and _UNNAMED.match(text)
        and profile.filled > max(2, 5 * named.filled)
        and _are_makers_numbers(cells[column])
        and sum(1 for c in cells[column] if len(c) > 5 and "_" not in c and ":" not in c) >= 0.7 * profile.filled
    ]
    if found:
        chosen["mpn"] = [-max(found)[1]]


def _drop_order_quantity(chosen: dict[str, list[int]], meanings: list[HeaderMeaning], profiles: list[_Profile]) -> None:
    """A quantity to order, for a batch or in total says less about one board than its references do."""
    if {"quantity", "references"} <= chosen.keys():
        is_weak = meanings[chosen["quantity"][0]].best[1] < 0.5
        if is_weak and profiles[chosen["references"][0]].references >= 0.6:
            del chosen["quantity"]


def _sku_columns(
    columns: list[int], suppliers: list[int], meanings: list[HeaderMeaning], labels: dict[int, str]
) -> tuple[SkuColumn, ...]:
    found = []
    for column in columns:
        name = meanings[column].supplier or labels.get(column)
        same_index = [s for s in suppliers if meanings[s].index == meanings[column].index]
        before = [s for s in same_index or suppliers if s < column]
        paired = None if name else next(iter(before[-1:] or same_index[:1] or suppliers[:1]), None)
        found.append(SkuColumn(column, name, paired))
    return tuple(sorted(found, key=lambda s: (s.supplier_column is None, s.index)))


def _is_yes_no(cells: list[str]) -> bool:
    words = {cell.casefold() for cell in cells}
    plain = {"yes", "no", "y", "n", "true", "false", "1", "0", "x", "ja", "nein", "oui", "non", "si", "fitted"}
    return bool(words) and all(w in plain or "not" in w or w.startswith("dn") for w in words)


def _unique_names(header: Header, width: int) -> list[str]:
    """Header texts as keys: a label or a count tells repeated ones apart, a letter names one without text."""
    names: list[str] = []
    seen: set[str] = set()
    repeated = {t for t in header.texts if header.texts.count(t) > 1} if len(header.texts) <= 1000 else set()
    for index in range(width):
        text = header.texts[index] if index < len(header.texts) else ""
        name = text or f"Column {_letters(index)}"
        if text in repeated and index in header.labels:
            name = f"{text} ({header.labels[index]})"
        base, count = name, 1
        while name in seen:
            count += 1
            name = f"{base} ({count})"
        seen.add(name)
        names.append(name)
    return names


def _letters(index: int) -> str:
    """The column's letters in a spreadsheet: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
