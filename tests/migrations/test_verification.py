"""Comparing a database with the declaration."""

import pytest

from migrations.runner import build_from_declaration, upgrade, verify
from migrations.verification import Verification
from tests.migrations.conftest import FUNCTION, Database, Tree


@pytest.fixture
def upgraded(database: Database, tree: Tree) -> Database:
    """A database of the small tree."""
    upgrade(tree.plane, database.dsn, root=tree.root)
    return database


def compared(database: Database, tree: Tree) -> Verification:
    return verify(tree.plane, database.dsn, scratch_dsn=database.server.superuser_dsn, root=tree.root)


def test_an_upgraded_database_is_as_declared(upgraded: Database, tree: Tree) -> None:
    found = compared(upgraded, tree)
    assert (found.problems, found.skipped, found.is_ok) == ((), None, True)


def test_a_change_by_hand_is_found(upgraded: Database, tree: Tree) -> None:
    upgraded.run("drop policy select_everyone on public.parts")
    assert compared(upgraded, tree).problems == ("policy public.parts.select_everyone: only in the declaration",)


def test_what_is_not_applied_is_found(upgraded: Database, tree: Tree) -> None:
    tree.revision(2, "select 1;")
    tree.write("functions/app/private/part_count.sql", FUNCTION + "-- changed\n")
    tree.remove("policies/app/parts.sql")
    problems = compared(upgraded, tree).problems
    assert problems[:3] == (
        "revision 0002 Step 2.: not applied",
        "functions/app/private/part_count.sql: not applied as it is now",
        "policies/app/parts.sql: applied, and gone from disk",
    )


def test_a_newer_database_is_a_difference(upgraded: Database, tree: Tree) -> None:
    upgraded.run("update private.schema_revisions set version_num = '0007'")
    assert "revision 0007" in compared(upgraded, tree).problems[0]


def test_without_the_right_to_create_it_lints_and_says_how_to_compare(upgraded: Database, tree: Tree) -> None:
    upgraded.run("create table public.bare (id integer)")
    found = verify(tree.plane, upgraded.dsn, root=tree.root)
    assert not found.is_as_declared
    assert "runs `alter role ananta_migrator createdb`; or give --scratch-url" in (found.skipped or "")
    assert "0004_no_primary_key: public.bare: has no primary key" in found.problems


def test_a_migrator_that_may_create_databases_needs_no_other(upgraded: Database, tree: Tree) -> None:
    upgraded.server.run("alter role ananta_migrator createdb")
    try:
        found = verify(tree.plane, upgraded.dsn, root=tree.root)
    finally:
        upgraded.server.run("alter role ananta_migrator nocreatedb")
    assert (found.problems, found.skipped) == ((), None)


def test_no_scratch_database_is_left(upgraded: Database, tree: Tree) -> None:
    compared(upgraded, tree)
    tree.write("sql/app/60_queues.sql", "select nothing;")
    with pytest.raises(Exception, match="60_queues"):
        compared(upgraded, tree)
    assert not [name for name in upgraded.server.names() if name.startswith("ananta_scratch")]


def test_an_auth_schema_of_somebody_else_is_left_alone(database: Database, tree: Tree) -> None:
    database.run("create schema auth")
    database.run("create function auth.uid() returns uuid language sql as 'select gen_random_uuid()'")
    upgrade(tree.plane, database.dsn, root=tree.root)
    assert compared(database, tree).is_ok


def test_a_database_built_from_the_declaration_lacks_only_its_revision(database: Database, tree: Tree) -> None:
    build_from_declaration(tree.plane, database.dsn, root=tree.root)
    assert compared(database, tree).problems == ("revision 0001 Step 1.: not applied",)
