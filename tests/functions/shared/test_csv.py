"""Cells that no spreadsheet takes for a formula: the database's rule, and the gateway's, which is the same."""

import csv
import io
import json
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge_api.gateway import csv_answers
from tests.support.spreadsheets import HARMLESS, PAYLOADS, SPLITTING, formulas, is_formula

Db = psycopg.Connection[dict[str, Any]]
WITH_DATABASE = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
# What the rule is about, more often than chance would bring it; no text of a database holds a NUL or half a pair.
ALPHABET = st.one_of(
    st.sampled_from(
        ";,\t\r\n\"' =+-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6baZ9.\u00a0\u200b\u202e\ufeff\x01\x1f"
    ),
    st.characters(exclude_characters="\x00", exclude_categories=["Cs"]),
)
CELLS = st.text(ALPHABET, max_size=20)
VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.decimals(allow_nan=False, allow_infinity=False), CELLS)


def escaped(db: Db, cells: list[str]) -> list[str]:
    query = (
        "select array_agg(private.escape_formula(t.cell) order by t.place) as cells"
        " from unnest(%s::text[]) with ordinality as t (cell, place)"
    )
    row = db.execute(query, (cells,)).fetchone()
    assert row is not None
    return list(row["cells"])


def lines(db: Db, objects: list[str]) -> list[str]:
    query = (
        "select array_agg(private.csv_line(t.cells::json) order by t.place) as lines"
        " from unnest(%s::text[]) with ordinality as t (cells, place)"
    )
    row = db.execute(query, (objects,)).fetchone()
    assert row is not None
    return list(row["lines"])


def test_known_payloads_get_an_apostrophe(app_db: Db) -> None:
    for payload, cell in zip(PAYLOADS, escaped(app_db, list(PAYLOADS)), strict=True):
        assert cell.startswith("'")
        assert cell.replace("'", "") == payload.replace("'", "")


def test_what_another_separator_would_split_off_gets_one_too(app_db: Db) -> None:
    for payload, cell in zip(SPLITTING, escaped(app_db, list(SPLITTING)), strict=True):
        assert formulas(f'1,"{payload.replace(chr(34), chr(34) * 2)}",1\r\n') != []
        assert formulas(f'1,"{cell.replace(chr(34), chr(34) * 2)}",1\r\n') == []


def test_harmless_cells_stay(app_db: Db) -> None:
    assert escaped(app_db, list(HARMLESS)) == list(HARMLESS)


@given(st.lists(CELLS, min_size=1, max_size=60))
@WITH_DATABASE
def test_only_apostrophes_are_added_and_nothing_is_a_formula(app_db: Db, cells: list[str]) -> None:
    found = escaped(app_db, cells)
    for cell, written in zip(cells, found, strict=True):
        assert written.replace("'", "") == cell.replace("'", "")
        assert not is_formula(f"{written} ")  # the blank: a number is a formula's sign too in a column of texts
    assert escaped(app_db, found) == found
    assert [csv_answers.escape_formula(cell) for cell in cells] == found


@given(st.lists(st.lists(VALUES, min_size=1, max_size=6), min_size=1, max_size=20))
@WITH_DATABASE
def test_a_line_reads_back_as_its_values(app_db: Db, rows: list[list[Any]]) -> None:
    objects = [json.dumps({f"c{n}": value for n, value in enumerate(row)}, default=float) for row in rows]
    for row, written, line in zip(rows, objects, lines(app_db, objects), strict=True):
        assert formulas(f"1,{line}\r\n") == []
        assert [line] == csv_answers.to_csv(written.encode()).decode().split("\n", 1)[1:]
        (cells,) = csv.reader(io.StringIO(line, newline="")) if line else [[""]]
        for value, cell in zip(row, cells, strict=True):
            if isinstance(value, str):
                assert cell == escaped(app_db, [value])[0]
            elif value is None or isinstance(value, bool):
                assert cell == {None: "", True: "true", False: "false"}[value]
            else:
                assert float(cell) == float(value)


def test_numbers_stay_and_texts_that_look_like_them_do_not(app_db: Db) -> None:
    row = {"a": -5, "b": "-5", "c": 1.50, "d": None, "e": "", "f": [1, "x"], "g": {"h": "=1"}}
    assert lines(app_db, [json.dumps(row)]) == ['-5,\'-5,1.5,,"","[1, ""x""]","{""h"": ""=1""}"']


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("select private.format(t) from (select 1 as a, '=x' as \"=b\") as t", "a,'=b\n1,'=x"),
        ("select private.format(t) from (select 1 as a union all select 2) as t", "a\n1\n2"),
        ("select private.format(t) from (select 1 as a where false) as t", ""),
        ("select private.format(t.v) from (values ('=x'), ('y')) as t (v)", "pgrst_scalar\n'=x\ny"),
        ("select private.format(t.v) from (select '{\"a\": 1}'::jsonb as v) as t", 'pgrst_scalar\n"{""a"": 1}"'),
        ("select private.format(p) from (select * from public.projects where false) as p", ""),
    ],
)
def test_aggregate_writes_rows(app_db: Db, query: str, expected: str) -> None:
    row = app_db.execute(query.replace("private.format", "public.format_csv").encode()).fetchone()
    assert row is not None
    assert row["format_csv"] == expected


def test_aggregate_is_quick_enough_for_the_most_rows_of_an_answer(app_db: Db) -> None:
    app_db.execute("set local statement_timeout = '5s'")
    query = "select length(public.format_csv(p)) as size from (select * from public.catalogue_parts limit 1000) as p"
    row = app_db.execute(query.encode()).fetchone()
    assert row is not None
    assert row["size"] > 100_000
