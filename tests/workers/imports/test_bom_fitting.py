# ruff: noqa: RUF001
"""Lines that are fitted in part, and marks for all of a line."""

import pytest

from workers.imports import ParsedLine
from workers.imports.columns.layout import Layout
from workers.imports.lines.reader import LineReader
from workers.imports.model import ParseLimits
from workers.imports.parser import parse_bytes

HEADER = "Reference,Qty,Value,DNP,Notes\n"


def parse(text: str) -> list[ParsedLine]:
    return parse_bytes(text.encode(), "bom.csv", limits=ParseLimits(max_lines=1000)).lines


def only(text: str) -> ParsedLine:
    (line,) = parse(text)
    return line


def codes(line: ParsedLine) -> list[str]:
    return [warning.code for warning in line.warnings]


def test_marks_among_the_references() -> None:
    line = only(HEADER + '"R1, R2(DNP), R3*NF",,10k,,\n')
    assert (line.references, line.dnp_references, line.is_dnp) == (["R1", "R2", "R3"], ["R2", "R3"], False)
    assert (line.quantity, line.total_quantity) == (1, 1)
    assert "fitted_in_part" in codes(line)
    assert "R2, R3 are not fitted, the other 1 fitted" in next(
        w.message for w in line.warnings if w.code == "fitted_in_part"
    )


def test_a_written_quantity_stays() -> None:
    for quantity, expected in (("3", []), ("1", []), ("2", ["quantity_reference_mismatch"])):
        line = only(HEADER + f'"R1, R2(DNP), R3(DNP)",{quantity},10k,,\n')
        assert (str(line.quantity), codes(line)) == (quantity, [*expected, "fitted_in_part"])


@pytest.mark.parametrize(
    "note",
    [
        "DNP: R2",
        "R2 DNP",
        "R2 not fitted",
        "do not fit R2",
        "Fit R1, do not fit R2",
        "Check polarity. R2 nicht bestückt.",
        "R2 不贴",
        "R2は未実装",
        "R2 не устанавливать",
    ],
)
def test_a_note_about_some_of_the_references(note: str) -> None:
    line = only(HEADER + f'"R1,R2,R3",,10k,,"{note}"\n')
    assert (line.dnp_references, line.quantity, line.is_dnp) == (["R2"], 2, False)


def test_a_note_about_a_range_or_about_all() -> None:
    assert only(HEADER + "R1-R9,,10k,,DNP: R2-R4\n").dnp_references == ["R2", "R3", "R4"]
    for note in ("DNP: R1-R3", "DNP", "not fitted", "DNP (see R77)", "R1, R2 and R3 are not fitted"):
        line = only(HEADER + f'"R1,R2,R3",3,10k,,"{note}"\n')
        assert (line.is_dnp, line.dnp_references, line.quantity) == (True, [], 3), note


def test_references_in_the_column_of_marks() -> None:
    line = only(HEADER + '"R1,R2,R3",,10k,"R1, R3",\n')
    assert (line.dnp_references, line.quantity, line.is_dnp) == (["R1", "R3"], 1, False)
    assert only(HEADER + '"R1,R2",,10k,"R1,R2",\n').is_dnp
    assert not only(HEADER + '"R1,R2",,10k,C7,\n').is_dnp


def test_all_of_the_references_marked_is_a_line_not_fitted() -> None:
    for references in ("R1 (DNP)", "R1-R3(DNP)", "R1 R2 DNP", "DNP: R1, R2"):
        line = only(HEADER + f'"{references}",,10k,,\n')
        assert (line.is_dnp, line.dnp_references, codes(line)) == (True, [], []), references
        assert line.quantity == len(line.references)


def with_fitted(*rows: list[str]) -> list[bool]:
    """Which lines are not fitted, of rows of references, value and a mark of what is fitted."""
    layout = Layout(
        ["Ref", "Value", "Fitted"], {"references": 0}, {"value": (1,), "fitted": (2,)}, yes_no=frozenset({2})
    )
    reader = LineReader(layout, layout.names, 100)
    for number, row in enumerate(rows, start=2):
        reader.read(row, number)
    return [line.is_dnp for line in reader.finish()]


def test_blanks_in_a_column_that_marks_what_is_fitted() -> None:
    r1, r2, r3 = ["R1", "10k", "x"], ["R2", "10k", "x"], ["R3", "10k", ""]
    assert with_fitted(r1, r2, r3, ["PCB", "board", ""]) == [False, False, True, False]
    assert with_fitted(r1, r3, ["R4", "10k", ""], ["R5", "10k", ""]) == [False] * 4
    assert with_fitted(r1, r2, ["R3", "10k", "no"], ["R4", "10k", ""]) == [False, False, True, False]


@pytest.mark.parametrize(
    "title",
    [
        *("Not fitted", "Do not place:", "DNP parts", "DNI", "Nicht bestückt", "Unbestückte Teile", "Non monté"),
        *(
            "Composants non montés",
            "No montar",
            "Componenti non montati",
            "Не устанавливать",
            "不贴片元件",
            "未実装部品",
        ),
    ],
)
def test_a_section_of_what_is_not_fitted_ends_with_the_next(title: str) -> None:
    rows = f"R1,1,1k,,\n{title},,,,\nR2,1,2k,,\nR3,1,3k,,\nMechanical,,,,\nM1,4,screw,,\n"
    assert [line.is_dnp for line in parse(HEADER + rows)] == [False, True, True, False]


def test_a_section_of_what_is_not_fitted_ends_with_a_new_header() -> None:
    text = HEADER + "R1,1,1k,,\nNot fitted,,,,\nR2,1,2k,,\n\n" + HEADER + "R3,1,3k,,\n"
    assert [line.is_dnp for line in parse(text)] == [False, True, False]


@pytest.mark.parametrize(
    "note",
    [
        *("check rotation", "does not fit in 0603", "do not wash", "do not use substitutes", "unidirectional"),
        *("mount on top", "non-magnetic", "DNL of 1 LSB", "nom. 5 V", "не более 5 В", "no clean solder paste"),
    ],
)
def test_notes_that_say_nothing_of_fitting(note: str) -> None:
    assert not only(HEADER + f"R1,1,10k,,{note}\n").is_dnp


@pytest.mark.parametrize(
    "note",
    [
        *("do not stuff", "Do not\nfit", "not to be fitted", "NOT MOUNTED", "no load", "unpopulated", "nicht einbauen"),
        *(
            "nicht zu bestücken",
            "bleibt frei",
            "ne pas équiper",
            "non câblée",
            "sin montar",
            "no montado",
            "no instalar",
        ),
        *(
            "non popolato",
            "non montare",
            "не монтируется",
            "не уст.",
            "без монтажа",
            "不上件",
            "未搭載",
            "nie montować",
        ),
    ],
)
def test_notes_that_say_not_fitted(note: str) -> None:
    assert only(HEADER + f'R1,1,10k,,"{note}"\n').is_dnp


MARKED = "Ref,Qty,Value,MPN,{}\n"


def with_marks(header: str, marks: list[str]) -> list[bool]:
    rows = [f"R{n},1,{n}k,RC0402FR-07{n}KL,{mark}\n" for n, mark in enumerate(marks, start=1)]
    return [line.is_dnp for line in parse(MARKED.format(header) + "".join(rows))]


@pytest.mark.parametrize(
    "header",
    [
        *("Fitted", "Populate?", "Assemble", "Place", "Mounted", "Install", "Load", "Stuffed", "Include in BOM"),
        *("Add into BOM", "Bestückt", "Monté", "Montar", "Montato", "Устанавливать", "是否贴装", "実装"),
    ],
)
@pytest.mark.parametrize("mark", ["x", "X", "✓", "√", "1", "yes", "○", "是"])
def test_marks_alone_under_a_header_of_what_is_fitted(header: str, mark: str) -> None:
    assert with_marks(header, [mark, mark, "", mark]) == [False, False, True, False]


@pytest.mark.parametrize("header", ["DNP", "Do not place", "No-fit", "Unpopulated", "Omit", "N.M.", "Nicht bestückt"])
@pytest.mark.parametrize("mark", ["x", "X", "✓", "1", "yes"])
def test_marks_alone_under_a_header_of_what_is_not_fitted(header: str, mark: str) -> None:
    assert with_marks(header, [mark, "", "", mark]) == [True, False, False, True]


@pytest.mark.parametrize(("yes", "no"), [("○", "×"), ("✓", "-"), ("x", "-"), ("Y", "N"), ("да", "нет"), ("1", "0")])
def test_yes_and_no_in_signs(yes: str, no: str) -> None:
    assert with_marks("Fitted", [yes, yes, no, yes]) == [False, False, True, False]
    assert with_marks("Fitted", [yes, "by hand", no, yes, yes, yes]) == [False, False, True, False, False, False]


def test_marks_that_say_how_or_how_far_not_whether() -> None:
    assert with_marks("Mount", ["SMD", "SMD", "THT", "-"]) == [False] * 4
    assert with_marks("Fitted", ["x", "", "", "", ""]) == [False] * 5


def test_two_columns_of_marks_one_for_each_way_to_place() -> None:
    rows = "R1,1,1k,✓,\nR2,1,2k,✓,\nU1,1,x,✓,\nJ1,1,y,,✓\nJ2,1,y,,✓\nR9,1,9k,,\n"
    assert [line.is_dnp for line in parse("位号,数量,参数,贴片,插件\n" + rows)] == [False] * 5 + [True]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Leave empty",
            "leave open",
            "Left unpopulated",
            "Not used",
            "unused.",
            "(not used)",
            "leer lassen",
            "frei lassen",
        ),
        *("nicht verwendet", "laisser vide", "non utilisé", "dejar vacío", "no usado", "non usato", "не используется"),
        *("留空", "不用", "未使用"),
    ],
)
def test_a_note_or_a_value_of_nothing_but_leave_empty(text: str) -> None:
    assert only(HEADER + f'R1,1,10k,,"{text}"\n').is_dnp
    assert only(HEADER + f'R1,1,"{text}",,\n').is_dnp


@pytest.mark.parametrize("text", ["pin 3 not used", "left side", "used on both boards", "leave room", "reused", "使用"])
def test_words_of_use_among_others_say_nothing(text: str) -> None:
    assert not only(HEADER + f"R1,1,10k,,{text}\n").is_dnp


def test_a_section_of_what_is_not_used() -> None:
    lines = parse(HEADER + "R1,1,1k,,\nNot used,,,,\nR2,1,2k,,\nMechanical,,,,\nM1,4,screw,,\n")
    assert [line.is_dnp for line in lines] == [False, True, False]


def test_an_abbreviation_as_the_whole_note() -> None:
    for note in ("NC", "N.C.", "n.b.", "(NC)", "NM"):
        assert only(HEADER + f"R1,1,10k,,{note}\n").is_dnp, note
    assert not only(HEADER + "SW1,1,button,,NC\n").is_dnp
    assert not only(HEADER + "U1,1,LM358,,NC pins open\n").is_dnp


PASSIVES = "Ref,Qty,Value,MPN,Description\nR1,1,10k,,\nR2,1,1k,,\nC1,1,100n,,\n"


@pytest.mark.parametrize("value", ["NA", "N/A", "n/a", "n.a."])
def test_no_value_for_a_resistor_where_all_others_have_one(value: str) -> None:
    assert [line.is_dnp for line in parse(PASSIVES + f"R3,1,{value},,RESISTOR\n")] == [False, False, False, True]


@pytest.mark.parametrize(
    "row",
    [
        *("R3,1,NA,RC0402FR-0710KL,", "R3,1,NA,,RES 10k 1%", "U1,1,NA,,LM358", "J3,1,N/A,,header", "FB1,1,NA,,bead"),
        *("R3,1,,,RESISTOR", "R3,1,NA,,\nR4,1,NA,,", "R3,1,NA,,\nR4,1,NA,RC0402FR-0710KL,"),
    ],
)
def test_no_value_that_says_not_available(row: str) -> None:
    assert not any(line.is_dnp for line in parse(PASSIVES + row + "\n"))


def test_no_value_beside_a_column_of_marks() -> None:
    text = "Ref,Qty,Value,DNP\nR1,1,10k,\nR2,1,1k,x\nC1,1,100n,\nR3,1,NA,\n"
    assert [line.is_dnp for line in parse(text)] == [False, True, False, False]


def test_no_value_where_the_file_marks_what_is_not_assembled_so() -> None:
    text = "Ref,Qty,Value\nR1,1,NA(10k)\nJ1,1,NA\nU1,1,LM358\nR2,1,1k\n"
    assert [line.is_dnp for line in parse(text)] == [True, True, False, False]


def test_open_in_place_of_a_passive_part() -> None:
    lines = parse("Ref,Qty,Value\nR1,1,10k\nR2,1,OPEN\nC1,1,(open)\nJP1,1,OPEN\nU1,1,open collector\n")
    assert [line.is_dnp for line in lines] == [False, True, True, False, False]
