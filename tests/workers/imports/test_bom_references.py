"""References as people write them."""

import pytest

from workers.imports.references import MAX_RANGE, parse_references, share_of_references


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("R1", "R1"),
        ("R1,R2, R3", "R1 R2 R3"),
        ("C1 C2 ", "C1 C2"),
        ("R1;R2\nR3", "R1 R2 R3"),
        ("R5-R9", "R5 R6 R7 R8 R9"),
        ("C1 - C4", "C1 C2 C3 C4"),
        ("C11-13", "C11 C12 C13"),
        ("LED1-8", "LED1 LED2 LED3 LED4 LED5 LED6 LED7 LED8"),
        ("C1-C3, C9–C10", "C1 C2 C3 C9 C10"),  # noqa: RUF001
        ("R1..R3", "R1 R2 R3"),
        ("R1 to R3", "R1 R2 R3"),
        ("R1~R3", "R1 R2 R3"),
        ("C61,81", "C61 C81"),
        ("C1,4,5-7", "C1 C4 C5 C6 C7"),
        ("R7, R12,R13", "R7 R12 R13"),
        ("LED 1, LED 2", "LED1 LED2"),
        ("SW100 SW 94", "SW100 SW94"),
        ("C70_1,C70_2", "C70_1 C70_2"),
        ('JP3 (Power, "Red stripe")', "JP3"),
        ("NORMAL, RESET", "NORMAL RESET"),
        ("USB-UART1", "USB-UART1"),
        ("X1-1", "X1-1"),
        ("R9-R5", "R9-R5"),
        ("R1-C5", "R1-C5"),
        ("G***,G***", "G*** G***"),
        ("0, 1, 2, ON", "0 1 2 ON"),
        ("I/O", "I/O"),
        ("-", ""),
        ("n/a", ""),
        (",,,", ""),
        ("", ""),
    ],
)
def test_written_out(written: str, names: str) -> None:
    assert parse_references(written).names == names.split()


@pytest.mark.parametrize(
    "text", ["SMT parts, top side", "DO NOT INSTALL COMPONENTS BELOW.", "THESE REFERENCES ARE NOT USED: P7,FB6"]
)
def test_sentences_are_no_references(text: str) -> None:
    assert parse_references(text).is_prose


def test_a_range_without_end_stays_as_written() -> None:
    parsed = parse_references(f"R1-R{MAX_RANGE + 5}, R1-R999999")
    assert parsed.is_range_too_long
    assert parsed.names == [f"R1-R{MAX_RANGE + 5}", "R1-R999999"]


def test_a_column_of_packages_is_no_column_of_references() -> None:
    assert share_of_references(["R1", "R2", "C1, C2", "U1"]) == (1.0, True)
    assert share_of_references(["R0603", "R0603", "C0402", "C0402", "R0603"])[1] is False
    assert share_of_references(["LM358", "BC547", "TL072", "NE555"])[1] is False
