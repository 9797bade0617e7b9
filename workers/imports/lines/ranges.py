"""Ranges of names written out: `R1-R5`, `R1-5`, `R001-R004`, `R1A-R1D`, `C70_1-C70_4`, `R1-R3-R7`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

MAX_RANGE = 1000
MAX_REFERENCES = 10_000
MAX_TOKEN_CHARS = 60
MAX_LIST_BYTES = 1024 * 1024  # as bom_line_items.reference_designators may have

_HEAD = r"[^\W\d_](?:[\w$./:-]{0,24}[^\W\d]|[\w$./:-]{0,24}[$./:_-])?"
_SIMPLE_HEAD = r"\d{0,2}[^\W\d_]{1,12}[-_$]?"
_FULL = re.compile(rf"^(\d{{0,2}}{_HEAD})(\d{{1,6}})([^\W\d_]?)-\1(\d{{1,6}})\3$", re.I)
_SHORT = re.compile(rf"^({_SIMPLE_HEAD})(\d{{1,6}})-(\d{{1,6}})$")
_LETTERS = re.compile(r"^([^\W\d_]{1,8}\d{1,5})([A-Za-z])-(?:\1)?([A-Za-z])$", re.I)
_BARE = re.compile(r"^(\d{1,6})-(\d{1,6})$")
_PREFIX = re.compile(r"^([^\W\d_]{1,12})\d")
_SERIES = re.compile(r"^([^\W\d_]{1,12}\d{1,6})-\d{1,6}$")
_DASHED = re.compile(r"^([^\W\d_]{1,8})\d{1,5}(?:-\1\d{1,5}){2,}$", re.I)
_LETTERED = re.compile(r"^([^\W\d_]{1,8}\d{1,5})([A-Z])$")


@dataclass(frozen=True, slots=True)
class Expanded:
    """The names that tokens stand for. `is_shortened`: a range such as `C1-4` was written out, which may be a name."""

    names: list[str]
    is_too_long: bool = False
    is_shortened: bool = False


@dataclass(frozen=True, slots=True)
class _Bounds:
    """A range: what stands before its numbers and after, the first and the last, with leading zeros as digits."""

    head: str
    first: int
    last: int
    width: int
    tail: str = ""
    is_shortened: bool = False

    @property
    def count(self) -> int:
        """How many names it stands for."""
        return self.last - self.first + 1

    def names(self) -> list[str]:
        """All of them."""
        return [f"{self.head}{number:0{self.width}}{self.tail}" for number in range(self.first, self.last + 1)]


def expand(tokens: list[str], *, has_short_ranges: bool = True) -> Expanded:
    """Every token as the names it stands for; `5` and `5-7` take the letters of the name before them."""
    names: list[str] = []
    prefix = ""
    is_too_long = is_shortened = False
    series = _series(tokens) if len(tokens) > 1 else frozenset()
    for token in tokens[:MAX_REFERENCES]:
        bounds = _bounds(token, prefix) if "-" in token and len(token) <= MAX_TOKEN_CHARS else None
        if bounds and bounds.is_shortened:
            is_literal = not has_short_ranges or f"{bounds.head}{bounds.first}" in series
            bounds = None if is_literal else bounds
        if bounds is None:
            names.extend(_without_range(token, prefix, names))
        elif bounds.count > MAX_RANGE or len(names) + bounds.count > MAX_REFERENCES:
            names.append(token)
            is_too_long = True
        else:
            names.extend(bounds.names())
            is_shortened = is_shortened or bounds.is_shortened
        if match := _PREFIX.match(token):
            prefix = match[1]
    return Expanded(names, is_too_long, is_shortened)


def storable(names: Sequence[str]) -> list[str]:
    """As many of the names as a line of the database holds: all, but of a list of tens of thousands."""
    total, most = 24, 7  # of the array, and of each name beside its bytes
    if 4 * sum(map(len, names)) + most * len(names) + total <= MAX_LIST_BYTES:
        return list(names)
    for index, name in enumerate(names):
        total += len(name.encode()) + most
        if total > MAX_LIST_BYTES:
            return list(names[:index])
    return list(names)


def _series(tokens: list[str]) -> frozenset[str]:
    """Names with a number of their own after the dash: `C1-1`, `C1-2` are two, and no ranges."""
    counts = Counter(match[1] for token in tokens if (match := _SERIES.match(token)))
    return frozenset(base for base, count in counts.items() if count > 1)


def _without_range(token: str, prefix: str, before: list[str]) -> list[str]:
    if prefix and token.isdecimal():
        return [prefix + token]
    if len(token) == 1 and before and (match := _LETTERED.match(before[-1])) and match[2] < token <= "Z":
        return [match[1] + token]  # `R1A, B, C`
    if "-" in token and len(token) <= 10 * MAX_TOKEN_CHARS and _DASHED.match(token):
        return token.split("-")
    return _lettered_range(token) or [token]


def _lettered_range(token: str) -> list[str]:
    """`R1A-R1D`, `U3A-C`."""
    match = _LETTERS.match(token) if "-" in token and len(token) <= MAX_TOKEN_CHARS else None
    if not match or match[2].isupper() != match[3].isupper() or match[2] >= match[3]:
        return []
    return [f"{match[1]}{chr(code)}" for code in range(ord(match[2]), ord(match[3]) + 1)]


def _bounds(token: str, prefix: str) -> _Bounds | None:
    """`R5-R9`, `R5-9` and, after an R, `5-9`; None for anything else."""
    if match := _FULL.match(token):
        return _ordered(match[1], match[2], match[4], tail=match[3])
    if match := _SHORT.match(token):
        return _ordered(match[1], match[2], match[3], is_shortened=True)
    if prefix and (match := _BARE.match(token)):
        return _ordered(prefix, match[1], match[2])
    return None


def _ordered(head: str, first: str, last: str, *, tail: str = "", is_shortened: bool = False) -> _Bounds | None:
    """Ascending bounds only: `X1-1` and `C3-01` are names of their own. `R001-R004` keeps its zeros."""
    low, high = int(first), int(last)
    is_padded = first.startswith("0") and len(first) > 1
    if low > high or (low == high and is_shortened) or (is_shortened and last.startswith("0")):
        return None
    return _Bounds(head, low, high, len(first) if is_padded else 0, tail, is_shortened)
