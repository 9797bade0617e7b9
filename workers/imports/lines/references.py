# ruff: noqa: RUF001, SIM905
"""Reference designators: from what people write in a cell to one name per placed part."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from workers.imports.cells import clean, clean_lines, halfwidth, is_placeholder
from workers.imports.lines.partial import by_fit, may_be_partial
from workers.imports.lines.ranges import MAX_RANGE, MAX_REFERENCES, expand

__all__ = ["MAX_RANGE", "MAX_REFERENCES", "References", "is_designator", "parse_references", "share_of_references"]

_LETTERS = r"[^\W\d_]{1,12}"
_NEXT = rf"(?:{_LETTERS}[-_$]?)?\d"
_RANGE_WORD = r"\b(?:to|thru|through|bis|tot|t/m|[aà]l?|do|até|hasta|по|до)\b|至|到|から"  # in a dozen languages
_RANGE_SIGN = rf"(?:->|→|-|–|—|−|‐|‑|―|─|ー|~|〜|÷|\.{{2,}}|…|{_RANGE_WORD})"
_SPACED_RANGE = re.compile(rf"(?:(?<=\d)|(?<=\d[A-Za-z]))\s*{_RANGE_SIGN}\s*(?={_NEXT}|[A-Za-z](?!\w))", re.I)
_LEFT_OUT = re.compile(rf"(?<=\d)[\s,;]+(?:\.{{2,}}|…)[\s,;]*(?={_NEXT})")  # `R1, R2, …, R9`
_COLON_RANGE = re.compile(rf"(?<![\w:])({_LETTERS})(\d{{1,6}})\s?:\s?\1(?=\d)", re.I)
_AND = re.compile(
    rf"(?<=\d)\s+(?:and|und|et|e|ed|y|и|en|i|og|och|plus|sowie)\s+(?={_LETTERS}[-_]?\d)"
    r"|(?<=\d)\s*(?:及び|および|[和与與及・])\s*(?=\w)|(?<=\d)\s*&\s*(?=[^\W_]{1,4}\d|\d)",
    re.I,
)
_INNER = r"[\d\s,;:.-]"
_FAMILY = re.compile(
    rf"(?<![\w-])({_LETTERS})(?:\[({_INNER}{{1,200}})\]|\{{({_INNER}{{1,200}})\}}|\(({_INNER}{{3,200}})\))"
)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}")
_TIMES = re.compile(r"^\d{1,4}\s*[x×]\s+(?=[^\W\d_])", re.I)
_LABEL = re.compile(rf"(?:^|(?<=[\s,;])){_LETTERS}:\s+(?={_LETTERS}\d)")
_SPLIT = re.compile(r"[,;，；、。|\s+]+")
_SLASH = re.compile(r"\s+/\s*|/\s+")
_JOINED_WORDS = re.compile(
    rf"(?<![\w.-])(?!(?:to|thru|through|bis|tot|do|au?|al|по|до)\b)({_LETTERS}) (\d{{1,5}})(?![\w.-])"
)
_DESIGNATOR = re.compile(
    r"^_?(?:\d{1,2}\.(?=[A-Z]))?[^\W\d_]{1,10}[-_$]?\d{1,6}(?:[^\W\d_]{1,2})?(?:[._-]\d{1,3})*(?:_?[^\W\d_]{1,2}|_[^\W_]{1,5})?$"
)
_SIMPLE = re.compile(rf"^({_LETTERS})[-_]?(\d{{1,5}})[A-Z]?(?:-.*)?$")
_RUN_TOGETHER = re.compile(r"^([A-Za-z]{1,4})\d{1,4}(?:\1\d{1,4})+$")
_PLAIN_LIST = re.compile(r"^[A-Za-z]{1,10}\d{1,6}(?:[ ,;]+[A-Za-z]{1,10}\d{1,6})*$")
_SEPARATORS = re.compile(r"[ ,;]+")
_NAME = re.compile(r"^[\w*?$][\w*?$.+/:-]{0,29}$")
_EXCEPT = re.compile(
    r"[,;(\s]\s*(?:except|excluding|excl\.|without|außer|ohne|sauf|excepto|salvo|tranne|кроме)\s", re.I
)
_AXIS = "X"  # beside Y and Z the name of a connector, elsewhere a placeholder
_EDGES = "\"'`.:/&<>()[]{}"


class References(NamedTuple):
    """The names of a cell; `is_certain` when all look like designators, `is_prose` when it is rather a sentence.

    `not_fitted`: those of the names that a mark in the cell is about. `is_shortened`: `C1-4` was read as four names.
    """

    names: list[str]
    is_certain: bool = False
    is_prose: bool = False
    is_range_too_long: bool = False
    not_fitted: tuple[str, ...] = ()
    is_shortened: bool = False


NO_REFERENCES = References([])

_COMMON_PREFIXES = frozenset("R C L D Q U J P K X Y T F S SW TP LED FB IC CN JP RN VR H M V BT CON".split())


def is_designator(text: str) -> bool:
    """Whether the text is a designator with a number: `R5`, `LED12`, `C70_1`, `U3A`."""
    return bool(_DESIGNATOR.match(text))


def share_of_references(cells: Iterable[str]) -> tuple[float, bool]:
    """The share of cells that list designators, and whether the column as a whole can be nothing else.

    A package (`R0603`) or a part (`BC547`) looks like a designator too, but those repeat and have odd letters.
    """
    parsed = [parse_references(cell) for cell in cells]
    names = [name for reference in parsed for name in reference.names if is_designator(name)]
    if not names:
        return 0.0, False
    listing = sum(1 for r in parsed if r.names and sum(1 for n in r.names if is_designator(n)) * 2 >= len(r.names))
    share = listing / len(parsed)
    common = sum(1 for name in names if name.rstrip("0123456789").upper() in _COMMON_PREFIXES)
    is_distinct = len(set(names)) >= 0.9 * len(names)
    is_usual = common >= 0.3 * len(names) if share >= 0.8 else share >= 0.7 and common >= 0.6 * len(names)
    return share, is_distinct and is_usual and len(parsed) > 2


def parse_references(cell: str, *, has_short_ranges: bool = True) -> References:
    """All references of one cell, ranges and shortened lists (`C61,81`) written out.

    `has_short_ranges` False: `C1-4` is a name of its own, as in the fourth part of C1.
    """
    if _PLAIN_LIST.match(cell):
        return References(_SEPARATORS.split(cell) if " " in cell or "," in cell or ";" in cell else [cell], True)
    text = clean(cell)
    if text != cell and _PLAIN_LIST.match(text):
        return References(_SEPARATORS.split(text), is_certain=True)
    if is_placeholder(text) and text != _AXIS:
        return NO_REFERENCES
    wide = halfwidth(clean_lines(cell))
    if may_be_partial(wide) and (pieces := by_fit(_SPACED_RANGE.sub("-", wide))):
        found = _by_pieces(pieces, has_short_ranges=has_short_ranges)
        if found.is_certain:
            return found
    wide, *left_out = _EXCEPT.split(wide, maxsplit=1)
    tokens = _tokens(wide)
    if _is_prose(tokens):
        return References([], is_prose=True)
    expanded = expand(tokens, has_short_ranges=has_short_ranges)
    names = _without(expanded.names, left_out[0]) if left_out else expanded.names
    is_certain = bool(names) and all(_DESIGNATOR.match(n) for n in names)
    return References(names, is_certain, is_range_too_long=expanded.is_too_long, is_shortened=expanded.is_shortened)


def _without(names: list[str], left_out: str) -> list[str]:
    """`R1-R10 except R5`."""
    others = set(expand(_tokens(left_out.rstrip(") "))).names)
    return [name for name in names if name not in others]


def _by_pieces(pieces: list[tuple[str, bool]], *, has_short_ranges: bool) -> References:
    """The names of all pieces, each once where one of them says that it is not fitted."""
    names: dict[str, bool] = {}
    parts = [(expand(_tokens(piece), has_short_ranges=has_short_ranges), flag) for piece, flag in pieces]
    for expanded, is_not_fitted in parts:
        for name in expanded.names:
            names[name] = is_not_fitted or names.get(name, False)
    return References(
        list(names),
        bool(names) and all(_DESIGNATOR.match(n) for n in names),
        is_range_too_long=any(expanded.is_too_long for expanded, _ in parts),
        not_fitted=tuple(name for name, is_not_fitted in names.items() if is_not_fitted),
        is_shortened=any(expanded.is_shortened for expanded, _ in parts),
    )


def _tokens(text: str) -> list[str]:
    text = _FAMILY.sub(_family, text.strip())
    text = clean(_without_brackets(text)).strip("\"'")
    text = _JOINED_WORDS.sub(r"\1\2", _LABEL.sub("", _TIMES.sub("", text)))
    text = _SPACED_RANGE.sub("-", _LEFT_OUT.sub("-", _COLON_RANGE.sub(r"\1\2-\1", text)))
    text = _SLASH.sub(",", _AND.sub(",", text))
    tokens = (token.strip(_EDGES) for token in _SPLIT.split(text))
    return [name for token in tokens if token for name in _listed(_without_stars(token))]


def _family(match: re.Match[str]) -> str:
    """`C[1..4]`, `R{1,2}` and `R(1-4)` as `C1-4`, `R1,2` and `R1-4`."""
    inner = (match[2] or match[3] or match[4]).strip()
    is_list = inner[:1].isdecimal() and (match[4] is None or any(not c.isdecimal() for c in inner))
    return match[1] + re.sub(r"\s*(?:\.{2,}|:)\s*", "-", inner) if is_list else match[0]


def _without_brackets(text: str) -> str:
    """A remark in brackets goes, a name in brackets between commas (`R1, (R2), R3`) or alone stays."""

    def inside(match: re.Match[str]) -> str:
        before = text[max(0, match.start() - 9) : match.start()].rstrip()
        after = text[match.end() : match.end() + 9].lstrip()
        is_apart = (not before or before[-1] in ",;") and (not after or after[0] in ",;")
        inner = match[0][1:-1]
        is_list = all(_SIMPLE.match(name) for name in _SPLIT.split(inner.strip()))
        return inner if is_apart and is_list else " "

    return _BRACKETS.sub(inside, text) if any(sign in text for sign in "([{") else text


def _without_stars(token: str) -> str:
    """`R1*` and `*R1` point to a footnote; `G***` is a name."""
    bare = token.strip("*†‡")
    return bare if bare != token and _DESIGNATOR.match(bare) else token


def _listed(token: str) -> list[str]:
    """`R1/2/3`, `R1/R2`, `R1.R2`, `R1R2R3` are lists; `U1/R5` and `A:R1` are names from a hierarchy."""
    for sign in "/.":
        if sign in token and len(parts := token.split(sign)) > 1 and _are_alike(parts, has_numbers=sign == "/"):
            return parts
    if len(token) > 3 and _RUN_TOGETHER.match(token):
        return re.findall(r"[A-Za-z]+\d+", token)
    return [token]


def _are_alike(parts: list[str], *, has_numbers: bool) -> bool:
    """Names with the same letters, or ascending numbers after such a name."""
    first = _SIMPLE.match(parts[0])
    if not first:
        return False
    last = int(first[2])
    for part in parts[1:]:
        if part.isdecimal() and has_numbers and last < int(part[:6]):
            last = int(part[:6])
        elif not ((match := _SIMPLE.match(part)) and match[1].casefold() == first[1].casefold()):
            return False
    return True


def _is_prose(tokens: list[str]) -> bool:
    """Several words, most of which carry no number, or signs that no name has."""
    if not tokens:
        return False
    words = sum(1 for t in tokens if not any(c.isdecimal() for c in t) and len(t) > 1)
    odd = sum(1 for t in tokens if not _NAME.match(t))
    return odd > len(tokens) / 2 or (len(tokens) > 2 and words > len(tokens) / 2 and _has_small_words(tokens))


def _has_small_words(tokens: list[str]) -> bool:
    return sum(1 for t in tokens if t.isalpha() and not t.isupper()) > len(tokens) / 3 or len(tokens) > 3
