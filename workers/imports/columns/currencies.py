# ruff: noqa: RUF001
"""The currency that the header of a price column names."""

from __future__ import annotations

import re

_CODE = re.compile(
    r"(?<![A-Za-z])(USD|EUR|GBP|CHF|JPY|CNY|RMB|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|RON|BGN|TRY|RUB|RUR|UAH|INR|KRW|TWD|"
    r"NTD|HKD|SGD|BRL|MXN|ZAR|ILS|THB|MYR|IDR|VND|AED|SAR)(?![A-Za-z])",
    re.I,
)
_OLD_CODES = {"RMB": "CNY", "RUR": "RUB", "NTD": "TWD"}
# The longer signs first: `$` alone is the dollar of the United States.
_SIGNS = (
    *(("US$", "USD"), ("NT$", "TWD"), ("HK$", "HKD"), ("C$", "CAD"), ("A$", "AUD"), ("S$", "SGD"), ("R$", "BRL")),
    *(("$", "USD"), ("€", "EUR"), ("£", "GBP"), ("₽", "RUB"), ("₩", "KRW"), ("₹", "INR"), ("₺", "TRY"), ("₴", "UAH")),
    *(("zł", "PLN"), ("kč", "CZK"), ("円", "JPY"), ("元", "CNY"), ("원", "KRW"), ("руб", "RUB"), ("euro", "EUR")),
    ("dollar", "USD"),
)
_YEN_OR_YUAN = re.compile("[¥￥]")


def currency_of(header: str) -> str | None:
    """The ISO 4217 code of the currency in a header like `Unit Price (EUR)`, `Preis €`, `单价(元)`; None without."""
    if match := _CODE.search(header):
        code = match[1].upper()
        return _OLD_CODES.get(code, code)
    text = header.casefold()
    for sign, code in _SIGNS:
        if sign.casefold() in text:
            return code
    if _YEN_OR_YUAN.search(header):
        return "CNY" if "价" in header else "JPY" if "価" in header else None
    return None
