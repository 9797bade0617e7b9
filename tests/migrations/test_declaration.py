"""The declaration: the order in which it is built, and that the revisions add up to it."""

from collections.abc import Callable

import psycopg
import pytest

from ananta.catalogue import difference, snapshot
from ananta.settings import Plane
from migrations.declaration import declared_files, declared_script
from migrations.runner import MigrationError, build_from_declaration, upgrade
from tests.migrations.conftest import Database, Tree


def test_files_are_in_order_of_name_shared_first(tree: Tree) -> None:
    tree.write("sql/shared/10_schemas.sql", "select 1;")
    tree.write("sql/shared/30_tables/first.sql", "create table private.first (id integer);")
    tree.write("sql/app/60_queues.sql", "select 1;")
    tree.write("sql/control/10_schemas.sql", "select 1;")
    names = [path.relative_to(tree.root).as_posix() for path in declared_files(Plane.APP, tree.root)]
    assert names == [
        "sql/shared/10_schemas.sql",
        "sql/app/10_schemas.sql",
        "sql/shared/30_tables/first.sql",
        "sql/app/30_tables/parts.sql",
        "sql/app/60_queues.sql",
    ]


def test_a_referenced_table_comes_first(tree: Tree) -> None:
    tree.write("sql/app/30_tables/a.sql", "create table public.a (part_id integer references public.parts (id));")
    tree.write("sql/app/30_tables/b.sql", "-- references public.c (id)\ncreate table public.b (id integer);")
    tree.write(
        "sql/app/30_tables/c.sql",
        "create table public.c (b_id integer references public.b, c_id integer references public.c);",
    )
    tables = [path.stem for path in declared_files(Plane.APP, tree.root)][1:]
    assert tables == ["b", "c", "parts", "a"]


def test_tables_in_a_circle_are_refused(tree: Tree) -> None:
    tree.write("sql/app/30_tables/a.sql", "create table public.a (id integer references public.b);")
    tree.write("sql/app/30_tables/b.sql", "create table public.b (id integer references public.a);")
    with pytest.raises(MigrationError, match="circle: a, b"):
        declared_files(Plane.APP, tree.root)


def test_a_mistake_in_the_declaration_is_located(database: Database, tree: Tree) -> None:
    tree.write("sql/app/60_queues.sql", "\nselect pgmq.create(nothing);\n")
    with pytest.raises(MigrationError, match=r"^app: sql/app/60_queues\.sql:2: 42703"):
        build_from_declaration(Plane.APP, database.dsn, root=tree.root)


def test_revisions_and_declaration_agree(new_database: Callable[[], Database], tree: Tree) -> None:
    upgraded, declared = new_database(), new_database()
    upgrade(tree.plane, upgraded.dsn, root=tree.root)
    build_from_declaration(tree.plane, declared.dsn, root=tree.root)
    assert compare(upgraded, declared) == []


def test_a_revision_that_forgets_something_is_found(new_database: Callable[[], Database], tree: Tree) -> None:
    tree.revision(2, "alter table public.parts add column note text;\nalter table public.parts drop column note;\n")
    tree.write("sql/app/35_more.sql", "create index parts_name_idx on public.parts (name);")
    upgraded, declared = new_database(), new_database()
    upgrade(tree.plane, upgraded.dsn, root=tree.root)
    build_from_declaration(tree.plane, declared.dsn, root=tree.root)
    assert compare(upgraded, declared) == ["index public.parts_name_idx: only in the declaration"]


@pytest.mark.parametrize("plane", list(Plane))
def test_our_revisions_and_our_declaration_agree(new_database: Callable[[], Database], plane: Plane) -> None:
    upgraded, declared = new_database(), new_database()
    upgrade(plane, upgraded.dsn)
    build_from_declaration(plane, declared.dsn)
    assert compare(upgraded, declared) == []


def test_the_first_revision_can_be_written_from_the_declaration(tree: Tree) -> None:
    script = declared_script(tree.plane, tree.root)
    assert script.index("create schema") < script.index("create table public.parts")
    assert "create or replace" not in script


def compare(upgraded: Database, declared: Database) -> list[str]:
    with psycopg.connect(upgraded.dsn) as first, psycopg.connect(declared.dsn) as second:
        return difference(snapshot(first), snapshot(second))
