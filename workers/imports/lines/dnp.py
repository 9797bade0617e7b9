# ruff: noqa: RUF001, SIM905
"""Do-not-place marks: by a column of their own, by value, in a note, or in the title of a section."""

from __future__ import annotations

import re
from functools import lru_cache

from workers.imports.cells import clean

_WORDS = r"D\.?N\.?[PIFLM]\.?|DNPOP|DNS|NOPOP|NOFIT|NOLOAD|NOSTUFF|NOMOUNT|NOPLACE|UNPOP"
_SHORT = r"(?:N\.?[CM]\.?|N\.[BPF]\.|NP)"  # not connected, mounted, placed, fitted, nicht bestückt
MARK = re.compile(rf"(?<![A-Za-z0-9])(?:{_WORDS})(?![A-Za-z0-9])", re.I)
_MARK_IN_CAPITALS = re.compile(r"(?<![A-Za-z0-9])(?:DN[PIF]|D\.N\.P\.?)(?![A-Za-z0-9])")
_MARK_ONLY = re.compile(rf"^[(\[<*]?\s*(?:{_WORDS})\s*[)\]>*]?$", re.I)
_ENGLISH = (
    r"(?:\b|_)(?:do[\s_-]*not|don['’]?t)[\s_-]*(?:populate|place|load|install|fit|stuff|mount|assemble|solder)\b"
    r"|\b(?:not|non|un)[\s-]?(?:to\s+be\s+)?(?:populated|placed|loaded|installed|fitted|stuffed|mounted|assembled"
    r"|soldered)\b|\bno[\s_-](?:pop|populate|place|load|stuff|fit|mount|assembly|install)\b"
    r"|\b(?:leave\s+)?unpopulated\b|\bexclude(?:d)?\s+from\s+bom\b"
)
_EUROPEAN = (
    r"\bnicht\s+(?:zu\s+)?(?:be)?(?:stück|stueck|stuck|setz)\w*|\bnicht\s+(?:montier|einbau|verbau|einl[öo]t|platzier)\w*"
    r"|\bunbest(?:ü|ue)ckt\w*|\bohne\s+best(?:ü|ue)ckung\b|\bbleibt\s+frei\b"
    r"|\bne\s+pas\s+(?:monter|placer|implanter|c[âa]bler|souder|[ée]quiper|poser|installer|peupler)\b"
    r"|\bnon[\s-](?:mont|implant|c[âa]bl|plac|[ée]quip|soud|pos|install|peupl)[ée]e?s?\b"
    r"|\b(?:no|n[ãa]o|sin)\s+(?:montar|colocar|poblar|instalar|soldar|ensamblar|popular)\b"
    r"|\b(?:no|n[ãa]o)\s+(?:mont|coloc|pobl|instal|sold|ensambl|popul)ad[oa]s?\b"
    r"|\bnon\s+(?:mont|install|popol|assembl|sald|piazz)(?:are|at[oaie])\b"
    r"|\bnie\s+(?:montowa[ćc]|obsadza[ćc]|lutowa[ćc])|\bneosazovat\b|\bneosazeno\b|\bniet\s+(?:plaatsen|monteren)\b"
    r"|\bej\s+monter\w*|\bikke\s+monter\w*|\bmonte\s+edilme\w*|\bei\s+asenneta\b"
    r"|\bне\s+(?:устан|уст\.|став|монтир|монт\.|пая|запаив|распаив|напаив)\w*|\bбез\s+монтажа\b"
)
_ASIAN = (
    r"不贴|不焊|不装|空贴|不上件|不安装|不插|空焊|不打件|未実装|実装しない|実装不要|非実装|不実装|未搭載|搭載しない"
    r"|取付けない|取り付けない|미실장|미삽|실장\s*안\s*함"
)
PHRASE = re.compile(f"{_ENGLISH}|{_EUROPEAN}|{_ASIAN}", re.I)
_OF_PINS = re.compile(rf"\bpins?\s?\d*[^;]{{0,30}}(?:{_ENGLISH})", re.I)  # of a module, not the module
# Words that say so where they are all that the cell says: `pin 3 not used` is about something else.
_LEFT = (
    r"(?:to\s+be\s+)?(?:leave|left)\s+(?:it\s+|this\s+)?(?:empty|open|blank|off|out|free)|(?:leer|frei)\s*(?:lassen|bleibt)"
    r"|bleibt\s+leer|laisser\s+(?:vide|libre)|dejar\s+(?:vac[ií]o|libre)|lasciare\s+(?:vuoto|libero)|deixar\s+vazio"
    r"|оставить\s+(?:пустым|свободным)|留空|空置"
)
_UNUSED = (
    r"(?:is\s+|currently\s+)?(?:not\s+used|unused)|nicht\s+(?:verwendet|benutzt|genutzt)|unbenutzt"
    r"|(?:non|in)[\s-]?utilis[ée]e?s?|no\s+(?:usad|utilizad)[oa]s?|non\s+(?:usat|utilizzat)[oaie]"
    r"|n[ãa]o\s+(?:usad|utilizad)[oa]s?|не\s+(?:используется|используются|применяется|применяются)"
    r"|不用|不使用|未使用|使用しない|미사용|사용\s*안\s*함"
)
WHOLE = re.compile(rf"(?:^|\| )\W*(?:(?:{_LEFT})(?:[\s,;:.(][^|]{{0,60}})?|(?:{_UNUSED})\W*)(?=$| \|)", re.I)
_NA_VALUE = re.compile(r"^N\.?/?A\.?\s*\((.+)\)$|^NA/(\w.*)$")
_NA_START = re.compile(r"(?:^|\| )N\.?/?A\b.?[(/]")
_SHORT_ONLY = re.compile(rf"^[(\[]?{_SHORT}[)\]]?$", re.I)
_SHORT_VALUE = re.compile(
    rf"^{_SHORT}$|^{_SHORT}\s*[/(]\s*[\d.].*$|^[\d.]\S*(?:\s\S+)?\s*[/(]\s*{_SHORT}\)?$|^[\d.].*\sN\.[CM]\.$", re.I
)
# What a text with a mark holds at least. The expressions above cost far more than looking for these.
_MARK_HINTS = (
    *("dn", "d.n", "nopop", "nofit", "noload", "nostuff", "nomount", "noplace", "unpop"),
    *("na(", "na (", "na/", "n/a", "n.a"),
)
_STEMS = (
    *("popul", "plac", "load", "instal", "fit", "stuff", "mount", "assembl", "solder", "bom", "pop", "setz", "frei"),
    *("mont", "plant", "abl", "âbl", "soud", "quip", "pos", "sold", "coloc", "sald", "piazz", "lut", "obsad", "osaz"),
    *("plaat", "asen", "stück", "stuck", "stueck", "einbau", "verbau", "einl", "peupl", "platz"),
)
_NEGATIONS = (
    *("not ", "not-", "non", "no ", "no_", "no-", "don", "exclu", "nicht", "ohne", "ne ", "nie ", "niet ", "neos"),
    *("ej ", "ei ", "ikke", "edilme", "sin ", "nao ", "não ", "bleibt", "notf", "notp", "noti", "notm", "nots"),
    *("not_", "notl", "nota", "unp", "unm", "unl", "unf", "uns", "una", "uninst", "unbest"),
)
_WHOLE_HINTS = (
    *("leave ", "left empty", "left open", "left blank", "left o", "left free", "not used", "unused", "unbenutzt"),
    *(
        "nicht ver",
        "nicht benutzt",
        "nicht genutzt",
        "lassen",
        "bleibt",
        "utilis",
        "laisser",
        "dejar",
        "deixar",
        "usad",
    ),
    *("usat", "utiliz", "lasciare", "оставить", "использ", "применя", "留空", "空置", "不用", "使用", "사용"),
)
_FOREIGN = ("не ", "без ", "不", "空", "未", "非", "実装", "搭載", "取", "미", "실장")
_ANY_HINT = re.compile("|".join(map(re.escape, (*_MARK_HINTS, *_NEGATIONS, *_WHOLE_HINTS, *_FOREIGN))))
_SHORT_CHARS = 24
_YES = frozenset(
    "x 1 1.0 y yes true ja oui si sí da да wahr vrai vero verdadero sim tak 是 有 はい ✓ ✔ ☑ √ ● ○ ◯ dnp dnf dni "
    "excluded exclude".split()
)
_NO = frozenset(
    "no n 0 0.0 false nein non not nicht нет falsch faux falso ложь nie nej nee não 否 无 無 いいえ × ✗ ✘ unfitted "
    "unpopulated none".split()
)
_DASHES = frozenset({"-", "--", "\u2013", "\u2014"})
_AFFIRMATIVE = _YES - {"dnp", "dnf", "dni", "excluded", "exclude"} | {
    "fitted",
    "populate",
    "populated",
    "mount",
    "placed",
}


def _lowered(text: str) -> str:
    """In small letters, with plain spaces."""
    lowered = text.lower()
    return lowered if lowered.isascii() and lowered.isprintable() else " ".join(lowered.split())


def _has_phrase(text: str, lowered: str) -> bool:
    is_hinted = _holds_any(lowered, _NEGATIONS) and _holds_any(lowered, _STEMS)
    if not is_hinted and not lowered.isascii():
        is_hinted = _holds_any(lowered, _FOREIGN)
    return (is_hinted and bool(PHRASE.search(text))) or _says_only_unused(text, lowered)


def _says_only_unused(text: str, lowered: str) -> bool:
    """Whether a cell says `leave empty`, `not used` and nothing else; also one of several joined by ` | `."""
    return _holds_any(lowered, _WHOLE_HINTS) and bool(WHOLE.search(text))


def _holds_any(lowered: str, hints: tuple[str, ...]) -> bool:
    for hint in hints:  # noqa: SIM110 (any() with a generator takes twice as long; this runs for every row)
        if hint in lowered:
            return True
    return False


@lru_cache(maxsize=8192)
def is_phrase(text: str) -> bool:
    """Whether the text says so in words and nothing else: `Do not populate`."""
    text = clean(text)
    return _has_phrase(text, _lowered(text)) and bool(PHRASE.fullmatch(text.strip("()[] .!")))


def is_marked(text: str) -> bool:
    """Whether the text holds a mark or a phrase, in any place."""
    lowered = _lowered(text)
    return (_holds_any(lowered, _MARK_HINTS) and bool(MARK.search(text))) or _has_phrase(text, lowered)


@lru_cache(maxsize=8192)
def in_own_column(cell: str) -> bool:
    """A cell of a column named DNP, Do not place, …: anything that means yes."""
    text = clean(cell).casefold()
    return text in _YES or is_marked(text)


@lru_cache(maxsize=8192)
def in_fitted_column(cell: str, *, is_yes_no: bool) -> bool:
    """A cell of a column named Fitted, Populate, Assembly, …: a plain no (if the column is one of yes and no)."""
    text = clean(cell)
    return (is_yes_no and is_fitted_no(text)) or is_marked(text)


def is_fitted_no(text: str) -> bool:
    """A cell that says no where others say yes: `no`, `0`, a dash, a cross that is no letter."""
    return text.casefold() in _NO or text in _DASHES


def is_plain_no(text: str) -> bool:
    """A cell that says no in a column of marks: `no`, `0`, a dash, `DNP`, `not fitted`."""
    text = text.casefold()
    return text in _NO or (bool(text) and not any(c.isalnum() for c in text) and text not in _YES) or is_marked(text)


def is_plain_yes(text: str) -> bool:
    """A cell that says yes and nothing else: `x`, `1`, `yes`, `fitted`."""
    return text.casefold() in _AFFIRMATIVE


def may_be_marked(text: str) -> bool:
    """Whether the texts of a row, joined by ` | `, hold any mark at all: the one look most rows need."""
    lowered = _lowered(text)
    if not _ANY_HINT.search(lowered):
        return False
    if _holds_any(lowered, _MARK_HINTS) and (MARK.search(text) or _NA_START.search(text)):
        return True
    return _has_phrase(text, lowered)


def in_value(text: str) -> bool:
    """A value such as `DNP`, `10k DNP`, `NA(100n)`, `do not place`."""
    return is_marked(text) or is_not_assembled(text)


def is_not_assembled(text: str) -> bool:
    """A value such as `NA(10k)`: what would stand there, and that it does not."""
    return bool(_NA_VALUE.match(text))


@lru_cache(maxsize=8192)
def is_abbreviated(value: str) -> bool:
    """A value such as `NC`, `N.C.`, `NM`, `100nF/NC`: abbreviations that mean something else in a longer text."""
    return len(value) <= _SHORT_CHARS and bool(_SHORT_VALUE.match(value))


@lru_cache(maxsize=8192)
def is_abbreviated_note(note: str) -> bool:
    """A note that says `NC`, `N.M.`, `n.b.` and nothing else."""
    return len(note) <= 6 and bool(_SHORT_ONLY.match(note))


def in_part_number(text: str) -> bool:
    """A part number cell that holds nothing but the mark, or the mark in brackets."""
    return bool(_MARK_ONLY.match(text)) or "(DNP)" in text.upper() or _has_phrase(text, _lowered(text))


def in_prose(text: str) -> bool:
    """A note, a description or a section title that says so in words, or one of the usual marks in capitals."""
    has_phrase = _has_phrase(text, _lowered(text)) and not _OF_PINS.search(text)
    return has_phrase or bool(_MARK_IN_CAPITALS.search(text))


def without_mark(value: str) -> str | None:
    """What remains of a value: `NA(100n)` is 100n, `DNP` nothing, anything else itself."""
    if (
        _MARK_ONLY.match(value)
        or PHRASE.fullmatch(value)
        or WHOLE.fullmatch(value)
        or re.fullmatch(_SHORT, value, re.I)
    ):
        return None
    match = _NA_VALUE.match(value)
    return (match[1] or match[2]) if match else value
