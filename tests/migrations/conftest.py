"""A PostgreSQL of our own, databases in it, and small trees of migrations to try things on."""

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import conninfo, sql

from ananta.embedded.postgres import EmbeddedPostgres
from ananta.settings import ROOT, Plane

MIGRATOR_PASSWORD = "a-secret-of-the-migrator"


@dataclass(frozen=True)
class Server:
    """The cluster of these tests."""

    superuser_dsn: str

    def run(self, statement: str | sql.Composed, database: str | None = None) -> list[tuple[object, ...]]:
        """Run something as an administrator."""
        dsn = conninfo.make_conninfo(self.superuser_dsn, **({"dbname": database} if database else {}))
        with psycopg.connect(dsn, autocommit=True) as connection:
            cursor = connection.execute(statement.encode() if isinstance(statement, str) else statement)
            return cursor.fetchall() if cursor.description else []

    def names(self) -> set[str]:
        """The databases there are."""
        return {str(row[0]) for row in self.run("select datname from pg_database")}


@dataclass(frozen=True)
class Database:
    """A database that belongs to the owner role; ``dsn`` is the migrator's."""

    server: Server
    name: str
    dsn: str

    def run(self, statement: str) -> list[tuple[object, ...]]:
        """Run something as an administrator, in this database."""
        return self.server.run(statement, self.name)

    def value(self, question: str) -> object:
        """The one value that answers a question."""
        return self.run(question)[0][0]


@dataclass(frozen=True)
class Tree:
    """A root folder like the repository's, with only what a test puts there."""

    root: Path
    plane: Plane = Plane.APP

    def write(self, path: str, text: str) -> Path:
        """Write a file of the tree."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        return target

    def revision(self, number: int, script: str | None, *, autocommit: bool = False) -> None:
        """Write a revision, without its .sql if there is no script."""
        name = f"migrations/{self.plane}/versions/{number:04d}_step"
        previous = f'"{number - 1:04d}"' if number > 1 else "None"
        arguments = "__file__, autocommit=True" if autocommit else "__file__"
        self.write(
            f"{name}.py",
            f'"""Step {number}."""\nfrom migrations.revision import run_sql\n'
            f'revision = "{number:04d}"\ndown_revision = {previous}\n'
            f"def upgrade() -> None:\n    run_sql({arguments})\n",
        )
        if script is not None:
            self.write(f"{name}.sql", script)

    def remove(self, path: str) -> None:
        """Delete a file of the tree."""
        (self.root / path).unlink()


TABLE = """\
create table public.parts (
    id integer not null,
    name text not null,
    constraint parts_pkey primary key (id)
);
comment on table public.parts is 'Parts';
"""
FUNCTION = """\
create or replace function private.part_count() returns bigint
language sql stable set search_path = '' as $$ select count(*) from public.parts $$;
revoke execute on function private.part_count() from public;
"""
VIEW = (
    "create or replace view public.part_names with (security_invoker = true) as select p.name from public.parts as p;\n"
)
POLICY = """\
alter table public.parts enable row level security;
alter table public.parts force row level security;
drop policy if exists select_everyone on public.parts;
create policy select_everyone on public.parts for select to authenticated using (id > 0);
grant select on public.parts to authenticated;
"""


@pytest.fixture(scope="session")
def migration_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One cluster with the platform's roles for all tests of this folder."""
    cluster = EmbeddedPostgres(tmp_path_factory.mktemp("migrations"), durable=False)
    try:
        server = Server(cluster.start())
        server.run((ROOT / "sql/cluster/roles.sql").read_text(encoding="utf-8"))
        server.run(f"alter role ananta_migrator password '{MIGRATOR_PASSWORD}'")
        yield server
    finally:
        cluster.destroy()


@pytest.fixture
def new_database(migration_server: Server) -> Iterator[Callable[[], Database]]:
    """Makes empty databases that are gone after the test."""
    made: list[str] = []

    def make() -> Database:
        name = f"test_{secrets.token_hex(6)}"
        identifier = sql.Identifier(name)
        migration_server.run(sql.SQL("create database {} owner ananta_owner template template0").format(identifier))
        made.append(name)
        dsn = conninfo.make_conninfo(
            migration_server.superuser_dsn, user="ananta_migrator", password=MIGRATOR_PASSWORD, dbname=name
        )
        return Database(migration_server, name, dsn)

    yield make
    for name in made:
        migration_server.run(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
def database(new_database: Callable[[], Database]) -> Database:
    """An empty database."""
    return new_database()


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A small tree: one table by revision and declaration alike, a function, a view and a policy."""
    small = Tree(tmp_path / "tree")
    small.write("sql/app/10_schemas.sql", "create schema if not exists private;\n")
    small.write("sql/app/30_tables/parts.sql", TABLE)
    small.revision(1, TABLE)
    small.write("functions/app/private/part_count.sql", FUNCTION)
    small.write("sql/app/40_views/part_names.sql", VIEW)
    small.write("policies/app/parts.sql", POLICY)
    return small


def plain(text: str) -> str:
    """Terminal output without its line breaks and colours."""
    return " ".join(re.sub(r"\x1b\[[0-9;]*m", "", text).split())
