"""Multi-level BOMs: levels, assemblies, and quantities of the whole product."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.imports import ParsedBom, ParsedLine
from workers.imports.columns.layout import Layout
from workers.imports.lines.levels import MAX_LEVEL, Place, arrange, depths_in_column, indentation, multiply
from workers.imports.lines.quantities import MAX_QUANTITY
from workers.imports.lines.reader import LineReader
from workers.imports.model import ParseLimits
from workers.imports.parser import parse_bytes


def parse(text: str) -> ParsedBom:
    return parse_bytes(text.encode(), "bom.csv", limits=ParseLimits(max_lines=1000))


def placed(lines: list[ParsedLine]) -> list[tuple[int, int | None, bool, Decimal | None]]:
    return [(line.level, line.parent_position, line.is_assembly, line.total_quantity) for line in lines]


def with_levels(cells: list[tuple[str, str]]) -> tuple[list[ParsedLine], list[str]]:
    """Lines of (level, quantity), read by a layout made by hand."""
    layout = Layout(
        ["Level", "Number", "Description", "Qty"],
        {"level": 0, "internal_number": 1, "quantity": 3},
        several={"description": (2,)},
    )
    reader = LineReader(layout, layout.names, 1000)
    for number, (level, quantity) in enumerate(cells, start=2):
        reader.read([level, f"P-{number}", f"part {number}", quantity], number)
    bom = reader.finish()
    lines = list(bom)
    warnings = bom.warnings()
    return lines, [warning.code for warning in warnings]


def test_a_level_column() -> None:
    lines, warnings = with_levels([("0", "1"), ("1", "2"), ("2", "5"), ("2", "0.5"), ("1", "4")])
    assert placed(lines) == [
        (0, None, True, Decimal(1)),
        (1, 1, True, Decimal(2)),
        (2, 2, False, Decimal(10)),
        (2, 2, False, Decimal(1)),
        (1, 1, False, Decimal(4)),
    ]
    assert [line.quantity for line in lines] == [1, 2, 5, Decimal("0.5"), 4]
    assert warnings == []
    assert [line.warnings for line in lines] == [[]] * 5


@pytest.mark.parametrize(
    "texts",
    [
        ["1", "2", "3", "2"],
        ["1.0", "2.0", "3.0", "2.0"],
        [".1", "..2", "...3", "..2"],
        ["L1", "L2", "L3", "L2"],
        ["Level 0", "Level 1", "Level 2", "Level 1"],
        ["Ebene 1", "Ebene 2", "Ebene 3", "Ebene 2"],
        ["+", "++", "+++", "++"],
        ["", "*", "**", "*"],
        [".", "..", "...", ".."],
        ["1", "1.1", "1.1.1", "1.2"],
        ["1.0", "1.1", "1.1.1", "1.2"],
        ["1.", "1.1.", "1.1.1.", "1.2."],
        [" 1", "  2", "   3", "  2"],
        ["1", "2", "3", ""],
    ],
)
def test_levels_as_people_write_them(texts: list[str]) -> None:
    expected = [0, 1, 2, 2] if texts[-1] == "" else [0, 1, 2, 1]
    assert depths_in_column(texts) == expected


@pytest.mark.parametrize("texts", [["SMT", "THT", "SMT"], ["1", "1", "1"], ["", "", ""], ["high", "2", "low"]])
def test_other_columns_called_level(texts: list[str]) -> None:
    assert depths_in_column(texts) is None


def test_a_column_that_jumps_everywhere_holds_no_levels() -> None:
    lines, warnings = with_levels(
        [(text, "1") for text in ["3", "1", "3", "1", "3", "1", "3", "1", "3", "1", "3", "1"]]
    )
    assert {line.level for line in lines} == {0}
    assert warnings == ["levels_ignored"]


def test_a_jump_is_warned_about() -> None:
    lines, _ = with_levels([("1", "2"), ("3", "4"), ("2", "1")])
    assert placed(lines) == [(0, None, True, 2), (2, 1, False, 8), (1, 1, False, 2)]
    assert [[(w.code, w.field, w.severity) for w in line.warnings] for line in lines] == [
        [],
        [("level_jump", "level", "warning")],
        [],
    ]


def test_the_product_itself_needs_no_quantity() -> None:
    lines, _ = with_levels([("0", ""), ("1", "2"), ("2", "")])
    assert [line.total_quantity for line in lines] == [None, 2, None]
    assert [[w.code for w in line.warnings] for line in lines] == [[], [], ["quantity_missing"]]


def test_a_missing_quantity_counts_as_one_for_what_is_under_it() -> None:
    lines, _ = with_levels([("0", "3"), ("1", "some"), ("2", "2"), ("1", "1")])
    assert [line.total_quantity for line in lines] == [3, None, 6, 3]


def test_outline_numbers_of_items() -> None:
    bom = parse("Item,Part Number,Description,Quantity\n1,A-1,Board,2\n1.1,B-1,Panel,3\n1.2,B-2,Bolt,4\n2,C-1,Box,1\n")
    assert placed(bom.lines) == [(0, None, True, 2), (1, 1, False, 6), (1, 1, False, 8), (0, None, False, 1)]


def test_outline_numbers_that_lost_a_zero() -> None:
    items = ["1", *(f"1.{n}" for n in range(1, 10)), "1.1", "1.11", "2"]
    rows = "".join(f"{item},part {number},{number}\n" for number, item in enumerate(items, start=1))
    assert [line.level for line in parse("Item,Description,Quantity\n" + rows).lines] == [0, *([1] * 11), 0]


@pytest.mark.parametrize("items", [["1.0", "2.0", "3.0"], ["1.1", "1.2", "2.1"], ["1", "3.1", "2"], ["1", "1.1", "x"]])
def test_items_that_are_no_outline(items: list[str]) -> None:
    rows = "".join(f"{item},part {item},2\n" for item in items)
    assert placed(parse("Item,Description,Quantity\n" + rows).lines) == [(0, None, False, 2)] * 3


def test_references_are_no_assemblies() -> None:
    rows = "1,R1,10k,1\n1.1,R2,20k,1\n1.2,R3,30k,1\n"
    assert {line.level for line in parse("Item,Reference,Value,Quantity\n" + rows).lines} == {0}


@pytest.mark.parametrize(
    "texts",
    [
        ["A-1", "  B-1", "    C-1", "    C-2", "  B-2"],
        ["A-1", "\tB-1", "\t\tC-1", "\t\tC-2", "\tB-2"],
        ["A-1", "\u3000B-1", "\u3000\u3000C-1", "\u3000\u3000C-2", "\u3000B-2"],
        ["A-1", ".B-1", "..C-1", "..C-2", ".B-2"],
        ["A-1", "├── B-1", "│   ├── C-1", "│   └── C-2", "└── B-2"],
        [" A-1", "   B-1", "     C-1", "     C-2", "   B-2"],
    ],
)
def test_indented_texts(texts: list[str]) -> None:
    assert indentation(texts) == [0, 1, 2, 2, 1]


def test_indented_part_numbers() -> None:
    bom = parse("Part Number,Description,Qty\nA-1,Top,1\n  B-1,Sub,2\n    C-1,Res,3\n    C-2,Cap,1\n  B-2,Box,4\n")
    assert placed(bom.lines) == [
        (0, None, True, 1),
        (1, 1, True, 2),
        (2, 2, False, 6),
        (2, 2, False, 2),
        (1, 1, False, 4),
    ]


def test_the_signs_that_show_the_level_are_no_part_of_the_number() -> None:
    bom = parse("Part Number,Description,Qty\nA-1,Top,1\n.B-1,Sub,2\n..C-1,Res,3\n..C-2,Cap,1\n.B-2,Box,4\n")
    assert [line.mpn or line.internal_number for line in bom.lines] == ["A-1", "B-1", "C-1", "C-2", "B-2"]
    assert bom.lines[2].raw["Part Number"] == "..C-1"


@pytest.mark.parametrize(
    "texts",
    [
        ["A-1", "B-1", "C-1"],
        ["A-1", " B-1", "C-1"],
        ["A-1", "  B-1", "C-1", "  D-1"],
        ["A-1", "*B-1", "C-1"],
        ["  1", " 10", "100"],
        ["    A-1", "B-1", "  C-1"],
        ["A-1", "      B-1", "  C-1", "  D-1"],
        [],
    ],
)
def test_spaces_and_marks_that_mean_nothing(texts: list[str]) -> None:
    assert indentation(texts) is None


def test_a_flat_list_has_no_levels() -> None:
    (line,) = parse("Ref,Qty,Value\nR1-R3,3,10k\n").lines
    assert placed([line]) == [(0, None, False, 3)]


def test_a_total_beyond_all_sense_is_left_out() -> None:
    lines, _ = with_levels([("0", "1000000"), ("1", "1000000"), ("2", "2"), ("1", "3")])
    assert [line.total_quantity for line in lines] == [1000000, None, None, 3000000]
    assert [[(w.code, w.severity) for w in line.warnings] for line in lines[1:3]] == [
        [("total_quantity_too_large", "error")]
    ] * 2


DEPTHS = st.lists(st.integers(0, 6), min_size=1, max_size=40)
QUANTITIES = st.none() | st.integers(0, 9).map(Decimal) | st.sampled_from([Decimal("0.5"), Decimal("1.25")])


def parent_of(depths: list[int], index: int) -> int | None:
    return next((i for i in range(index - 1, -1, -1) if depths[i] < depths[index]), None)


@given(DEPTHS)
def test_every_line_belongs_to_the_nearest_one_above_it(depths: list[int]) -> None:
    places = arrange(depths)
    parents = [parent_of(depths, index) for index in range(len(depths))]
    assert [place.parent for place in places] == parents
    assert [place.is_assembly for place in places] == [index in parents for index in range(len(depths))]


@given(st.data(), DEPTHS)
def test_totals_are_those_of_a_recursive_model(data: st.DataObject, depths: list[int]) -> None:
    quantities = data.draw(st.lists(QUANTITIES, min_size=len(depths), max_size=len(depths)))
    places = arrange(depths)

    def needed(index: int) -> Decimal:
        own = quantities[index]
        parent = places[index].parent
        return (Decimal(1) if own is None else own) * (needed(parent) if parent is not None else 1)

    expected = [None if quantity is None else needed(index) for index, quantity in enumerate(quantities)]
    assert multiply(quantities, places) == expected


@given(st.lists(st.sampled_from(["0", "1", "2", "17", "..3", "1.1", "+", "x", "", "9999", "Level 2"]), max_size=30))
def test_no_level_column_crashes(levels: list[str]) -> None:
    lines, _ = with_levels([(level, "2") for level in levels])
    assert len(lines) == len(levels)
    for line in lines:
        assert 0 <= line.level <= MAX_LEVEL
        assert line.parent_position is None or line.parent_position < line.position
        assert line.total_quantity is None or line.total_quantity <= MAX_QUANTITY


def test_a_thousand_levels_are_bounded() -> None:
    lines, _ = with_levels([(str(depth), "2") for depth in range(200)])
    assert max(line.level for line in lines) == MAX_LEVEL
    assert multiply([Decimal(2)] * 2, [Place(), Place(level=1, parent=0)]) == [2, 4]


def test_a_column_of_assemblies_in_a_list_of_levels_says_nothing_of_fitting() -> None:
    text = "Level,Part Number,Qty,Assembly\n0,A-1,1,True\n1,B-1,2,True\n2,C-1,3,False\n1,C-2,1,False\n"
    assert [line.is_dnp for line in parse_bytes(text.encode(), "bom.csv").lines] == [False] * 4
    flat = "Ref,MPN,Qty,Assembly\nR1,RC0402FR,1,yes\nR2,RC0402FR,1,no\n"
    assert [line.is_dnp for line in parse_bytes(flat.encode(), "bom.csv").lines] == [False, True]
