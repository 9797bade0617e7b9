# ruff: noqa: RUF001, SIM905
"""Do-not-place marks: by a column of their own, by value, in a note, or in the title of a section."""

from __future__ import annotations

import re
from functools import lru_cache

from workers.imports.cells import clean

_WORDS = r"D\.?N\.?[PIFLM]\.?|DNPOP|DNS|NOPOP|NOFIT|NOLOAD|NOSTUFF|NOMOUNT"
_MARK = re.compile(rf"(?<![A-Za-z0-9])(?:{_WORDS})(?![A-Za-z0-9])", re.I)
_MARK_ONLY = re.compile(rf"^[(\[<*]?\s*(?:{_WORDS})\s*[)\]>*]?$", re.I)
_PHRASE = re.compile(
    r"\b(?:do\s+not|don['’]?t)\s+(?:populate|place|load|install|fit|stuff|mount|assemble|solder)\b"
    r"|\b(?:not|non|un)[\s-]?(?:populated|placed|loaded|installed|fitted|stuffed|mounted|assembled)\b"
    r"|\bno[\s_-](?:pop|populate|place|load|stuff|fit|mount)\b|\b(?:leave\s+)?unpopulated\b|\bexclude(?:d)?\s+from\s+bom\b"
    r"|\bnicht\s+(?:be)?(?:stück|stueck|stuck|setz)\w*|\bunbest(?:ü|ue)ckt\b|\bohne\s+bestückung\b"
    r"|\bnie\s+(?:montowa[ćc]|obsadza[ćc]|lutowa[ćc])\b|\bneosazovat\b|\bniet\s+(?:plaatsen|monteren)\b"
    r"|\bej\s+monter\w*|\bikke\s+monter\w*|\bmonte\s+edilme\w*|미실장|미삽|실장\s*안\s*함"
    r"|\bne\s+pas\s+(?:monter|placer|implanter|c[âa]bler|souder)\b|\bnon\s+(?:mont|implant|c[âa]bl|plac)[ée]e?s?\b"
    r"|\b(?:no|n[ãa]o)\s+(?:montar|colocar|poblar|instalar|soldar)\b|\bnon\s+(?:montare|montato|montati|installare)\b"
    r"|\bне\s+(?:устанавлива|ставить|монтир|паять|запаив)\w*|不贴|不焊|不装|空贴|未実装|実装しない|実装不要",
    re.I,
)
_NA_VALUE = re.compile(r"^N\.?/?A\.?\s*\((.+)\)$|^NA/(\w.*)$")
_NA_START = re.compile(r"^N\.?/?A\b.?[(/]", re.M)
_SHORT = r"(?:N\.?[CM]\.?|N\.[BP]\.|NP)"  # not connected, not mounted, nicht bestückt, not placed
_SHORT_VALUE = re.compile(
    rf"^{_SHORT}$|^{_SHORT}\s*[/(]\s*[\d.].*$|^[\d.]\S*(?:\s\S+)?\s*[/(]\s*{_SHORT}\)?$|^[\d.].*\sN\.[CM]\.$", re.I
)
_HINTS = (
    *("dn", "d.n", "not", "non", "nicht", "un", "no ", "no_", "no-", "nopop", "nofit", "noload", "nostuff", "nomount"),
    *("na", "n/a", "n.a", "don", "exclude", "ohne", "ne ", "не ", "不", "空贴", "未実装", "実装し"),
    *("nie ", "niet ", "neos", "ej ", "ikke", "monte", "미", "실장", "nao", "não"),
)
_SHORT_CHARS = 24
_YES = frozenset("x 1 y yes true ja oui si sí да 是 ✓ ✔ ☑ √ dnp dnf dni excluded exclude".split())
_NO = frozenset("no n 0 false nein non not nicht нет 否 ✗ ✘ unfitted unpopulated none".split())


@lru_cache(maxsize=8192)
def in_own_column(cell: str) -> bool:
    """A cell of a column named DNP, Do not place, …: anything that means yes."""
    text = clean(cell).casefold()
    return text in _YES or bool(_MARK.search(text) or _PHRASE.search(text))


@lru_cache(maxsize=8192)
def in_fitted_column(cell: str, *, is_yes_no: bool) -> bool:
    """A cell of a column named Fitted, Populate, Assembly, …: a plain no (if the column is one of yes and no)."""
    text = clean(cell).casefold()
    return (is_yes_no and text in _NO) or bool(_MARK.search(text) or _PHRASE.search(text))


def may_be_marked(text: str) -> bool:
    """Whether a whole row, its cells on lines of their own, holds any mark at all: the one look most rows need."""
    lowered = text.lower()
    if not any(hint in lowered for hint in _HINTS):
        return False
    return bool(_MARK.search(text) or _PHRASE.search(text) or _NA_START.search(text))


def in_value(text: str) -> bool:
    """A value such as `DNP`, `10k DNP`, `NA(100n)`, `do not place`."""
    lowered = text.lower()
    if not any(hint in lowered for hint in _HINTS):
        return False
    return bool(_MARK.search(text) or _PHRASE.search(text) or _NA_VALUE.match(text))


@lru_cache(maxsize=8192)
def is_abbreviated(value: str) -> bool:
    """A value such as `NC`, `N.C.`, `NM`, `100nF/NC`: abbreviations that mean something else in a longer text."""
    return len(value) <= _SHORT_CHARS and bool(_SHORT_VALUE.match(value))


def in_part_number(text: str) -> bool:
    """A part number cell that holds nothing but the mark, or the mark in brackets."""
    return bool(_MARK_ONLY.match(text) or _PHRASE.search(text)) or "(DNP)" in text.upper()


def in_prose(text: str) -> bool:
    """A note, a description or a section title that says so in words, or DNP as a word."""
    return bool(_PHRASE.search(text) or re.search(r"(?<![A-Za-z0-9])DNP(?![A-Za-z0-9])", text))


def without_mark(value: str) -> str | None:
    """What remains of a value: `NA(100n)` is 100n, `DNP` nothing, anything else itself."""
    if _MARK_ONLY.match(value) or _PHRASE.fullmatch(value) or re.fullmatch(_SHORT, value, re.I):
        return None
    match = _NA_VALUE.match(value)
    return (match[1] or match[2]) if match else value
