# ruff: noqa: RUF001
"""Quantities as people write them: `10`, `2 pcs`, `0,5 m`, `1.000`, `x4`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from workers.imports.cells import clean, halfwidth, is_placeholder

MAX_QUANTITY = Decimal(1_000_000_000)

_QUANTITY = re.compile(
    r"^(?:[x×*]\s*)?([+-]?[0-9][0-9 .,'’]{0,20})\s*"
    r"(?:x|×|(?:pcs|pieces|piece|pc|stuck|stück|stk|st|ea|each|units?|szt|шт|m|mm|cm|ft|in|inch|g|kg|ml|l|pz|uds?|"
    r"pairs?|sets?|个|個|只|本|枚)\.?|\s[a-z]{1,10}\.?)?$",
    re.I,
)
_THOUSANDS_COMMA = re.compile(r"^[0-9]{1,3}(?:,[0-9]{3})+$")
_THOUSANDS_POINT = re.compile(r"^[0-9]{1,3}(?:\.[0-9]{3}){2,}$")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity cell: its number, or the warning code why there is none."""

    amount: Decimal | None = None
    problem: str | None = None


NO_QUANTITY = Quantity()
_SMALL = {str(n): Quantity(Decimal(n)) for n in range(1000)}


def parse_quantity(cell: str, *, is_comma_decimal: bool = False) -> Quantity:
    """The number in a quantity cell. `is_comma_decimal`: `1,000` means one, not a thousand."""
    known = _SMALL.get(cell)
    if known is not None:
        return known
    text = halfwidth(clean(cell))
    if is_placeholder(text):
        return NO_QUANTITY
    match = _QUANTITY.match(text)
    number = _plain(match[1].strip(), is_comma_decimal=is_comma_decimal) if match else None
    if number is None:
        return Quantity(problem="quantity_not_a_number")
    if number < 0:
        return Quantity(problem="quantity_negative")
    return Quantity(number) if number <= MAX_QUANTITY else Quantity(problem="quantity_too_large")


def uses_comma_decimals(cells: Iterable[str]) -> bool:
    """Whether a column writes decimal commas: some cell says `0,5`, or all of several say `1,000`."""
    written = [c for c in (clean(cell) for cell in cells) if c]
    with_comma = [c for c in written if "," in c]
    if any(not _THOUSANDS_COMMA.match(c.split(" ")[0]) and "." not in c for c in with_comma):
        return True
    return len(with_comma) > 1 and len(with_comma) == len(written) and all(c.endswith(",000") for c in with_comma)


def _plain(text: str, *, is_comma_decimal: bool) -> Decimal | None:
    """The decimal of digits with group and decimal marks; None when they make no sense."""
    digits = re.sub(r"[ '’]", "", text)
    if "," in digits and "." in digits:
        mark = max(digits.rfind(","), digits.rfind("."))
        whole = digits[:mark].replace(",", "").replace(".", "")
        digits = f"{whole}.{digits[mark + 1 :]}"
    elif _THOUSANDS_COMMA.match(digits) and not is_comma_decimal:
        digits = digits.replace(",", "")
    elif _THOUSANDS_POINT.match(digits):
        digits = digits.replace(".", "")
    else:
        digits = digits.replace(",", ".")
    if not re.fullmatch(r"[+-]?[0-9]{1,15}\.?[0-9]{0,12}", digits):
        return None
    number = Decimal(digits.rstrip("."))
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()
