# ruff: noqa: RUF001
"""Prices as people write them: `$0.12`, `0,12 €`, `US$ 1.20`, `12.50 CHF/100`, `¥3`. Always per piece."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from workers.imports.cells import clean, halfwidth, is_placeholder
from workers.imports.lines.decimals import DIGITS, read_decimal

MAX_PRICE = Decimal(1_000_000_000)
_PLACES = Decimal("0.000000000001")

_SIGNS_OF = {
    "USD": "$ US$ USD$ $US DOLLAR DOLLARS",
    "EUR": "€ EURO EUROS",
    "GBP": "£",
    "AUD": "A$ AU$",
    "CAD": "C$ CA$",
    "HKD": "HK$",
    "TWD": "NT$ NTD",
    "SGD": "S$",
    "NZD": "NZ$",
    "BRL": "R$",
    "MXN": "MX$",
    "JPY": "JP¥ YEN 円",
    "CNY": "CN¥ RMB 元 人民币",
    "RUB": "₽ РУБ Р RUR",
    "PLN": "ZŁ",
    "CZK": "KČ",
    "INR": "₹ RS",
    "KRW": "₩ 원",
    "CHF": "FR SFR",
    "HUF": "FT",
    "TRY": "₺ TL",
    "THB": "฿",
    "ILS": "₪",
    "RON": "LEI",
    "UAH": "₴ ГРН",
    "": "¥ KR",
}
_SIGNS = {sign: code for code, signs in _SIGNS_OF.items() for sign in signs.split()}
_OTHER_CODES = "SEK NOK DKK ZAR BGN ISK MYR IDR PHP VND AED SAR"
_CODES = frozenset([code for code in _SIGNS_OF if code] + _OTHER_CODES.split())
_DOLLARS = frozenset({"USD", "AUD", "CAD", "HKD", "TWD", "SGD", "NZD", "MXN"})
_SIGN = r"(?:[A-Z]{1,3}\$|\$US|\$|€|£|¥|₽|₹|₩|₺|฿|₪|₴|CN¥|JP¥|人民币|[^\W\d_]{1,7}\.?)"
_PER = re.compile(
    r"\s*(?:/|\bper\b|\bpro\b|\bje\b|\bpar\b|\bpor\b|\bза\b|\ball[ea]?\b|\bfor\b|@)\s*"
    r"(?:([0-9]{1,7}|[0-9]{1,3}[.,' ][0-9]{3})?\s*(k|m|mille|thousand|hundred|tausend|hundert|тыс|c)?"
    r"\s*\.?\s*(?:pcs?|pieces?|ea|each|units?|stk|stück|st|pi[eè]ces?|pz|uds?|шт|个|個)?\.?)$",
    re.I,
)
_PRICE = re.compile(rf"^({_SIGN})?\s*({DIGITS})\s*({_SIGN})?$", re.I)
_WORDS = {"k": 1000, "mille": 1000, "m": 1000, "thousand": 1000, "tausend": 1000, "тыс": 1000, "hundred": 100}
_WORDS |= {"hundert": 100, "c": 100}


@dataclass(frozen=True, slots=True)
class Price:
    """The price of one piece. `is_readable` False: the cell holds something, but no price."""

    amount: Decimal | None = None
    currency: str | None = None
    is_readable: bool = True


NO_PRICE = Price()
_UNREADABLE = Price(is_readable=False)


@lru_cache(maxsize=8192)
def parse_price(cell: str, *, is_comma_decimal: bool = False, currency: str | None = None, yen: str = "JPY") -> Price:
    """The price in a cell; `currency` is what the column says, `yen` the currency of a bare `¥`."""
    text = halfwidth(clean(cell))
    if is_placeholder(text):
        return NO_PRICE
    count = 1
    if match := _PER.search(text):
        count = _count(match)
        text = text[: match.start()]
    match = _PRICE.match(text.strip())
    amount = read_decimal(match[2].strip(), is_comma_decimal=is_comma_decimal) if match else None
    if match is None or amount is None or not 0 <= amount <= MAX_PRICE:
        return _UNREADABLE
    sign = match[1] or match[3]
    found = _currency(sign, currency, yen) if sign else currency
    if found is None and sign and not _is_sign(sign):
        return _UNREADABLE  # `3 boxes`
    return Price(_per_piece(amount, count), found)


def _count(match: re.Match[str]) -> int:
    number = int(re.sub(r"\D", "", match[1])) if match[1] else 1
    return max(1, number) * _WORDS.get((match[2] or "").casefold(), 1)


def _per_piece(amount: Decimal, count: int) -> Decimal:
    if count == 1:
        return amount
    each = (amount / count).quantize(_PLACES).normalize()
    return each.quantize(Decimal(1)) if each == each.to_integral_value() else each


def _is_sign(sign: str) -> bool:
    text = sign.upper().rstrip(".")
    return text in _CODES or text in _SIGNS


def _currency(sign: str, column: str | None, yen: str) -> str | None:
    """A sign that several currencies share (`$`, `¥`, `kr`) is the column's where that is one of them."""
    text = sign.upper().rstrip(".")
    if text in _CODES:
        return text
    if text == "$" and column in _DOLLARS:
        return column
    if text == "¥":
        return column if column in {"CNY", "JPY"} else yen
    return _SIGNS.get(text) or column
