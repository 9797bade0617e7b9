"""The picture of a database: whatever is planted in it is seen, and what is not ours is not."""

import psycopg
import pytest

from ananta.catalogue import difference, snapshot, without_schema
from migrations.runner import upgrade
from tests.migrations.conftest import Database, Tree

PLANTED = {
    "create table public.other (id integer)": "table public.other",
    "alter table public.parts owner to postgres": "table public.parts",
    "alter table public.parts no force row level security": "table public.parts",
    "alter table public.parts set (fillfactor = 70)": "table public.parts",
    "grant delete on public.parts to anon": "table public.parts",
    "grant update (name) on public.parts to anon": "column public.parts.name",
    "alter table public.parts add column note text": "column public.parts.note",
    "drop view public.part_names; alter table public.parts alter column name type varchar": "column public.parts.name",
    "alter table public.parts alter column name drop not null": "column public.parts.name",
    "alter table public.parts alter column name set default 'x'": "column public.parts.name",
    'drop view public.part_names; alter table public.parts alter column name type text collate "POSIX"': (
        "column public.parts.name"
    ),
    "alter table public.parts alter column id add generated always as identity": "column public.parts.id",
    "comment on column public.parts.name is 'A name'": "column public.parts.name",
    "comment on table public.parts is 'Other words'": "table public.parts",
    "alter table public.parts add check (id > 3) not valid": "constraint public.parts.parts_id_check",
    "create index on public.parts (name)": "index public.parts_name_idx",
    "create or replace function private.part_count() returns bigint language sql stable set search_path = ''"
    " as 'select 3'": "function private.part_count()",
    "alter function private.part_count() security definer": "function private.part_count()",
    "grant execute on function private.part_count() to public": "function private.part_count()",
    "comment on function private.part_count() is 'Counts'": "function private.part_count()",
    "alter policy select_everyone on public.parts to anon": "policy public.parts.select_everyone",
    "alter policy select_everyone on public.parts using (true)": "policy public.parts.select_everyone",
    "create policy none on public.parts as restrictive for delete to anon using (false)": "policy public.parts.none",
    "create or replace view public.part_names as select name from public.parts": "view public.part_names",
    "create sequence public.numbers increment 5": "sequence public.numbers",
    "create domain private.code as text check (value <> '')": "domain private.code",
    "create type private.colour as enum ('red')": "type private.colour",
    "create statistics private.pair on id, name from public.parts": "statistics private.pair",
    "grant create on schema private to anon": "schema private",
    "alter default privileges for role ananta_owner in schema private grant select on tables to anon": (
        "default privileges on tables in private"
    ),
    "select pgmq.create('work')": "queue work",
    "grant execute on function pgmq.send(text, jsonb) to anon": "rights on pgmq.send(queue_name text, msg jsonb)",
    "grant select on pgmq.meta to anon": "rights on pgmq.meta",
    "create trigger _100_stamp before update on public.parts for each row execute function"
    " suppress_redundant_updates_trigger()": "trigger public.parts._100_stamp",
}


def picture(database: Database) -> dict[str, str]:
    with psycopg.connect(database.dsn) as connection:
        return snapshot(connection)


@pytest.fixture
def upgraded(database: Database, tree: Tree) -> Database:
    """A database of the small tree."""
    upgrade(tree.plane, database.dsn, root=tree.root)
    return database


def test_every_planted_difference_is_found(upgraded: Database) -> None:
    with psycopg.connect(upgraded.server.superuser_dsn, dbname=upgraded.name) as connection:
        before = snapshot(connection)
        for statement, key in PLANTED.items():
            with connection.transaction(force_rollback=True):
                connection.execute(statement.encode())
                found = difference(before, snapshot(connection))
            assert any(line.startswith(f"{key}: ") for line in found), statement
        assert difference(before, snapshot(connection)) == []


def test_a_changed_text_is_shown_as_its_changed_lines(upgraded: Database) -> None:
    before = picture(upgraded)
    upgraded.run("grant delete on public.parts to authenticated")
    assert difference(before, picture(upgraded)) == [
        "table public.parts: differs (- the database, + the declaration)\n"
        "    -authenticated may select\n"
        "    +authenticated may delete, select"
    ]


def test_the_way_to_the_same_rights_makes_no_difference(upgraded: Database) -> None:
    before = picture(upgraded)
    upgraded.run("revoke select on public.parts from authenticated")
    upgraded.run("grant insert, select on public.parts to authenticated")
    upgraded.run("revoke insert on public.parts from authenticated")
    assert difference(before, picture(upgraded)) == []


def test_what_an_extension_brings_is_not_ours(upgraded: Database) -> None:
    before = picture(upgraded)
    upgraded.run("create extension pg_stat_statements schema public")
    assert difference(before, picture(upgraded)) == []


def test_the_search_path_is_left_as_it_was(upgraded: Database) -> None:
    with psycopg.connect(upgraded.dsn) as connection:
        connection.execute("set search_path = private")
        snapshot(connection)
        assert connection.execute("show search_path").fetchone() == ("private",)


def test_a_schema_can_be_left_out() -> None:
    whole = {"schema auth": "", "function auth.uid()": "", "table public.auth": "", "schema public": ""}
    assert set(without_schema(whole, "auth")) == {"table public.auth", "schema public"}
