"""Variants of a product: a column each."""

import pytest

from workers.imports import ParsedBom, ParsedLine
from workers.imports.columns.layout import Layout, VariantColumn
from workers.imports.lines.reader import LineReader
from workers.imports.parser import parse_bytes


def read(rows: list[tuple[str, ...]], *, with_quantity: bool = False) -> list[ParsedLine]:
    """Lines of (references, one mark a variant), and a quantity last where there is such a column."""
    names = ["Ref", "A", "B", *(["Qty"] if with_quantity else [])]
    single = {"references": 0} | ({"quantity": 3} if with_quantity else {})
    reader = LineReader(
        Layout(names, single, variants=(VariantColumn(1, "A"), VariantColumn(2, "B"))), ["Ref", "A", "B"], 1000
    )
    for number, row in enumerate(rows, start=2):
        reader.read(list(row), number)
    return list(reader.finish())


def fitted(lines: list[ParsedLine], name: str) -> list[bool]:
    return [line.variants[name]["is_fitted"] for line in lines]


def test_marks_of_what_is_fitted() -> None:
    lines = read([("R1", "x", ""), ("R2", "", "x"), ("R3", "", ""), ("C1 C2", "x", "x")])
    assert fitted(lines, "A") == [True, False, False, True]
    assert fitted(lines, "B") == [False, True, False, True]
    assert [line.is_dnp for line in lines] == [False, False, True, False]
    assert [line.quantity for line in lines] == [1, 1, 1, 2]


@pytest.mark.parametrize(
    ("yes", "no"), [("Fitted", "Not Fitted"), ("yes", "no"), ("ja", "nein"), ("1", "0"), ("", "DNP")]
)
def test_words_for_both(yes: str, no: str) -> None:
    lines = read([("R1", yes, no), ("R2", no, yes), ("R3", no, no), ("R4", yes, yes)])
    assert (fitted(lines, "A"), fitted(lines, "B")) == ([True, False, False, True], [False, True, False, True])
    assert [line.is_dnp for line in lines] == [False, False, True, False]


def test_a_blank_where_others_say_not_fitted_is_fitted() -> None:
    lines = read([("R1", "", "not fitted"), ("R2", "DNP", "")])
    assert (fitted(lines, "A"), fitted(lines, "B")) == ([True, False], [False, True])


def test_quantities_a_variant() -> None:
    lines = read([("R1 R2", "2", "1"), ("R3", "0", "1"), ("C1", "0", "0"), ("", "3", "")])
    assert lines[0].variants == {
        "A": {"is_fitted": True, "quantity": "2"},
        "B": {"is_fitted": True, "quantity": "1"},
    }
    assert [line.quantity for line in lines] == [2, 0, 0]
    assert [line.is_dnp for line in lines] == [False, False, True]


def test_the_first_variant_counts_where_there_is_no_quantity() -> None:
    lines = read([("R1 R2 R3", "3", "1"), ("R4", "", "2"), ("R5", "2", "")])
    assert [line.quantity for line in lines] == [3, 0, 2]
    assert all(line.warnings == [] or line.warnings[0].code == "nothing_to_match" for line in lines)


def test_ones_and_zeros_beside_a_quantity_are_marks() -> None:
    lines = read([("R1 R2", "1", "0", "2"), ("R3", "0", "1", "1")], with_quantity=True)
    assert [line.quantity for line in lines] == [2, 1]
    assert lines[0].variants["A"] == {"is_fitted": True, "quantity": None}
    assert fitted(lines, "B") == [False, True]


def test_ones_beside_several_references_are_marks() -> None:
    lines = read([("R1 R2", "1", "0"), ("R3", "1", "1")])
    assert [line.quantity for line in lines] == [2, 1]


def test_a_column_that_marks_nothing_leaves_all_fitted() -> None:
    lines = read([("R1", "", "x"), ("R2", "", "")])
    assert (fitted(lines, "A"), fitted(lines, "B")) == ([True, True], [True, False])


def test_a_variant_that_was_taken_for_the_quantity_is_a_variant() -> None:
    layout = Layout(["Ref", "A"], {"references": 0, "quantity": 1}, variants=(VariantColumn(1, "A"),))
    reader = LineReader(layout, ["Ref", "A"], 10)
    reader.read(["R1 R2", "1"], 2)
    (line,) = reader.finish()
    assert (line.quantity, line.variants) == (2, {"A": {"is_fitted": True, "quantity": None}})


def parsed(header: str, marks: list[tuple[str, str]]) -> ParsedBom:
    rows = "".join(f"R{n},{n}k,{','.join(pair)},RC0402FR-07{n}KL\n" for n, pair in enumerate(marks, start=1))
    return parse_bytes(f"Ref,Value,{header},MPN\n{rows}".encode(), "bom.csv")


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("Qty Var1,Qty Var2", ("1", "2")),
        ("Qty Var. A,Qty Var. B", ("A", "B")),
        ("Quantity A,Quantity B", ("A", "B")),
        ("Qty_A,Qty_B", ("A", "B")),
        ("Variant 1 Qty,Variant 2 Qty", ("1", "2")),
        ("Qty (Basic),Qty (Pro)", ("Basic", "Pro")),
        ("Menge - Basis,Menge - Luxus", ("Basis", "Luxus")),
        ("Кол. 01,Кол. 02", ("01", "02")),
    ],
)
def test_quantities_that_a_name_tells_apart_are_variants(header: str, names: tuple[str, str]) -> None:
    lines = parsed(header, [("1", "2"), ("0", "1"), ("1", "1"), ("0", "0")]).lines
    assert [line.quantity for line in lines] == [1, 0, 1, 0]
    assert [line.is_dnp for line in lines] == [False, False, False, True]
    assert lines[1].variants == {
        names[0]: {"is_fitted": False, "quantity": "0"}, names[1]: {"is_fitted": True, "quantity": "1"},
    }  # fmt: skip


def test_a_plain_quantity_counts_beside_those_of_variants() -> None:
    text = 'Ref,Qty,Qty A,Qty B,MPN\n"R1,R2",2,2,1,RC0402FR-0710KL\nR3,1,0,1,RC0402FR-071KL\n'
    bom = parse_bytes(text.encode(), "bom.csv")
    assert (bom.mapping["quantity"], [line.quantity for line in bom.lines]) == (["Qty"], [2, 1])
    assert list(bom.lines[0].variants) == ["A", "B"]


def test_variants_in_a_second_row_under_quantity() -> None:
    text = "Item,Quantity,,MPN,Ref\n,Var A,Var B,,\n1,2,1,RC0402FR-0710KL,R1 R2\n2,0,1,RC0402FR-071KL,R3\n"
    lines = parse_bytes(text.encode(), "bom.csv").lines
    assert [(line.quantity, list(line.variants)) for line in lines] == [(2, ["A", "B"]), (0, ["A", "B"])]


@pytest.mark.parametrize(
    "header",
    ["Qty 1,Qty 2", "Qty (Top),Qty (Bottom)", "Qty (pcs),Qty (total)", "Qty,Qty 100", "Qty A,Qty", "Qty,Notes A"],
)
def test_other_quantities_are_no_variants(header: str) -> None:
    bom = parsed(header, [("1", "2"), ("2", "3"), ("1", "1")])
    assert "variant" not in bom.mapping
    assert [line.variants for line in bom.lines] == [{}] * 3
