# ruff: noqa: RUF001
"""References as people write them."""

import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from workers.imports.cells import clean_lines
from workers.imports.lines.parts import alternatives
from workers.imports.lines.ranges import MAX_RANGE, MAX_REFERENCES, expand
from workers.imports.lines.references import is_designator, parse_references, share_of_references


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
        ("C1-C3, C9–C10", "C1 C2 C3 C9 C10"),
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
    "written",
    [
        *("R1-R4", "R1-4", "R1…R4", "R1 … R4", "R1 thru 4", "R1 through R4", "R1 bis R4", "R1—R4", "R1 − R4", "R1->R4"),
        *("R1→R4", "R1÷R4", "R1〜R4", "R1～R4", "R1－R4", "R1至R4", "R1到4", "R1からR4", "R1 по R4", "R1:R4", "r1-R4"),
        *(
            "R1, R2, ..., R4",
            "R1,R2,…R4",
            "R[1..4]",
            "R[1-4]",
            "R[1:4]",
            "R{1,2,3,4}",
            "R(1-4)",
            "R(1,2,3,4)",
            "R1-R2-R3-R4",
        ),
        *("R1/2/3/4", "R1/R2/R3/R4", "R1 / R2 / R3 / R4", "R1.R2.R3.R4", "R1R2R3R4", "R1|R2|R3|R4", "R1+R2+R3+R4"),
        *(
            "R1、R2、R3、R4",
            "R1，R2；R3，R4",
            "Ｒ１，Ｒ２，Ｒ３，Ｒ４",
            "R1・R2・R3・R4",
            "R1和R2和R3和R4",
            "R1, R2, R3及びR4",
        ),
        *(
            "R1, R2, R3 & R4",
            "R1, R2, R3 and R4",
            "R1, R2 und R3, R4",
            "R1, R2, R3 et R4",
            "R1, R2, R3 e R4",
            "R1,2,3 & 4",
        ),
        *("R1, R2, R3 y R4", "R1, R2, R3 и R4", "R1 2 3 4", "R 1,2,3,4", "(R1, R2, R3, R4)", "R1, (R2), R3, R4"),
        *(
            "R1*, R2, *R3, R4",
            "R1(x2) R2 R3 R4",
            "4x R1-R4",
            "Top: R1, R2; Bottom: R3, R4",
            "R1-R5 except R5",
            "'R1-R4",
        ),
        *("R1-R6 (ohne R5, R6)", "R1-R2/R3/R4", '"R1","R2","R3","R4"', "R1 ,R2 ,R3 ,R4 ,", "R1.\nR2.\nR3.\nR4."),
    ],
)
def test_one_list_written_in_many_ways(written: str) -> None:
    parsed = parse_references(written)
    assert [name.upper() for name in parsed.names] == ["R1", "R2", "R3", "R4"]
    assert parsed.is_certain
    assert parsed.not_fitted == ()


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("R001-R004", "R001 R002 R003 R004"),
        ("C08-C11", "C08 C09 C10 C11"),
        ("R1A-R1D", "R1A R1B R1C R1D"),
        ("U3A-C", "U3A U3B U3C"),
        ("U3A,B,C", "U3A U3B U3C"),
        ("C70_1-C70_3", "C70_1 C70_2 C70_3"),
        ("R-1 - R-3", "R-1 R-2 R-3"),
        ("U$1-U$3", "U$1 U$2 U$3"),
        ("J1.1-J1.3", "J1.1 J1.2 J1.3"),
        ("1R5-1R7", "1R5 1R6 1R7"),
        ("C1-1, C1-2, C1-3", "C1-1 C1-2 C1-3"),
        ("U1/R5", "U1/R5"),
        ("A:R1", "A:R1"),
        ("J1/1", "J1/1"),
        ("BAT/BUT1", "BAT/BUT1"),
        ("5.0V/3.3V1", "5.0V/3.3V1"),
        ("R1_TOP R1_BOT", "R1_TOP R1_BOT"),
        ("U1 (IC1)", "U1"),
    ],
)
def test_names_with_more_than_letters_and_a_number(written: str, names: str) -> None:
    assert parse_references(written).names == names.split()


def test_a_shortened_range_may_be_a_name() -> None:
    assert parse_references("C1-4").is_shortened
    assert parse_references("C1-4", has_short_ranges=False).names == ["C1-4"]
    assert not parse_references("C1-C4").is_shortened


@pytest.mark.parametrize(
    ("written", "not_fitted"),
    [
        ("R1, R2(DNP), R3", "R2"),
        ("R1, R2 (DNP), R3", "R2"),
        ("R1, R2, R3 (DNP)", "R3"),
        ("R1, R2(DNP), R3*NF", "R2 R3"),
        ("R1, R2 DNP, R3", "R2"),
        ("R1 R2_DNP R3", "R2"),
        ("R1, R2/NC, R3", "R2"),
        ("R1, R2 (NM), R3", "R2"),
        ("R1 R2 [DNP: R3]", "R3"),
        ("R1, DNP: R2, R3", "R2 R3"),
        ("R1-R3 (R2 not fitted)", "R2"),
        ("R1 (nicht bestückt), R2, R3", "R1"),
        ("R1, R2, R3 (не устанавливать)", "R3"),
        ("R1、R2（不贴）、R3", "R2"),
        ("R1, R2 - R3 (non monté)", "R2 R3"),
        ("R1 R2 R3 DNP", "R1 R2 R3"),
        ("R1-R3(DNP)", "R1 R2 R3"),
        ("R1-R3 nicht bestückt", "R1 R2 R3"),
        ("DNP: R1, R2, R3", "R1 R2 R3"),
    ],
)
def test_marks_in_the_cell(written: str, not_fitted: str) -> None:
    parsed = parse_references(written)
    assert sorted(parsed.names) == ["R1", "R2", "R3"]
    assert sorted(parsed.not_fitted) == not_fitted.split()


@pytest.mark.parametrize(
    "text", ["SMT parts, top side", "DO NOT INSTALL COMPONENTS BELOW.", "THESE REFERENCES ARE NOT USED: P7,FB6"]
)
def test_sentences_are_no_references(text: str) -> None:
    assert parse_references(text).is_prose


def test_a_range_without_end_stays_as_written() -> None:
    parsed = parse_references(f"R1-R{MAX_RANGE + 5}, R1-R999999")
    assert parsed.is_range_too_long
    assert parsed.names == [f"R1-R{MAX_RANGE + 5}", "R1-R999999"]


def test_many_ranges_in_a_cell_are_not_all_written_out() -> None:
    parsed = parse_references(",".join(f"A{n}001-A{n}900" for n in range(1, 40)))
    assert parsed.is_range_too_long
    assert len(parsed.names) <= MAX_REFERENCES


@pytest.mark.parametrize(
    "piece", [" ", "\n", "\t,", "(", "(DNP", "R(1,", "R1-", "1 to ", "R1 / ", "DNP ", "R1.R1", "A:"]
)
def test_a_long_cell_takes_no_time(piece: str) -> None:
    for cell in (piece * (32_000 // len(piece)), "R1" + piece * (32_000 // len(piece)) + "Z"):
        started = time.process_time()
        parse_references(cell)
        alternatives(clean_lines(cell))
        assert time.process_time() - started < 2  # by the square of its length it would be minutes


PIECES = st.sampled_from(
    [
        *"RCU1209-–~.,;:/\\|()[]{}*&+ \n\t_#\x00",
        "..",
        "…",
        "999999",
        " to ",
        "DNP",
        "(DNP)",
        " and ",
        "、",
        "～",
        "R1",
        "-R5",
        "\u202e",
    ]
)


@given(st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=80))
def test_no_cell_crashes_or_explodes(cell: str) -> None:
    parsed = parse_references(cell)
    assert len(parsed.names) <= MAX_REFERENCES + MAX_RANGE
    assert all(parsed.names)
    assert set(parsed.not_fitted) <= set(parsed.names)
    assert not (parsed.is_prose and parsed.names)


@st.composite
def ranges(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A range as people write it, and the names it stands for."""
    prefix, width = draw(st.sampled_from(["R", "LED", "C", "SW", "TP"])), draw(st.integers(0, 4))
    first, count = draw(st.integers(1, 5000)), draw(st.integers(2, 50))
    names = [f"{prefix}{number:0{width}}" for number in range(first, first + count)]
    assume(not names[0].startswith(f"{prefix}0") or len(names[0]) == len(names[-1]))  # as wide as its zeros
    sign = draw(st.sampled_from(["-", " - ", "..", "…", " to ", "~", "–", "～", " bis "]))
    last = str(first + count - 1) if draw(st.booleans()) else names[-1]
    return f"{names[0]}{sign}{last}", names


@given(ranges())
def test_a_range_is_its_names(example: tuple[str, list[str]]) -> None:
    written, names = example
    assert parse_references(written).names == names


@given(st.sets(st.integers(1, 999), min_size=1, max_size=40).map(sorted))
def test_shortened_lists_are_the_full_ones(numbers: list[int]) -> None:
    full = [f"R{number}" for number in numbers]
    assert expand(["R" + str(numbers[0]), *map(str, numbers[1:])]).names == full
    assert parse_references(", ".join(full)).names == full


def test_a_column_of_packages_is_no_column_of_references() -> None:
    assert share_of_references(["R1", "R2", "C1, C2", "U1"]) == (1.0, True)
    assert share_of_references(["R0603", "R0603", "C0402", "C0402", "R0603"])[1] is False
    assert share_of_references(["LM358", "BC547", "TL072", "NE555"])[1] is False
    assert not any(is_designator(text) for text in ("10k", "4K7", "100n", "R", "1R5", "SOT23/TO236"))
