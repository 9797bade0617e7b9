# ruff: noqa: RUF001
"""Which column holds which field, as the parser proposes it: the header's word weighed against the content."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from workers.imports.columns.counting import settle_quantity
from workers.imports.columns.headers import HeaderMeaning
from workers.imports.columns.naming import settle_names
from workers.imports.columns.profiles import SURE_ORDER_NUMBER, Profile, weigh
from workers.imports.columns.vocabulary import fold
from workers.imports.table import Header

# One column of these; of the others there may be several.
SINGLE = frozenset({"references", "quantity", "item", "level", "unit", "unit_price", "internal_number"})
_ALL_OF = frozenset({"supplier_sku", "supplier", "dnp", "fitted", "notes", "variant"})
_FURTHER = frozenset({"value", "description", "package", *_ALL_OF})
_HELPFUL = 0.45
_CLEAR = 0.95
_UNNAMED = re.compile(r"^(?:(?:field|column|attribute|attr|custom|user|property)\s*_?\d*)?$", re.I)
_PACKAGE = re.compile(
    r"^(?:[RCLD]?\d{4}\b|(?:SOT|SOD|SOIC|SO|SOP|SSOP|TSSOP|MSOP|VSSOP|QFN|DFN|VQFN|WSON|LQFP|TQFP|QFP|BGA|LGA|WLCSP|DIP|PDIP|TO|"
    r"DO|SMA|SMB|SMC|SC|CASE|CAP|RES|IND|LED|CON|CONN|HDR|PIN|SMD|THT|DPAK|D2PAK|MELF|XTAL|HC)\b|(?:SOT|SOD|SOIC|TSSOP|QFN|TO)\d)",
    re.I,
)
_FOR_ONE = re.compile(
    r"\b(?:unit|each|ea|einzel\w*|stuck\w*|unita\w*|apiece)\b|(?:/|\bper|\bpro|\bje|\bpar|\bpor|\bза)\s*"
    r"(?:1\b|pcs?\b|piece|part|unit|ea\b|st[uc]|szt|ks\b|шт|pz|pezzo|pieza)|单价|單價|単価",
)
_ASSEMBLY = re.compile(r"^(?:is[_ ]?|sub[- ]?)?ass(?:embl)?y\??$", re.I)
_BY_CONTENT = 0.55  # what stands in a column alone makes a guess


@dataclass(slots=True)
class Choice:
    """Field → its columns, the one that counts first first, and what each column may hold with a score."""

    columns: dict[str, list[int]] = field(default_factory=dict)
    scores: dict[tuple[int, str], float] = field(default_factory=dict)

    @property
    def taken(self) -> set[int]:
        return {column for columns in self.columns.values() for column in columns}

    def give(self, name: str, column: int, score: float = _BY_CONTENT) -> None:
        """The column alone feeds the field from now on."""
        self.columns[name] = [column]
        self.scores[column, name] = score


def choose(header: Header, meanings: Sequence[HeaderMeaning], profiles: Sequence[Profile]) -> Choice:
    """The proposal for the columns under a header."""
    choice = Choice()
    candidates = [_candidates(i, m, p, choice) for i, (m, p) in enumerate(zip(meanings, profiles, strict=True))]
    _name_parts_of_eagle(candidates, header, choice)
    _keep_one_price(candidates, meanings, header)
    _assign(choice, candidates, header, meanings)
    _prefer_main_distributor(choice, meanings, profiles)
    _drop_marks_of_assemblies(choice, header)
    _settle_generic_numbers(choice, meanings, profiles)
    _find_unnamed_part_numbers(choice, header, profiles)
    _find_unnamed_description(choice, header, profiles)
    _take_numbers_out_of_packages(choice, profiles)
    settle_names(choice, meanings, profiles)
    _drop_order_quantity(choice, meanings, profiles)
    settle_quantity(choice, meanings, profiles)
    return choice


def _candidates(index: int, meaning: HeaderMeaning, profile: Profile, choice: Choice) -> list[tuple[str, float]]:
    """The fields a column may hold; what only the content says is noted as a guess."""
    choice.scores.update({(index, name): score for name, score in meaning.candidates})
    weighed = [(name, weigh(name, score, profile)) for name, score in meaning.candidates]
    best = max((score for _, score in weighed), default=0.0)
    if profile.is_unique_references and (best < 0.7 or meaning.best[0] in {"item", "mpn", "internal_number"}):
        weighed = [(name, min(score, 0.4)) for name, score in weighed if name != "references"]
        weighed.append(("references", 0.65))
        choice.scores[index, "references"] = max(choice.scores.get((index, "references"), 0.0), _BY_CONTENT)
    return [(name, score) for name, score in weighed if score]


def _name_parts_of_eagle(candidates: list[list[tuple[str, float]]], header: Header, choice: Choice) -> None:
    """`Part` beside `Device` and `Package` is the name of a part, whatever it looks like."""
    texts = [text.casefold() for text in header.texts]
    if {"part", "device", "package"} <= set(texts):
        column = texts.index("part")
        candidates[column] = [("references", 0.9)]
        choice.scores[column, "references"] = 0.9


def _keep_one_price(
    candidates: list[list[tuple[str, float]]], meanings: Sequence[HeaderMeaning], header: Header
) -> None:
    """Of several prices the one for the smallest quantity, of the first supplier, that is said to be for one piece."""
    prices = [i for i, options in enumerate(candidates) if any(name == "unit_price" for name, _ in options)]
    for_one = {i for i in prices if _FOR_ONE.search(fold(header.texts[i]))}
    best = min(prices, key=lambda i: (meanings[i].amount, meanings[i].index, i not in for_one, i), default=None)
    for index in prices:
        if index != best:
            candidates[index] = [option for option in candidates[index] if option[0] != "unit_price"]


def _assign(
    choice: Choice, candidates: list[list[tuple[str, float]]], header: Header, meanings: Sequence[HeaderMeaning]
) -> None:
    """Best score first: each column one field, each field its best column, then further columns where they may help.

    Columns of second sources come after all others, and never push one of those out.
    """
    ranked = sorted(
        (
            (not meanings[column].is_alternate, score, -column, name)
            for column, options in enumerate(candidates)
            for name, score in options
        ),
        reverse=True,
    )
    taken: set[int] = set()
    for is_first_round in (True, False):
        for _, score, negative, name in ranked:
            column = -negative
            chosen = choice.columns.setdefault(name, [])
            if is_first_round:
                is_allowed = (not chosen or name in _ALL_OF) and not _is_repeated_number(column, name, choice, header)
            else:
                is_allowed = score >= _HELPFUL and _is_further(column, chosen, name, header, meanings)
            if column not in taken and is_allowed:
                chosen.append(column)
                taken.add(column)
    for name in _ALL_OF & choice.columns.keys():
        choice.columns[name].sort(key=lambda i: (meanings[i].is_alternate, i))
    choice.columns = {name: columns for name, columns in choice.columns.items() if columns}


def _prefer_main_distributor(choice: Choice, meanings: Sequence[HeaderMeaning], profiles: Sequence[Profile]) -> None:
    """Order numbers of whom most parts are bought from first: the columns with few say where else some may be had."""
    columns = choice.columns.get("supplier_sku", [])
    most = max((profiles[i].filled for i in columns), default=0)
    columns.sort(key=lambda i: (meanings[i].is_alternate, 2 * profiles[i].filled < most))


def _is_further(column: int, chosen: list[int], name: str, header: Header, meanings: Sequence[HeaderMeaning]) -> bool:
    """A text, or a second part number or maker: named so, numbered, headed with the same text or as clearly."""
    if name in _FURTHER:
        return True
    if name not in {"mpn", "manufacturer"} or not chosen:
        return False
    meaning = meanings[column]
    is_named = meaning.is_alternate or meaning.index > 1 or header.texts[column] == header.texts[chosen[0]]
    return is_named or meaning.best[1] >= _CLEAR


def _is_repeated_number(column: int, name: str, choice: Choice, header: Header) -> bool:
    """The `Part Number` of a second pair `Manufacturer`, `Part Number`: another source, not a number of the house."""
    if name != "internal_number" or not (numbers := choice.columns.get("mpn")):
        return False
    makers = choice.columns.get("manufacturer", [])
    are_makers_repeated = any(header.texts.count(header.texts[i]) > 1 for i in makers)
    return are_makers_repeated and header.texts[column] == header.texts[numbers[0]]


def _drop_marks_of_assemblies(choice: Choice, header: Header) -> None:
    """In a list of levels `Assembly: no` says that nothing lies under the line, not that nobody fits it."""
    fitted = choice.columns.get("fitted", []) if "level" in choice.columns else []
    left = [i for i in fitted if not _ASSEMBLY.match(header.texts[i])]
    if left:
        choice.columns["fitted"] = left
    elif fitted:
        del choice.columns["fitted"]


def _settle_generic_numbers(choice: Choice, meanings: Sequence[HeaderMeaning], profiles: Sequence[Profile]) -> None:
    """Whose numbers those of a header like `Part number` or `SKU` are, from what stands beside them.

    Beside a vendor alone they are the vendor's, beside a maker alone the maker's; beside the maker's own, and in a
    list of levels without makers, they are the house's, unless they look like a distributor's.
    """
    chosen = choice.columns
    has = chosen.keys()
    if "internal_number" not in has and _are_houses_and_makers(chosen.get("mpn", []), meanings, profiles):
        choice.give("internal_number", chosen["mpn"].pop(0), 0.5)
    if "mpn" in has and "supplier" in has and not has & {"manufacturer", "supplier_sku"}:
        column = chosen["mpn"][0]
        if meanings[column].best[1] <= 0.8 and not profiles[column].are_makers_numbers:
            choice.give("supplier_sku", chosen.pop("mpn")[0], meanings[column].best[1])
    elif "supplier_sku" in has and "manufacturer" in has and not has & {"mpn", "supplier"}:
        column = chosen["supplier_sku"][0]
        if meanings[column].supplier is None and len(chosen["supplier_sku"]) == 1:
            choice.give("mpn", chosen.pop("supplier_sku")[0], choice.scores[column, "supplier_sku"])
    if {"mpn", "level"} <= has and not has & {"manufacturer", "internal_number"}:
        column = chosen["mpn"][0]
        if meanings[column].best[1] <= 0.8:
            choice.give("internal_number", chosen.pop("mpn")[0], 0.7)
    for name in ("mpn", "internal_number"):
        if name in has:
            _settle_by_content(choice, name, meanings, profiles)


def _settle_by_content(
    choice: Choice, name: str, meanings: Sequence[HeaderMeaning], profiles: Sequence[Profile]
) -> None:
    """Numbers of the form that one distributor gives are its own, those with a maker's name before them the maker's."""
    chosen = choice.columns
    column = chosen[name][0]
    said, score = meanings[column].best
    if score > 0.8 or (said == "internal_number" and score > 0.6):
        return
    if "supplier_sku" not in chosen and profiles[column].share(SURE_ORDER_NUMBER.match) > 0.5:
        choice.give("supplier_sku", chosen.pop(name)[0], 0.7)
    elif not {"mpn", "manufacturer"} & chosen.keys() and profiles[column].are_makers_with_numbers:
        choice.give("mpn", chosen.pop(name)[0])


def _are_houses_and_makers(columns: list[int], meanings: Sequence[HeaderMeaning], profiles: Sequence[Profile]) -> bool:
    """`Code article` beside `Référence`: two columns of numbers, of which the second alone look like a maker's."""
    if len(columns) < 2 or meanings[columns[1]].key != meanings[columns[0]].key:
        return False
    first, second = profiles[columns[0]], profiles[columns[1]]
    return meanings[columns[0]].best[1] <= 0.8 and first.part_numbers < 0.5 and second.are_makers_numbers


def _find_unnamed_part_numbers(choice: Choice, header: Header, profiles: Sequence[Profile]) -> None:
    """`Field2`, `Attribute 1` or no header at all, over a column of part numbers, where no other column has them.

    Some exports write their headers one column off: then the column named so is all but empty.
    """
    chosen = choice.columns
    if "supplier_sku" in chosen or "references" not in chosen:
        return
    named = profiles[chosen["mpn"][0]].filled if "mpn" in chosen else 0
    taken = choice.taken
    found = [
        (profile.part_numbers, -column)
        for column, (text, profile) in enumerate(zip(header.texts, profiles, strict=False))
        if column not in taken
        and _UNNAMED.match(text)
        and profile.filled > max(2, 5 * named)
        and profile.are_clear_numbers
    ]
    if found:
        choice.give("mpn", -max(found)[1])


def _find_unnamed_description(choice: Choice, header: Header, profiles: Sequence[Profile]) -> None:
    """A column without a header that holds sentences, or names in the first place, where no other says what it is."""
    if "description" in choice.columns:
        return
    taken = choice.taken
    first = next((i for i, profile in enumerate(profiles) if profile.filled), 0)
    named = choice.columns.keys() & {"references", "mpn", "value", "internal_number", "supplier_sku"}
    for column, (text, profile) in enumerate(zip(header.texts, profiles, strict=False)):
        is_free = not text and column not in taken and profile.filled > 2 and 2 * profile.filled >= len(profile.written)
        is_named = column == first and not named and profile.names > 0.8
        if is_free and (is_named or profile.share(lambda cell: cell.count(" ") > 1 and "://" not in cell) > 0.5):
            choice.give("description", column)
            return


def _take_numbers_out_of_packages(choice: Choice, profiles: Sequence[Profile]) -> None:
    """Beside a maker and without a column of part numbers, a column of packages that holds nothing but such numbers."""
    if "mpn" in choice.columns or "manufacturer" not in choice.columns:
        return
    for column in choice.columns.get("package", []):
        profile = profiles[column]
        are_numbers = profile.are_clear_numbers and profile.share(_PACKAGE.match) <= 0.2
        if are_numbers and profile.filled > 2 and profile.distinct > 0.2 * profile.filled:
            choice.columns["package"].remove(column)
            choice.give("mpn", column)
            break
    if not choice.columns.get("package", [0]):
        del choice.columns["package"]


def _drop_order_quantity(choice: Choice, meanings: Sequence[HeaderMeaning], profiles: Sequence[Profile]) -> None:
    """A quantity to order, for a batch or in total says less about one board than its references do."""
    chosen = choice.columns
    if {"quantity", "references"} <= chosen.keys():
        is_weak = meanings[chosen["quantity"][0]].best[1] < 0.5
        if is_weak and profiles[chosen["references"][0]].references >= 0.6:
            del chosen["quantity"]
