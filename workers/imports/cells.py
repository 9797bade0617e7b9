# ruff: noqa: RUF001, SIM905
"""Single cells: cleaning what cannot be seen, placeholders, and the looks of a part number or an order number."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

SHORT_TEXT = 200
LONG_TEXT = 2000

# Controls (but for white space), soft hyphen, zero-width and bidi marks, byte order mark, lone surrogates.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff]"
)
_SPACES = re.compile(r"\s+")
_ESCAPED_SEPARATOR = re.compile(r"\\([,;])")
_ANY_ALNUM = re.compile(r"[^\W_]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

PLACEHOLDERS = frozenset(
    """- -- --- – — ~ ? ?? ??? . .. ... * / \\ x n/a n.a. n.a na n/a. n\\a nan none null nil any tbd tba tbc t.b.d.
    todo unknown undefined unspecified k.a. k.a entfällt keine keiner beliebig aucun aucune ninguno ninguna cualquiera
    nessuno n/d s/n val** value** #n/a #n/a! #ref! #value! #name? #null! (none) <none> [none] (null) <null>
    无 暂无 なし""".split()
) | {"leave empty", "leave blank", "not applicable", "not available", "not specified", "no part number"}
_LONGEST_PLACEHOLDER = max(map(len, PLACEHOLDERS))

_VALUE_LIKE = re.compile(
    r"^[<>~±]?\s*\d+(?:[.,]\d+)?\s*(?:[pnuµμmkKMGRrΩ%]|k?ohms?)?\s*(?:F|H|Hz|V|A|W|R|Ω|ohms?|mm|%)?(?:\s|/|$)",
    re.I,
)
_SKU = re.compile(r"^[\w\-./+#()&*,:=]+(?: [\w\-./+#()&*,:=]+)?$")
_PLAIN_SKU = re.compile(r"^(?!www\.)(?=[^0-9]*[0-9])[A-Za-z0-9][A-Za-z0-9_.+#/-]{3,59}$")
_ALTERNATIVES = re.compile(r"\s+or\s+|\s*[;|]\s*|,\s+", re.I)
_EXPONENT = re.compile(r"^\d(?:[.,]\d+)?E\+\d{1,3}$")
_URL = re.compile(r"^(?:https?:|ftp:|www\.)|://", re.I)


def storable(text: str) -> str:
    """The cell as it was written, without what a database cannot store (NUL, halves of surrogate pairs)."""
    return _UNSTORABLE.sub("", text) if _UNSTORABLE.search(text) else text


def has_invisible(text: str) -> bool:
    """Whether the cell holds control, zero-width or direction marks."""
    return bool(_INVISIBLE.search(text))


def clean(text: str) -> str:
    """The cell without invisible characters, white space collapsed and trimmed."""
    if text.isascii() and text.isprintable():
        text = text.strip()
        return _SPACES.sub(" ", text) if "  " in text else text
    return _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()


def clean_lines(text: str) -> str:
    """Like `clean`, with its line breaks kept, for what is listed in a cell."""
    if "\n" not in text and "\r" not in text:
        return clean(text)
    return "\n".join(line for line in map(clean, text.splitlines()) if line)


def is_placeholder(text: str) -> bool:
    """Whether a cleaned cell says nothing: empty, a dash, `n/a`, `Any`, `TBD` and the like."""
    if len(text) >= 30:
        return False
    if text[:1].isalnum():
        return len(text) <= _LONGEST_PLACEHOLDER and text.casefold() in PLACEHOLDERS
    return not text or text.casefold() in PLACEHOLDERS or not _ANY_ALNUM.search(text)


def understood(text: str, limit: int = SHORT_TEXT) -> str | None:
    """The meaning of a text cell: cleaned, at most `limit` characters, None for a placeholder."""
    text = clean(text)
    if is_placeholder(text):
        return None
    return text[:limit].rstrip() if len(text) > limit else text


understood_often = lru_cache(maxsize=16384)(understood)
"""`understood` for columns that say the same in many rows: makers, packages, values."""


def part_number(text: str) -> str | None:
    """A part number cell: like `understood`, and without the backslash some tools put before a comma."""
    cleaned = understood(text)
    return _ESCAPED_SEPARATOR.sub(r"\1", cleaned) if cleaned else None


@lru_cache(maxsize=8192)
def is_part_number_like(text: str) -> bool:
    """Whether the text looks like a part number rather than a word, a value or a sentence."""
    if not 4 <= len(text) <= 60 or text.count(" ") > 1 or _VALUE_LIKE.match(text) or _URL.search(text):
        return False
    digits = sum(c.isdecimal() for c in text)
    return digits >= 6 or (digits >= 1 and any(c.isalpha() for c in text))


def repaired_number(text: str) -> tuple[str, str | None]:
    """A number that a spreadsheet took for a measure: `1234567.0` without its end, `1.23457E+11` as it is; and why."""
    if text[-2:] in {".0", ",0"} and text[:-2].isdecimal() and len(text) > 4:
        return text[:-2], "number_as_float"
    return text, "number_as_exponent" if "E+" in text and _EXPONENT.match(text) else None


def is_url(text: str) -> bool:
    """Whether the text is a web address."""
    return bool(_URL.search(text))


def order_number(text: str) -> str | None:
    """A distributor's number: the first of several, None for web addresses and remarks."""
    if _PLAIN_SKU.match(text):
        return text
    cleaned = understood(text)
    if cleaned is None or is_url(cleaned):
        return None
    for part in _ALTERNATIVES.split(cleaned):
        if len(part) <= 60 and any(c.isdecimal() for c in part) and _SKU.match(part) and not is_placeholder(part):
            return part
    return None


def is_number(text: str) -> bool:
    """Whether the cell is a plain number (`12`, `1.5`, `0,1`)."""
    text = text.strip()
    if text.isdecimal():
        return True
    return bool(text) and text.replace(".", "", 1).replace(",", "", 1).isdecimal()


def halfwidth(text: str) -> str:
    """Full-width letters, digits and signs as their ordinary forms."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)
