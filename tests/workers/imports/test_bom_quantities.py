# ruff: noqa: RUF001
"""Quantities and units as people write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.imports.lines.decimals import has_decimal_comma, read_decimal
from workers.imports.lines.quantities import MAX_QUANTITY, Quantity, parse_quantity, uses_comma_decimals
from workers.imports.lines.units import canonical_unit
from workers.imports.parser import parse_bytes


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
        ("０", "0"),
        ("0", "0"),
        ("1 000", "1000"),
        ("1'000", "1000"),
        ("1.00E+03", "1000"),
        ("'7", "7"),
        ("~2m", "2"),
        ("ca. 5", "5"),
        ("1 (DNF)", "1"),
        ("2 DNP", "2"),
        ("3 (one spare)", "3"),
        ("10 per board", "10"),
        ("12 pcs/board", "12"),
        ("Qty: 4", "4"),
    ],
)
def test_numbers(written: str, amount: str) -> None:
    assert parse_quantity(written).amount == Decimal(amount)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("as soon as possible", "quantity_not_a_number"),
        ("1/2", "quantity_not_a_number"),
        ("1e309", "quantity_not_a_number"),
        ("NaN5", "quantity_not_a_number"),
        ("infinity", "quantity_not_a_number"),
        ("4k7", "quantity_not_a_number"),
        ("10nF", "quantity_not_a_number"),
        ("2 x 3", "quantity_not_a_number"),
        ("١", "quantity_not_a_number"),
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


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("2", None),
        ("2x", None),
        ("2 R", None),
        ("2 pcs", "pcs"),
        ("2 Stück", "pcs"),
        ("2шт.", "pcs"),
        ("2 pièces", "pcs"),
        ("2 uds", "pcs"),
        ("2个", "pcs"),
        ("2 本", "pcs"),
        ("0,5 m", "m"),
        ("0.5 Meter", "m"),
        ("30cm", "cm"),
        ('12"', "in"),
        ("10 ft", "ft"),
        ("1,5 kg", "kg"),
        ("1 Paar", "pair"),
        ("1 Satz", "set"),
        ("1 rouleau", "roll"),
        ("1 卷", "roll"),
    ],
)
def test_units_beside_the_number(written: str, unit: str | None) -> None:
    assert parse_quantity(written).unit == unit


def test_units_in_a_column_of_their_own() -> None:
    assert [canonical_unit(text) for text in ("ST", "EA", "Stk.", "шт", "M", "mtr", "KG", "Satz", "each")] == (
        ["pcs", "pcs", "pcs", "pcs", "m", "m", "kg", "set", "pcs"]
    )
    assert canonical_unit("drum") == "drum"
    assert [canonical_unit(text) for text in ("", "-", "12", "n/a")] == [None] * 4
    assert canonical_unit("x" * 500) == "x" * 20


def test_the_column_tells_what_a_comma_means() -> None:
    assert uses_comma_decimals(["1,000", "2,000", "15,000"])
    assert uses_comma_decimals(["1", "0,5", "1,000"])
    assert not uses_comma_decimals(["1,000", "25", "3"])
    assert parse_quantity("1,000", is_comma_decimal=True).amount == Decimal(1)


def test_prices_tell_what_a_comma_means() -> None:
    assert has_decimal_comma(["0,12 €", "1.234,50 €", "2"])
    assert has_decimal_comma(["€ 0,679"])
    assert not has_decimal_comma(["0.12", "1,234.50", "1,200"])
    assert not has_decimal_comma(["1,234", "12"])
    assert read_decimal("1.234", is_comma_decimal=True) == 1234
    assert read_decimal("1.234") == Decimal("1.234")


@given(st.text(alphabet="0123456789.,'’ -+eExm×()DNP/\"１", max_size=24) | st.text(max_size=30), st.booleans())
def test_no_cell_crashes(cell: str, is_comma_decimal: bool) -> None:
    quantity = parse_quantity(cell, is_comma_decimal=is_comma_decimal)
    assert quantity.amount is None or 0 <= quantity.amount <= MAX_QUANTITY
    assert quantity.amount is None or quantity.problem is None


@given(st.integers(0, 10**9), st.integers(0, 999), st.booleans())
def test_grouped_numbers_are_the_plain_ones(whole: int, thousandths: int, is_comma_decimal: bool) -> None:
    written = f"{whole:,}.{thousandths:03}"
    if is_comma_decimal:
        written = written.translate(str.maketrans(",.", ".,"))
    expected = Decimal(f"{whole}.{thousandths:03}")
    assert read_decimal(written, is_comma_decimal=is_comma_decimal) == expected


@pytest.mark.parametrize("text", ["1e30", "9E99", "1E-99"])
def test_numbers_beyond_all_counting(text: str) -> None:
    assert parse_quantity(text).problem == ("quantity_too_large" if "-" not in text else None)


@pytest.mark.parametrize(
    "written",
    [
        *(
            "A/R",
            "AR",
            "a/r",
            "as required",
            "As req'd",
            "as needed",
            "REF",
            "n.B.",
            "nach Bedarf",
            "selon besoin",
            "q.b.",
        ),
        *("según necesidad", "по месту", "适量", "適量"),
    ],
)
def test_as_required_is_no_number_and_no_error(written: str) -> None:
    assert parse_quantity(written) == Quantity(problem="quantity_as_required")
    rows = f"1,Resistor,RC0402FR,2,R1 R2\n2,Solder paste,SAC305,{written},\n3,Fuse,,{written},F1\n4,Glue,,{written},\n"
    lines = parse_bytes(f"Item,Description,MPN,Qty,Ref\n{rows}".encode(), "bom.csv").lines
    assert [line.quantity for line in lines] == [2, None, 1, None]
    assert [[(w.code, w.severity) for w in line.warnings] for line in lines] == [
        [], *[[("quantity_as_required", "warning")]] * 3
    ]  # fmt: skip
