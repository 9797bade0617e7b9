# ruff: noqa: RUF001
"""How well a text reads that was decoded in a code page: letters of one language, signs where they belong."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from itertools import pairwise

from workers.imports.reading.letters import (
    HANGUL,
    KANJI,
    LATIN,
    LATIN_SURROUNDINGS,
    RUSSIAN,
    RUSSIAN_PAIRS,
    SIMPLIFIED,
    TRADITIONAL,
)

# Code page → how its texts are judged, and how much less likely than others it is from the start.
FAMILIES = {
    "utf-8": ("any", 0.0),
    "cp1252": ("latin", 0.0),
    "cp1251": ("cyrillic", 0.05),
    "gb18030": ("simplified", 0.05),
    "cp932": ("japanese", 0.05),
    "cp1250": ("latin", 0.1),
    "big5hkscs": ("traditional", 0.1),
    "cp949": ("korean", 0.1),
    "euc_jp": ("japanese", 0.15),
    "koi8_r": ("cyrillic", 0.15),
    "cp866": ("cyrillic", 0.2),
    "mac_roman": ("latin", 0.2),
    "cp1254": ("latin", 0.2),
    "iso8859_2": ("latin", 0.2),
    "cp850": ("latin", 0.25),
}
# The common characters, the character set of the language, and its first bytes of common, and of known characters.
_IDEOGRAPHS = {
    "simplified": (SIMPLIFIED, "gb2312", (0xB0, 0xD7), (0xD8, 0xF7)),
    "traditional": (TRADITIONAL, "big5", (0xA4, 0xC6), (0xC9, 0xF9)),
    "japanese": (KANJI, "cp932", (0x88, 0x97), (0x98, 0xEA)),
    "korean": (HANGUL, "euc_kr", (0xB0, 0xC8), (0xCA, 0xFD)),
}
_BEYOND = re.compile("[^\x00-\x7f]")
_CYRILLIC_WORD = re.compile("[\u0400-\u045f\u0490\u0491]+")
_EDGE = r"[\s,;|\"'()/\[\]<>=:+*~_-]"
_NUMBER_EDGE = rf"(?:\d|{_EDGE})"

# Sign → what stands about it where it is meant, what that is worth, and what the sign is worth elsewhere.
_SIGNS = {
    "µμ": (rf"{_NUMBER_EDGE}.(?:[A-Za-zΩΩ]|{_EDGE})", 1.0, -0.6),
    "°": (rf"(?:{_NUMBER_EDGE}.(?:[CFKcf]|{_EDGE}))|[nN].", 1.0, -0.6),
    "℃": (rf"{_NUMBER_EDGE}.", 0.8, -0.6),
    "±": (rf"(?:[\d%VAF]|{_EDGE}).[\d.\s]", 1.0, -0.6),
    "ΩΩ": (r"[\dkKMmGgR\sµμ].", 0.9, -0.6),
    "²³": (r"[A-Za-z\d].[^a-z]", 1.0, -0.6),
    "½¼¾": (rf"{_NUMBER_EDGE}.(?:[\"”″]|{_EDGE})", 0.9, -0.8),
    "×": (r"[\d\s].[\d\s]", 0.8, -0.5),
    "®™©": (rf"[A-Za-z\d].(?:{_EDGE}|\.)", 0.4, -0.4),
    "\u00a0": (r"..", 0.0, 0.0),
    "–—": (rf"(?:{_NUMBER_EDGE}.{_NUMBER_EDGE})|[A-Z\d].[A-Z\d]", 0.4, -0.5),
    "’": (r"(?:[a-zA-Z].[a-zéèêà])|(?:[\da-z].\s)", 0.5, -0.5),
    "‘“„‚«": (rf"{_EDGE}.\w", 0.3, -0.7),
    "”»": (rf"[\w.].{_EDGE}", 0.3, -0.7),
    "…": (rf"\w.{_EDGE}", 0.2, -0.5),
    "•·": (rf"{_EDGE}.{_EDGE}", 0.2, -0.4),
    "€£¥": (rf"{_NUMBER_EDGE}.{_NUMBER_EDGE}", 0.4, -0.6),
    "ºª": (r"[nN\d].", 1.0, -0.4),
    "¿¡": (rf"{_EDGE}.\w", 0.2, -0.8),
    "§": (rf"{_EDGE}.", 0.0, -0.8),
    "≤≥≈∆√π": (rf"{_NUMBER_EDGE}.{_NUMBER_EDGE}", 0.2, -0.8),
    "№": (rf"{_EDGE}.(?:[\d\s]|{_EDGE})", 0.8, -0.4),
    "。、，；：（）％＋－／〜～　・ー「」『』【】《》＃": (r"", 0.5, 0.5),
}
_SIGN = {sign: (re.compile(about, re.S), good, bad) for signs, (about, good, bad) in _SIGNS.items() for sign in signs}
_DIAMETER = re.compile(rf"{_EDGE}.[\d\s]")
_UNREADABLE = -3.0


def plausibility(text: str, codec: str, high_bytes: int) -> float:
    """How well the text reads, from about -3 to 1, for each of its bytes beyond ASCII (`high_bytes`)."""
    family, handicap = FAMILIES[codec]
    total = 0.0
    latin: Counter[str] = Counter()
    for match in _BEYOND.finditer(text):
        at = match.start()
        char = text[at]
        window = f"{text[at - 1] if at else ' '}{char}{text[at + 1 : at + 2] or ' '}"
        if is_latin(char):
            latin[char] += 1
            total += _letter_in_place(char, window) * _bytes_of(char, codec)
        else:
            total += _score(char, window, family) * _bytes_of(char, codec)
    if family in {"cyrillic", "any"}:
        total += sum(_cyrillic_word(match[0], _about(text, match)) for match in _CYRILLIC_WORD.finditer(text))
    return (total + _best_language(latin, family)) / max(high_bytes, 1) - handicap


def script_of(char: str) -> str:
    """`latin`, `cyrillic`, `greek` or `sign` for what texts in such languages have, nothing for anything else."""
    if char in _SIGN:
        return "sign"
    if any(char in weights for weights in LATIN.values()):
        return "latin"
    if char.lower() in RUSSIAN:
        return "cyrillic"
    return "greek" if "\u03b1" <= char.lower() <= "\u03c9" else ""


def is_latin(char: str) -> bool:
    """Whether the character is an accented Latin letter (the micro and ordinal signs are none)."""
    return "\u00c0" <= char <= "\u021b" and char.isalpha()


def _best_language(letters: Counter[str], family: str) -> float:
    """What the letters are worth in the language they fit best, each text being in one."""
    if family == "cyrillic":
        return -0.5 * letters.total()
    if family in _IDEOGRAPHS:  # two or three bytes each, in their own row of the character set: hardly by chance
        return 0.4 * letters.total()
    return max(sum(n * weights.get(c, -0.5) for c, n in letters.items()) for weights in LATIN.values())


def _letter_in_place(char: str, window: str) -> float:
    """What speaks for an accented letter where it stands (`Würth`), and against it (`10æF`, `RepČre`, `STüCK`)."""
    before, after = window[0], window[-1]
    if char in "øØ" and _DIAMETER.match(window):
        return 0.5
    if before.isdecimal():
        return -1.0
    start, end = before if before.isalpha() else "^", after if after.isalpha() else "$"
    if f"{start}{char}{end}".lower() in LATIN_SURROUNDINGS:
        return 0.5 if not char.isupper() or start == "^" or before.isupper() else -0.3
    is_odd = before.islower() if char.isupper() else after.isupper()
    strange = sum(1 for c in (before, after) if c > "\x7f")
    alone = not before.isalpha() and not after.isalpha()
    return -0.8 * is_odd - 0.25 * strange - 0.5 * alone


def _score(char: str, window: str, family: str) -> float:
    if sign := _SIGN.get(char):
        about, good, bad = sign
        return good if about.match(window) else bad
    kind = unicodedata.category(char)
    if char == "\ufffd" or kind in {"Cc", "Cn", "Co", "Cs"}:
        return _UNREADABLE
    if "\u0400" <= char <= "\u04ff":
        return _cyrillic(char) if family in {"cyrillic", "any"} or _is_in_word(window) else -0.6
    if family in _IDEOGRAPHS:
        return _east_asian(char, window, family)
    return -0.8


def _is_in_word(window: str) -> bool:
    return any("\u0400" <= c <= "\u04ff" for c in (window[0], window[-1]))


def _cyrillic(char: str) -> float:
    return RUSSIAN.get(char.lower(), 0.3 if char.lower() in "іїєґў" else -0.5)


def _about(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1]


def _cyrillic_word(word: str, about: str) -> float:
    """What pairs of letters as in Russian add, and Latin letters (`Wьrth`) and odd cases (`лЕРЙЮ`) take away."""
    if any(c.isascii() and c.isalpha() for c in about):
        return -1.0 - len(word)
    if len(word) == 1:
        return -0.8
    padded = f"^{word.lower()}$"
    known = sum(0.3 if a + b in RUSSIAN_PAIRS else -0.6 for a, b in pairwise(padded))
    if word.islower() or word.isupper() or word[1:].islower() or len(word) <= 3:
        return known
    return known - sum(1 for a, b in pairwise(word) if a.islower() and b.isupper()) - 0.5


def _east_asian(char: str, window: str, family: str) -> float:
    torn = sum(1 for c in (window[0], window[-1]) if "a" <= c <= "z")  # in the middle of a Latin word
    if "\uff61" <= char <= "\uff9f":
        is_run = any("\uff61" <= c <= "\uff9f" for c in (window[0], window[-1]))
        return 0.4 - 0.6 * torn if is_run and family == "japanese" else -1.0
    if "\u3041" <= char <= "\u30ff":
        return 1.0 if family == "japanese" else -0.4
    if "\uff01" <= char <= "\uff5e":
        return 0.4
    return _ideograph(char, family) - 0.35 * torn


@lru_cache(maxsize=8192)
def _ideograph(char: str, family: str) -> float:
    common, codec, usual, known = _IDEOGRAPHS[family]
    if char in common:
        return 1.0
    if family == "korean" and not "\uac00" <= char <= "\ud7a3":
        return -0.7
    lead = (char.encode(codec, "ignore") or b"\x00")[0]
    if usual[0] <= lead <= usual[1]:
        return 0.1
    return -0.5 if known[0] <= lead <= known[1] else -0.8


@lru_cache(maxsize=16384)
def _bytes_of(char: str, codec: str) -> int:
    return max(1, sum(1 for byte in char.encode(codec, "replace") if byte > 0x7F))
