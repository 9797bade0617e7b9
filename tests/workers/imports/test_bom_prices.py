# ruff: noqa: RUF001
"""Prices as people write them, always per piece."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.imports import ParsedLine
from workers.imports.columns.layout import Layout
from workers.imports.lines.prices import parse_price
from workers.imports.lines.reader import LineReader

HEADER = ["Ref", "Qty", "MPN", "Price"]


def lines(prices: list[str], currency: str | None = None, header: list[str] = HEADER) -> list[ParsedLine]:
    layout = Layout(header, {"references": 0, "quantity": 1, "mpn": 2, "unit_price": 3}, currency=currency)
    reader = LineReader(layout, header, 1000)
    for number, price in enumerate(prices, start=2):
        reader.read([f"R{number}", "1", "RC0603FR-0710KL", price], number)
    return list(reader.finish())


@pytest.mark.parametrize(
    ("written", "amount", "currency"),
    [
        ("0.12", "0.12", None),
        ("$0.12", "0.12", "USD"),
        ("US$ 1.20", "1.2", "USD"),
        ("0,12 €", "0.12", "EUR"),
        ("€ 0,679", "0.679", "EUR"),
        ("$2,000.0000", "2000", "USD"),
        ("1.234,50 EUR", "1234.5", "EUR"),
        ("1'234.50 CHF", "1234.5", "CHF"),
        ("12.50 CHF/100", "0.125", "CHF"),
        ("EUR 12 / 100 Stk", "0.12", "EUR"),
        ("5.00 per 1000", "0.005", None),
        ("4 USD/k", "0.004", "USD"),
        ("CHF 0.5 pro 10", "0.05", "CHF"),
        ("$0.10 /pc", "0.1", "USD"),
        ("£1", "1", "GBP"),
        ("12,5 руб.", "12.5", "RUB"),
        ("¥3", "3", "JPY"),
        ("￥1.2", "1.2", "JPY"),
        ("0.5元", "0.5", "CNY"),
        ("RMB 2", "2", "CNY"),
        ("10円", "10", "JPY"),
        ("3 zł", "3", "PLN"),
        ("kr 5", "5", None),
        ("$.05", "0.05", "USD"),
        ("0", "0", None),
    ],
)
def test_prices(written: str, amount: str, currency: str | None) -> None:
    price = parse_price(written)
    assert (price.amount, price.currency, price.is_readable) == (Decimal(amount), currency, True)


@pytest.mark.parametrize("written", ["call", "free", "-1", "0.1-0.2", "1: 0.12, 10: 0.10", "3 boxes", "1e400", "EUR"])
def test_nonsense_is_no_price(written: str) -> None:
    price = parse_price(written)
    assert (price.amount, price.is_readable) == (None, False)


def test_an_empty_price_is_no_problem() -> None:
    assert [(line.unit_price, line.currency, line.warnings) for line in lines(["", "n/a", "-"], "EUR")] == (
        [(None, None, [])] * 3
    )


def test_a_price_that_is_none_is_warned_about() -> None:
    (line,) = lines(["ask us"])
    assert (line.unit_price, [(w.code, w.field, w.severity) for w in line.warnings]) == (
        None,
        [("price_not_a_number", "unit_price", "warning")],
    )
    assert line.warnings[0].message == "Row 2, column 'Price': the price 'ask us' is not a number."


def test_the_column_names_the_currency_unless_the_cell_does() -> None:
    found = [(line.unit_price, line.currency) for line in lines(["1.5", "$2", "3 €"], "CHF")]
    assert found == [(Decimal("1.5"), "CHF"), (Decimal(2), "USD"), (Decimal(3), "EUR")]
    assert [line.currency for line in lines(["$2", "2"], "CAD")] == ["CAD", "CAD"]
    assert [line.currency for line in lines(["¥2", "2"], "CNY")] == ["CNY", "CNY"]


def test_the_language_of_the_header_tells_yuan_from_yen() -> None:
    assert lines(["¥2"], header=["位号", "数量", "型号", "单价"])[0].currency == "CNY"
    assert lines(["¥2"], header=["リファレンス", "数量", "型番", "単価"])[0].currency == "JPY"


def test_decimal_marks_are_decided_for_the_column() -> None:
    assert [line.unit_price for line in lines(["0,5", "1.234", "12"])] == [Decimal("0.5"), Decimal(1234), Decimal(12)]
    assert [line.unit_price for line in lines(["0.5", "1,234", "1.234"])] == (
        [Decimal("0.5"), Decimal(1234), Decimal("1.234")]
    )


@given(st.text(alphabet="0123456789.,'’ -+$€¥£/kM%EURCHpcs元", max_size=24) | st.text(max_size=40), st.booleans())
def test_no_cell_crashes(cell: str, is_comma_decimal: bool) -> None:
    price = parse_price(cell, is_comma_decimal=is_comma_decimal)
    assert price.amount is None or (price.is_readable and price.amount >= 0 and price.amount.is_finite())
