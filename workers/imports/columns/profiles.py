"""What stands in a column, and how well that fits a field."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property

from workers.imports.cells import clean, is_number, is_part_number_like, is_placeholder, is_url
from workers.imports.lines.references import share_of_references

SAMPLE_ROWS = 300
_SAMPLE_CELLS = 60_000
_LEVEL = re.compile(r"^[.\-_+>|• ]*\d{1,2}$|^\d{1,3}(?:\.\d{1,3})+\.?$")
_PRICE = re.compile(r"^[^\w\d]*(?:[A-Za-z]{1,3}\$?\s*)?-?\d[\d.,' \u00a0\u202f]*\s*\W{0,2}[^\W\d]{0,6}\.?(?:/\w+)?$")
_MARK = re.compile(
    r"^(?:[x✓✔✗✘•+*-]|yes|no|y|n|true|false|ja|nein|oui|non|si|sí|да|нет|是|否|\d{1,4}|dnp|dni|dnf|nc|"
    r"(?:not |un)?(?:fitted|populated|placed|mounted)|fit|place|populate)$",
    re.I,
)
_MOUNTING = re.compile(r"^(?:smd|smt|tht|thd|th|pth|through[- ]?hole|surface[- ]?mount|dip)$", re.I)
_OF_LIBRARY = re.compile(r"^[\w.-]+:[^/\s]\S*$")  # the symbol in a library of the tool
ORDER_NUMBER = re.compile(r"^(?:\S+-ND|C\d{3,8}|\d{2,3}-\S+|\d{5,8}|[A-Z]{1,2}-?\d{3,5})$")
SURE_ORDER_NUMBER = re.compile(r"^(?:\S+-ND|C\d{4,8})$")
_MAKER_AND_NUMBER = re.compile(r"^[^\W\d][^\d,;:]+\s[^\s,;]*\d{2}[^\s,;]*(?:,|$)")
_NAMED = re.compile(r"(?<![^\W_])[^\W\d_]{1,6}[-_ ]?\d")
_MEASURE = re.compile(
    r"(?<![A-Za-z0-9.])\d+(?:[.,]\d+)?\s?(?:[pnuµμm]?[FHVAW]|[kKMRΩ]\d*|[kKM]?(?:Ω|ohms?)|[kM]?Hz|%)(?![A-Za-z0-9])"
)
_REFERENCE_CELLS = 150
_CODE_OF_DIGITS = re.compile(r"^\d{5,}$")
_MARKED = frozenset({"variant", "dnp", "fitted"})  # a cross or a dash, nothing elsewhere, says something there
_LEAST = {"item": 0.45, "quantity": 0.1, "references": 0.25}


class Profile:
    """The cells of a column in the sample, without placeholders; shares of them are 0 for an empty one."""

    def __init__(self, written: list[str]) -> None:
        self.written = written
        self.cells = [cell for cell in written if not is_placeholder(cell)]

    @property
    def filled(self) -> int:
        return len(self.cells)

    def share(self, says: Callable[[str], object]) -> float:
        """The share of the cells of which this holds."""
        return sum(1 for cell in self.cells if says(cell)) / len(self.cells) if self.cells else 0.0

    @cached_property
    def numbers(self) -> float:
        return self.share(is_number)

    @cached_property
    def part_numbers(self) -> float:
        return self.share(is_part_number_like)

    @cached_property
    def _listed(self) -> tuple[float, bool]:
        """Reading references takes time, and few columns hold any."""
        if 2 * sum(1 for cell in self.cells[:20] if _NAMED.search(cell)) < min(20, len(self.cells)):
            return 0.0, False
        return share_of_references(self.cells[:_REFERENCE_CELLS])

    @property
    def references(self) -> float:
        return self._listed[0]

    @property
    def is_unique_references(self) -> bool:
        """Whether the column lists designators, each once, as nothing but a column of references does."""
        return self._listed[1]

    @cached_property
    def distinct(self) -> int:
        return len(set(self.cells))

    @cached_property
    def are_makers_numbers(self) -> bool:
        """Part numbers of which hardly any has the form of a distributor's order number."""
        return bool(self.cells) and self.share(ORDER_NUMBER.match) <= 0.2 and self.part_numbers >= 0.6

    @cached_property
    def are_clear_numbers(self) -> bool:
        """Numbers of makers and nothing else, whatever the header: footprints have underscores and colons."""
        return self.are_makers_numbers and self.share(lambda c: len(c) > 5 and "_" not in c and ":" not in c) >= 0.7

    @cached_property
    def are_makers_with_numbers(self) -> bool:
        """Each with its maker's name before it, as in `Murata GRM188R71H104KA93D`."""
        return self.share(_MAKER_AND_NUMBER.match) >= 0.5

    @cached_property
    def levels(self) -> float:
        """Few small numbers, or dotted ones."""
        return self.share(_LEVEL.match) if self.distinct <= 20 or self.share(lambda c: "." in c) > 0.5 else 0.0

    @cached_property
    def units(self) -> float:
        """Short words, few of them."""
        return self.share(lambda c: len(c) <= 12 and not is_number(c)) if self.distinct < 30 else 0.0

    @cached_property
    def prices(self) -> float:
        return self.share(_PRICE.match)

    @cached_property
    def codes(self) -> float:
        """Numbers of parts, whoever gave them: with a digit, without spaces."""
        return self.share(
            lambda c: len(c) <= 40 and c.count(" ") < 2 and any(x.isdecimal() for x in c) and not is_url(c)
        )

    @cached_property
    def names(self) -> float:
        """Words rather than numbers, references or addresses."""
        return self.share(lambda c: any(x.isalpha() for x in c) and not is_number(c) and not is_url(c))

    @property
    def are_marks(self) -> bool:
        """Yes and no, or crosses: nothing that counts."""
        return self.filled > 1 and self.marks > 0.8 and self.numbers < 0.2

    @cached_property
    def measures(self) -> float:
        """Texts with a value and its unit: `100nF/50V`, `0402 10k 1%`."""
        return self.share(_MEASURE.search)

    @cached_property
    def words(self) -> float:
        """Words without a digit."""
        return self.share(lambda c: not any(x.isdecimal() for x in c))

    @cached_property
    def marks(self) -> float:
        """Crosses, yes and no, counts: also those that say nothing elsewhere."""
        return sum(1 for cell in self.written if _MARK.match(cell)) / len(self.written) if self.written else 0.0


def profiles_of(rows: list[list[str]], width: int) -> list[Profile]:
    """The profiles of all columns, from the rows under the header; from fewer rows where there are many columns."""
    sample = rows[: max(50, min(SAMPLE_ROWS, _SAMPLE_CELLS // max(width, 1)))]
    return [Profile([cell for row in sample if i < len(row) and (cell := clean(row[i]))]) for i in range(width)]


def weigh(name: str, score: float, profile: Profile) -> float:
    """What the header says of a field, confirmed or corrected by what stands in the column; 0 for out of the question.

    A weak header (below 0.6) counts only where the content speaks for it.
    """
    factor = _factor(name, profile, is_weak=score < 0.6, is_clear=score >= 0.85)
    weighed = score * factor
    return weighed if weighed >= _LEAST.get(name, 0.33) else 0.0


def _factor(name: str, profile: Profile, *, is_weak: bool, is_clear: bool) -> float:
    if not (profile.written if name in _MARKED else profile.filled):
        return 0.9 if name in {"notes", "variant"} else 0.5
    if name == "references":
        share = max(profile.references, 0.3 if profile.filled < 3 else 0.0)
        return 0.0 if is_weak and profile.references < 0.6 else 0.35 + 0.65 * share
    if name == "quantity":
        return 1.0 if profile.numbers >= 0.5 or (not is_weak and profile.filled < 3) else 0.3
    if name == "mpn" and not is_clear:
        is_numbering = profile.numbers > 0.9 and profile.part_numbers < 0.3
        is_unlike = is_weak and (profile.part_numbers < 0.5 or profile.share(_OF_LIBRARY.match) > 0.5)
        return 0.0 if is_unlike else 0.3 if is_numbering else 1.0
    if name == "item" and profile.numbers < 0.5:
        return 0.0 if is_weak or profile.numbers < 0.2 else 1.0
    return _factor_of_rest(name, profile, is_weak=is_weak)


def _factor_of_rest(name: str, profile: Profile, *, is_weak: bool) -> float:
    if name == "internal_number":
        is_repeated = is_weak and profile.distinct < 0.5 * profile.filled
        return 1.0 if profile.codes >= 0.6 and not is_repeated else 0.3
    if name in {"manufacturer", "supplier"}:
        return 0.3 if profile.numbers > 0.8 else 1.0
    if name in {"value", "description"} and is_weak:
        return _factor_of_text(name, profile)
    if name == "item":
        return 0.4 if profile.share(_CODE_OF_DIGITS.match) > 0.5 else 1.0
    is_unlike = name in _NEEDED and _FITS[name](profile) < _NEEDED[name][is_weak]
    return 0.0 if is_unlike or (name == "supplier_sku" and profile.are_marks) else 1.0


def _factor_of_text(name: str, profile: Profile) -> float:
    """Sentences are rather descriptions than values; how a part is mounted and what number it has are neither."""
    if profile.share(_MOUNTING.match) > 0.5 or (name == "value" and profile.share(_CODE_OF_DIGITS.match) > 0.7):
        return 0.0
    if profile.share(lambda c: c.count(" ") > 1) > 0.6:
        return 0.85 if name == "value" else 1.25
    return 1.0


_FITS: dict[str, Callable[[Profile], float]] = {
    "references": lambda p: p.references,
    "quantity": lambda p: p.numbers,
    "item": lambda p: max(p.numbers, p.codes),
    "level": lambda p: p.levels,
    "unit": lambda p: p.units,
    "unit_price": lambda p: p.prices,
    "internal_number": lambda p: p.codes,
    "mpn": lambda p: max(p.part_numbers, 0.9 * p.codes),
    "supplier_sku": lambda p: p.codes,
    "manufacturer": lambda p: p.names,
    "supplier": lambda p: p.names,
    "variant": lambda p: p.marks,
}


# The fit without which a header is not believed: a clear one, a weak one.
_NEEDED = {"level": (0.8, 0.9), "unit": (0.6, 0.8), "unit_price": (0.5, 0.8), "variant": (0.3, 0.8)}


def confidence(name: str, score: float, profile: Profile) -> float:
    """How surely a column holds a field, from the header's score and the content: a guess stays below 0.6."""
    if not profile.written:
        fit = 0.9 if name in {"dnp", "fitted", "notes", "variant"} else 0.5
    else:
        fit = _FITS[name](profile) if name in _FITS else 1.0
    strength = score if score < 0.6 else min(1.0, 0.8 + 1.3 * (score - 0.6), 0.93 + 0.07 * score)
    return round(strength * (0.3 + 0.7 * min(1.0, fit * 1.1)), 2)
