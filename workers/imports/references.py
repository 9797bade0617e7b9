# ruff: noqa: RUF001, SIM905
"""Reference designators: from what people write in a cell to one name per placed part."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from workers.imports.cells import clean, halfwidth, is_placeholder

MAX_RANGE = 1000
MAX_REFERENCES = 10_000

_LETTERS = r"[^\W\d_]{1,12}"
_RANGE_SIGN = r"(?:-|–|—|−|‐|‑|~|\.{2,3}|…|\bto\b|\bthru\b|\bthrough\b|\bbis\b|\b[aà]l?\b|\bdo\b|\bt/m\b)"
_SPACED_RANGE = re.compile(rf"(?<=\d)\s*{_RANGE_SIGN}\s*(?=(?:{_LETTERS})?\d)", re.I)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_SPLIT = re.compile(r"[,;，；、\s+]+|(?:^|(?<=\d))(?:&|/)(?=\s*[^\W\d_]{1,4}\d)")
_JOINED_WORDS = re.compile(rf"(?<![\w.-])({_LETTERS}) (\d{{1,5}})(?![\w.-])")
_RANGE = re.compile(rf"^({_LETTERS})(\d{{1,6}})-({_LETTERS})?(\d{{1,6}})$")
_BARE_RANGE = re.compile(r"^(\d{1,6})-(\d{1,6})$")
_DESIGNATOR = re.compile(r"^_?[^\W\d_]{1,10}[-_]?\d{1,5}(?:[^\W\d_]{1,2})?(?:[._-]\d{1,3})*(?:[^\W\d_]{1,2})?$")
_PLAIN_LIST = re.compile(r"^[A-Za-z]{1,10}\d{1,5}(?:[ ,;]+[A-Za-z]{1,10}\d{1,5})*$")
_SEPARATORS = re.compile(r"[ ,;]+")
_PREFIX = re.compile(rf"^({_LETTERS})\d")
_NAME = re.compile(r"^[\w*?$][\w*?$.+/-]{0,29}$")


@dataclass(frozen=True, slots=True)
class References:
    """The names of a cell; `is_certain` when all look like designators, `is_prose` when it is rather a sentence."""

    names: list[str]
    is_certain: bool = False
    is_prose: bool = False
    is_range_too_long: bool = False


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
    return share, share >= 0.8 and is_distinct and common >= 0.3 * len(names) and len(parsed) > 2


def parse_references(cell: str) -> References:
    """All references of one cell, ranges and shortened lists (`C61,81`) written out."""
    text = clean(cell)
    if _PLAIN_LIST.match(text):
        return References(_SEPARATORS.split(text), is_certain=True)
    if is_placeholder(text):
        return NO_REFERENCES
    tokens = _tokens(text)
    if _is_prose(tokens):
        return References([], is_prose=True)
    names, is_too_long = _expand(tokens)
    return References(names, bool(names) and all(_DESIGNATOR.match(n) for n in names), False, is_too_long)


def _tokens(text: str) -> list[str]:
    text = _BRACKETS.sub(" ", halfwidth(text)).strip().strip("\"'")
    text = _JOINED_WORDS.sub(r"\1\2", text)
    text = _SPACED_RANGE.sub("-", text)
    return [t for t in (part.strip("\"'.:") for part in _SPLIT.split(text)) if t]


def _is_prose(tokens: list[str]) -> bool:
    """Several words, most of which carry no number, or signs that no name has."""
    if not tokens:
        return False
    words = sum(1 for t in tokens if not any(c.isdigit() for c in t) and len(t) > 1)
    odd = sum(1 for t in tokens if not _NAME.match(t))
    return odd > len(tokens) / 2 or (len(tokens) > 2 and words > len(tokens) / 2 and _has_small_words(tokens))


def _has_small_words(tokens: list[str]) -> bool:
    return sum(1 for t in tokens if t.isalpha() and not t.isupper()) > len(tokens) / 3 or len(tokens) > 3


def _expand(tokens: list[str]) -> tuple[list[str], bool]:
    names: list[str] = []
    prefix = ""
    is_too_long = False
    for token in tokens[:MAX_REFERENCES]:
        bounds = _bounds(token, prefix)
        if bounds is None:
            shortened = bool(prefix) and token.isdigit()
            names.append(prefix + token if shortened else token)
        elif bounds[2] - bounds[1] >= MAX_RANGE or len(names) > MAX_REFERENCES:
            names.append(token)
            is_too_long = True
        else:
            names.extend(f"{bounds[0]}{number}" for number in range(bounds[1], bounds[2] + 1))
        if match := _PREFIX.match(token):
            prefix = match[1]
    return names, is_too_long


def _bounds(token: str, prefix: str) -> tuple[str, int, int] | None:
    """`R5-R9`, `R5-9` and, after an R, `5-9` as (prefix, first, last); None for anything else."""
    if "-" not in token:
        return None
    if match := _RANGE.match(token):
        head, first, other, last = match.groups()
        if other not in (None, head):
            return None
        return _ordered(head, first, last, is_full=other is not None)
    if prefix and (match := _BARE_RANGE.match(token)):
        return _ordered(prefix, match[1], match[2], is_full=False)
    return None


def _ordered(prefix: str, first: str, last: str, *, is_full: bool) -> tuple[str, int, int] | None:
    """Ascending bounds only: `X1-1` is a name of its own, and so is anything with leading zeros."""
    low, high = int(first), int(last)
    if first.startswith("0") and len(first) > 1:
        return None
    return (prefix, low, high) if low < high or (is_full and low == high) else None
