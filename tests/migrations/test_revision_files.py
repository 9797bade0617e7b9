"""Revision files: making the next pair, and what ours must be like."""

import ast

import pytest

from ananta.settings import Plane
from migrations.errors import MigrationError
from migrations.revision import refuse_downgrade
from migrations.revisions import known_revisions, pending_revisions
from migrations.runner import upgrade
from migrations.writing import write_revision
from tests.migrations.conftest import Database, Tree


def test_the_next_pair_follows_the_newest(database: Database, tree: Tree) -> None:
    python, script = write_revision(tree.plane, "Add the colour of parts.", tree.root)
    assert python.name == "0002_add_the_colour_of_parts.py"
    assert script.read_text(encoding="utf-8").startswith("-- Add the colour of parts: ")
    script.write_text("alter table public.parts add column colour text;", encoding="utf-8")
    assert upgrade(tree.plane, database.dsn, root=tree.root).revisions == ("0001", "0002")


def test_the_first_pair_follows_nothing(tree: Tree) -> None:
    write_revision(Plane.CONTROL, "the beginning", tree.root)
    assert [step.number for step in known_revisions(Plane.CONTROL, tree.root)] == ["0001"]


@pytest.mark.parametrize("message", ['odd "quotes" """ and \\ signs', "x" * 300, "ümlaut ß", "a\nb"])
def test_any_message_makes_a_file_that_python_reads(tree: Tree, message: str) -> None:
    python, _ = write_revision(tree.plane, message, tree.root)
    ast.parse(python.read_text(encoding="utf-8"))
    assert len(known_revisions(tree.plane, tree.root)) == 2


def test_a_message_without_words_is_refused(tree: Tree) -> None:
    with pytest.raises(MigrationError, match="needs a message"):
        write_revision(tree.plane, " -- ", tree.root)


def test_there_is_no_way_back() -> None:
    with pytest.raises(MigrationError, match="only go forward"):
        refuse_downgrade()


def test_a_path_with_odd_signs_is_a_path(database: Database, tree: Tree) -> None:
    odd = Tree(tree.root / "100 % odd: path", tree.plane)
    odd.revision(1, "create table public.odd (id integer);")
    assert upgrade(odd.plane, database.dsn, root=odd.root).revisions == ("0001",)


@pytest.mark.parametrize("plane", list(Plane))
def test_ours_are_pairs_numbered_without_a_gap(plane: Plane) -> None:
    steps = pending_revisions(plane, None)
    assert [int(step.number) for step in steps] == list(range(1, len(steps) + 1))
    for step in steps:
        assert step.path.name.startswith(f"{step.number}_")
        assert step.path.with_suffix(".sql").is_file()
