"""Quantities as people write them."""

from decimal import Decimal

import pytest

from workers.imports.quantities import parse_quantity, uses_comma_decimals


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("3", "3"),
        (" 12 ", "12"),
        ("1.0", "1"),
        ("0.1", "0.1"),
        ("0,5", "0.5"),
        ("1,5", "1.5"),
        ("1,000", "1000"),
        ("1.000.000", "1000000"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("10 pcs", "10"),
        ("2x", "2"),
        ("x4", "4"),
        ("3 Stk.", "3"),
        ("0.1 m", "0.1"),
        ("０", "0"),  # noqa: RUF001
        ("0", "0"),
        ("1 000", "1000"),
    ],
)
def test_numbers(written: str, amount: str) -> None:
    assert parse_quantity(written).amount == Decimal(amount)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("as needed", "quantity_not_a_number"),
        ("1/2", "quantity_not_a_number"),
        ("1e309", "quantity_not_a_number"),
        ("NaN5", "quantity_not_a_number"),
        ("infinity", "quantity_not_a_number"),
        ("-3", "quantity_negative"),
        ("99999999999", "quantity_too_large"),
        ("", None),
        ("-", None),
        ("nan", None),
    ],
)
def test_no_numbers(written: str, problem: str | None) -> None:
    quantity = parse_quantity(written)
    assert (quantity.amount, quantity.problem) == (None, problem)


def test_the_column_tells_what_a_comma_means() -> None:
    assert uses_comma_decimals(["1,000", "2,000", "15,000"])
    assert uses_comma_decimals(["1", "0,5", "1,000"])
    assert not uses_comma_decimals(["1,000", "25", "3"])
    assert parse_quantity("1,000", is_comma_decimal=True).amount == Decimal(1)
