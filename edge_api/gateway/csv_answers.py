"""PostgREST's answers as CSV, written by the gateway: PostgREST 12.0 cannot where columns are chosen (ADR 14).

What reaches PostgREST itself is answered by the database's aggregate ``format_csv``, by the same rules.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

MEDIA_TYPE = "text/csv; charset=utf-8"
SCALAR = "pgrst_scalar"
_VENDOR = "application/vnd.pgrst."
_ANSWERABLE = frozenset({"text/csv", "application/json", "application/geo+json", "*/*"})
_QUALITY = re.compile(r";\s*q=([0-9.]+)")
_SKIPPED = r"\x00-\x20\x7f-\xa0\xad\u061c\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
_SIGN = r"[=+@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b-]"
_FIRST = re.compile(rf"[\t\r\n]|[{_SKIPPED}]*{_SIGN}")
_WITHIN = re.compile(rf'([;\t\r\n][{_SKIPPED}"]*)({_SIGN})')
_QUOTED = re.compile(r'[",;\t\r\n]|\A\Z|\A | \Z')
_MAX_DIGITS = 1000


class UnwritableError(Exception):
    """The answer is nothing that a table can show."""


class _Number(float):
    """A number that stays as it was written."""

    text: str

    def __new__(cls, text: str) -> "_Number":
        number = super().__new__(cls, text)
        number.text = text
        return number


def wants_csv(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether CSV is what a request likes best of what PostgREST gives."""
    values = ",".join(value.decode("latin-1") for name, value in headers if name == b"accept")
    kinds = [part.partition(";")[0].strip().lower() for part in sorted(values.split(","), key=_liking)]
    known = (kind for kind in kinds if kind in _ANSWERABLE or kind.startswith(_VENDOR))
    return next(known, "") == "text/csv"


def to_csv(content: bytes) -> bytes:
    """A JSON answer as CSV: a line of names, then a line a row; nothing without rows."""
    try:
        answer = json.loads(content, parse_float=_Number, parse_int=_integer)
        return "\n".join(_lines(answer if isinstance(answer, list) else [answer])).encode()
    except (ValueError, RecursionError) as error:
        raise UnwritableError from error


def escape_formula(cell: str) -> str:
    """What ``private.escape_formula`` does."""
    return ("'" if _FIRST.match(cell) else "") + _WITHIN.sub(r"\1'\2", cell)


def _liking(part: str) -> tuple[float, int]:
    """The best first: by quality, then what is named before what is any."""
    quality = _QUALITY.search(part)
    try:
        return (-float(quality[1]) if quality else -1.0, part.count("*"))
    except ValueError:
        return (0.0, part.count("*"))


def _lines(values: list[Any]) -> Iterator[str]:
    rows = [value if isinstance(value, dict) else {SCALAR: value} for value in values]
    names = list(dict.fromkeys(name for row in rows for name in row))
    if names:
        yield ",".join(_quoted(name) for name in names)
    for row in rows:
        yield ",".join(_cell(row.get(name)) for name in names)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, _Number):
        return value.text
    if isinstance(value, bool | int):
        return json.dumps(value)
    return _quoted(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _quoted(text: str) -> str:
    cell = escape_formula(text)
    return '"' + cell.replace('"', '""') + '"' if _QUOTED.search(text) else cell


def _integer(text: str) -> int | _Number:
    return int(text) if len(text) <= _MAX_DIGITS else _Number(text)
