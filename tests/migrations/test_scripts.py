"""Telling statements apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations.scripts import split_statements, without_comments


@pytest.mark.parametrize(
    "statement",
    [
        "select 1;",
        "select ';', 'it''s; so';",
        r"select e'\'; --';",
        'select ";" from "a;b";',
        "do $$ begin perform 1; end $$;",
        "do $body$ select $$;$$; $body$;",
        "select 1 /* ; */ + 1;",
        "select 1 -- ; '\n;",
    ],
)
def test_a_statement_stays_whole(statement: str) -> None:
    assert split_statements(f"select 0;\n{statement}\nselect 2;") == [
        (1, "select 0;"),
        (2, statement),
        (2 + statement.count("\n") + 1, "select 2;"),
    ]


def test_a_statement_starts_after_its_comments() -> None:
    assert split_statements("-- why\n\n/* and\nso */ select 1;\n-- end\n;") == [(4, "select 1;")]


def test_the_last_semicolon_may_be_missing() -> None:
    assert split_statements("select 1;\nselect 2\n") == [(1, "select 1;"), (2, "select 2\n")]


@given(st.text(alphabet="a;'\"$-/*\n e\\"))
def test_nothing_is_moved_by_blanking_comments(script: str) -> None:
    bare = without_comments(script)
    assert len(bare) == len(script)
    assert [i for i, c in enumerate(bare) if c == "\n"] == [i for i, c in enumerate(script) if c == "\n"]


@given(st.lists(st.sampled_from(["select 1;", "do $$ begin; end $$;", "-- x;\n", "select ';';\n", "\n"])))
def test_all_statements_are_kept(parts: list[str]) -> None:
    script = "".join(parts)
    expected = [part.strip() for part in parts if part.strip() and not part.startswith("--")]
    assert [statement.strip() for _, statement in split_statements(script)] == expected
