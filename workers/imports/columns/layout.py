"""The columns of one table by field: as proposed, or as a person gave them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from workers.imports.cells import is_placeholder
from workers.imports.columns.choosing import SINGLE, Choice, choose
from workers.imports.columns.currencies import currency_of
from workers.imports.columns.headers import HeaderMeaning
from workers.imports.columns.profiles import Profile, profiles_of
from workers.imports.lines.dnp import is_fitted_no, is_phrase, is_plain_yes
from workers.imports.lines.quantities import uses_comma_decimals
from workers.imports.table import MAX_COLUMNS, Header

_RUSSIAN_NAME = re.compile(
    r"^(?:наименование|название)(?:\s+и\s+тип)?(?:\s+(?:элемент|компонент|издели|детал)\w*)?$", re.I
)
_SEVERAL = ("value", "description", "package", "dnp", "fitted", "notes")


@dataclass(frozen=True, slots=True)
class SkuColumn:
    """A column of order numbers, and whose they are: named by the header, or by a cell of another column."""

    index: int
    supplier: str | None
    supplier_column: int | None


@dataclass(frozen=True, slots=True)
class PartColumn:
    """A column of part numbers, and the column of makers that goes with it."""

    index: int
    manufacturer_index: int | None


@dataclass(frozen=True, slots=True)
class VariantColumn:
    """A column of the marks of one variant, and the variant's name."""

    index: int
    name: str


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one table by field. Where several feed one field, the first non-empty cell counts.

    `fed` has them all: field → columns in order of priority. The others are views of it for reading rows: `single` the
    first column of a field, `several` all of those that are text, `parts` and `skus` with the maker or the supplier
    that goes with them, the columns of second sources last. `name_with_number`: names that hold part numbers too.
    `phrases`: columns of no field, or of packages, where some cells say in words that a part is not fitted.
    """

    names: list[str]
    single: dict[str, int]
    several: dict[str, tuple[int, ...]] = field(default_factory=dict)
    parts: tuple[PartColumn, ...] = ()
    skus: tuple[SkuColumn, ...] = ()
    variants: tuple[VariantColumn, ...] = ()
    currency: str | None = None
    yes_no: frozenset[int] = frozenset()
    is_combined: bool = False
    is_comma_decimal: bool = False
    fed: dict[str, tuple[int, ...]] = field(default_factory=dict)
    substitutes: tuple[tuple[int, ...], ...] = ()
    name_with_number: int | None = None
    phrases: tuple[int, ...] = ()

    def filled_in(self, written: list[str]) -> list[str]:
        """The row as it is read: where several columns feed a field of one, the first that says anything counts.

        `substitutes` holds the columns of each such field; a person gave them, the parser proposes one.
        """
        for first, *others in self.substitutes:
            if first >= len(written) or not written[first].strip():
                said = next((written[i] for i in others if i < len(written) and written[i].strip()), "")
                if said:
                    written = [*written, *([""] * (first + 1 - len(written)))]
                    written[first] = said
        return written


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table before they are laid out: names, what the headers mean, what stands in them."""

    header: Header
    names: list[str]
    meanings: list[HeaderMeaning]
    profiles: list[Profile]


def columns_of(header: Header, rows: list[list[str]]) -> Columns:
    """The columns of a table, from its header and a sample of the rows under it."""
    width = min(max([len(header.texts), *(len(row) for row in rows)], default=0), MAX_COLUMNS)
    meanings = [*header.meanings, *([HeaderMeaning()] * (width - len(header.texts)))]
    texts = [*header.texts, *([""] * (width - len(header.texts)))]
    padded = Header(header.first, header.last, texts, header.score, header.labels)
    return Columns(padded, unique_names(header, width), meanings, profiles_of(rows, width))


def propose(columns: Columns) -> Choice:
    """The parser's own choice of the columns."""
    return choose(columns.header, columns.meanings, columns.profiles)


def lay_out(columns: Columns, fed: dict[str, list[int]], *, is_given: bool = False) -> Layout:
    """The layout for a choice of columns; a person's is taken as it is, in the order given."""
    meanings, profiles = columns.meanings, columns.profiles
    single = {name: indexes[0] for name, indexes in fed.items() if name in SINGLE | {"mpn", "manufacturer", "supplier"}}
    variants = fed.get("variant", [])
    if "quantity" not in single and (counted := [i for i in variants if profiles[i].numbers > 0.5]):
        single["quantity"] = counted[0]
    pair_parts, pair_skus = (_parts_in_order, _skus_in_order) if is_given else (_parts, _skus)
    parts = pair_parts(fed.get("mpn", []), fed.get("manufacturer", []), columns)
    quantity, price, mpn = single.get("quantity"), single.get("unit_price"), single.get("mpn")
    return Layout(
        names=columns.names,
        single=single,
        several={name: tuple(fed[name]) for name in _SEVERAL if name in fed},
        parts=parts,
        skus=pair_skus(fed.get("supplier_sku", []), fed.get("supplier", []), columns),
        variants=tuple(VariantColumn(i, meanings[i].variant or columns.names[i]) for i in variants),
        currency=currency_of(columns.names[price]) if price is not None else None,
        yes_no=frozenset(i for i in fed.get("fitted", []) if _is_yes_no(profiles[i].written)),
        is_combined=mpn is not None and "manufacturer" not in fed and _is_combined(meanings[mpn], profiles[mpn]),
        is_comma_decimal=quantity is not None and uses_comma_decimals(profiles[quantity].cells),
        fed={name: tuple(indexes) for name, indexes in fed.items()},
        substitutes=_substitutes(fed, parts, columns, is_given=is_given),
        phrases=_with_phrases(fed, profiles),
        name_with_number=None if is_given or "mpn" in fed else _name_with_number(fed, columns),
    )


def _parts_in_order(numbers: list[int], makers: list[int], _: Columns) -> tuple[PartColumn, ...]:
    """The first part number with the first maker, and so on: so a person meant it."""
    return tuple(PartColumn(n, makers[i] if i < len(makers) else None) for i, n in enumerate(numbers))


def _parts(numbers: list[int], makers: list[int], columns: Columns) -> tuple[PartColumn, ...]:
    """Each part number with the maker of the same number, or the nearest that is left."""
    free = list(makers)
    found = []
    for position, number in enumerate(numbers):
        same = [m for m in free if columns.meanings[m].key == columns.meanings[number].key]
        near = same or [m for m in free if position == 0 or abs(m - number) == 1]
        maker = min(near, key=lambda m: (abs(m - number), m), default=None)
        if maker is not None:
            free.remove(maker)
        found.append(PartColumn(number, maker))
    return tuple(found)


def _substitutes(
    fed: dict[str, list[int]], parts: tuple[PartColumn, ...], columns: Columns, *, is_given: bool
) -> tuple[tuple[int, ...], ...]:
    """The columns of each field of one column that has several, and makers that go with no part number of their own."""
    found = [tuple(indexes) for name, indexes in fed.items() if name in SINGLE and len(indexes) > 1]
    paired = {part.manufacturer_index for part in parts}
    makers = fed.get("manufacturer", [])
    first = next((part.manufacturer_index for part in parts[:1]), None)
    if (first := makers[0] if first is None and makers else first) is not None:
        key = columns.meanings[first].key
        spare = [m for m in makers if m not in paired | {first} and (is_given or columns.meanings[m].key == key)]
        found += [(first, *spare)] if spare else []
    return tuple(found)


def _skus_in_order(numbers: list[int], suppliers: list[int], columns: Columns) -> tuple[SkuColumn, ...]:
    """The first order number with the first supplier, and so on; further ones are whose their header says."""
    found = []
    for position, column in enumerate(numbers):
        paired = suppliers[position] if position < len(suppliers) else None
        name = columns.meanings[column].supplier or columns.header.labels.get(column)
        found.append(SkuColumn(column, None if paired is not None else name, paired))
    return tuple(found)


def _skus(numbers: list[int], suppliers: list[int], columns: Columns) -> tuple[SkuColumn, ...]:
    meanings = columns.meanings
    found = []
    for column in numbers:
        name = meanings[column].supplier or columns.header.labels.get(column)
        same_index = [s for s in suppliers if meanings[s].index == meanings[column].index]
        before = [s for s in same_index or suppliers if s < column]
        paired = None if name else next(iter(before[-1:] or same_index[:1] or suppliers[:1]), None)
        found.append(SkuColumn(column, name, paired))
    return tuple(sorted(found, key=lambda s: (meanings[s.index].is_alternate, s.supplier_column is None)))


def _with_phrases(fed: dict[str, list[int]], profiles: Sequence[Profile]) -> tuple[int, ...]:
    """Columns that say of a part that it is not fitted, under whatever header (`Status`, `Option`)."""
    read = {i for name, indexes in fed.items() if name != "package" for i in indexes}
    return tuple(i for i, p in enumerate(profiles) if i not in read and any(map(is_phrase, p.cells)))


def _name_with_number(fed: dict[str, list[int]], columns: Columns) -> int | None:
    """The names of a Russian list of elements, where kind, part number and maker stand in one cell by its standard."""
    named = [*fed.get("value", []), *fed.get("description", [])]
    return next((i for i in named if _RUSSIAN_NAME.match(columns.header.texts[i])), None)


def _is_combined(meaning: HeaderMeaning, profile: Profile) -> bool:
    """Maker and number in one cell, as the header says or most cells show."""
    return meaning.is_combined or profile.are_makers_with_numbers


def _is_yes_no(cells: Sequence[str]) -> bool:
    """Whether a column holds yes and no, in words or signs, and hardly anything else; what says nothing is left out."""
    said = [c for c in cells if is_plain_yes(c) or is_fitted_no(c) or "not" in c.casefold() or c[:2].upper() == "DN"]
    other = sum(1 for cell in cells if not is_placeholder(cell)) - sum(1 for cell in said if not is_placeholder(cell))
    return len(said) >= 4 * other and bool(said)


def unique_names(header: Header, width: int) -> list[str]:
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
