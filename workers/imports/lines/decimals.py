# ruff: noqa: RUF001
"""Numbers with group and decimal marks: `1,234.5`, `1.234,5`, `0,5`, `1 000`, `1'000`, `1.5E+03`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

DIGITS = r"[+-]?(?:[0-9][0-9 .,'’]{0,30}|[.,][0-9]{1,12})"

_THOUSANDS_COMMA = re.compile(r"^[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+$")
_THOUSANDS_POINT = re.compile(r"^[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+$")
_GROUPS = re.compile(r"(?<=[0-9])[ '’](?=[0-9]{3}(?![0-9]))")
_PLAIN = re.compile(r"^[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})$")
_EXPONENT = re.compile(r"^[0-9](?:[.,][0-9]{1,12})?E[+-]?[0-9]{1,2}$", re.I)
_NUMBER = re.compile(DIGITS)
_MAX_DIGITS = 20


def read_decimal(text: str, *, is_comma_decimal: bool = False) -> Decimal | None:
    """The number, None when the marks make no sense. `is_comma_decimal`: `1,000` is one and `1.000` a thousand."""
    if text.isdecimal() and text.isascii() and len(text) <= 15:
        return Decimal(text)
    if _EXPONENT.match(text):
        return _tidy(Decimal(text.replace(",", ".")))
    digits = _GROUPS.sub("", text.strip())
    if "," in digits and "." in digits:
        mark = max(digits.rfind(","), digits.rfind("."))
        digits = f"{digits[:mark].replace(',', '').replace('.', '')}.{digits[mark + 1 :]}"
    elif "," in digits:
        is_grouped = _THOUSANDS_COMMA.match(digits) and (not is_comma_decimal or digits.count(",") > 1)
        digits = digits.replace(",", "" if is_grouped else ".")
    elif _THOUSANDS_POINT.match(digits) and (digits.count(".") > 1 or is_comma_decimal):
        digits = digits.replace(".", "")
    return _tidy(Decimal(digits)) if _PLAIN.match(digits) and digits not in "+-" else None


def has_decimal_comma(numbers: Iterable[str]) -> bool:
    """Whether a column writes decimal commas: some cell can be read in no other way, and none with a decimal point."""
    commas = points = 0
    for text in numbers:
        match = _NUMBER.search(text)
        digits = match[0].rstrip(" .,'’") if match else ""
        if "," in digits and digits.rfind(",") > digits.rfind("."):
            commas += not _THOUSANDS_COMMA.match(digits.replace(".", ""))
        elif "." in digits:
            points += not _THOUSANDS_POINT.match(digits.replace(",", ""))
    return commas > points


def _tidy(number: Decimal) -> Decimal:
    """Without zeros at the end and, below what anybody counts to, without an exponent."""
    is_whole = number == number.to_integral_value() and number.adjusted() < _MAX_DIGITS
    return number.quantize(Decimal(1)) if is_whole else number.normalize()
