"""An upload whose transaction does not end well leaves no file that no row has."""

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from fastapi import UploadFile
from psycopg.rows import dict_row
from pydantic import SecretStr

from ananta.database_setup import DATABASES
from ananta.files import LocalFiles, StagedFile
from ananta.settings import Plane
from edge_api.boms import Uploads
from edge_api.database import Database
from edge_api.problems import ProblemError
from tests.conftest import PASSWORDS
from tests.support.tokens import member_claims
from tests.support.world import add_organization

Db = psycopg.Connection[dict[str, Any]]
VALUES = (None, "n", False, None)
CONTENT = b"Reference,MPN\nR1,LM358\n"


class Company:
    """An organization made for one test."""

    def __init__(self, db: Db) -> None:
        self._db = db
        made = add_organization(db, max_users=None, max_components=None)
        self.id = made.organization_id
        self.claims = member_claims(self.query, made.owner_id)

    def query(self, _: Plane, statement: str, parameters: tuple[Any, ...] = ()) -> list[dict[str, Any]]:
        cursor = self._db.execute(statement.encode(), parameters)
        return cursor.fetchall() if cursor.description else []

    def rows(self) -> tuple[int, int]:
        query = (
            "select (select count(*) from boms where organization_id = %(id)s) as boms,"
            " (select count(*) from stored_files where organization_id = %(id)s) as files"
        )
        row = self._db.execute(query, {"id": self.id}).fetchone()
        assert row is not None
        return row["boms"], row["files"]


@pytest.fixture
def db(cluster: str) -> Iterator[Db]:
    dsn = psycopg.conninfo.make_conninfo(cluster, dbname=DATABASES[Plane.APP])
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as connection:
        yield connection


@pytest.fixture
def company(db: Db) -> Iterator[Company]:
    made = Company(db)
    yield made
    db.execute("delete from public.organizations where id = %s", (made.id,))


def edge_url(cluster: str) -> SecretStr:
    password = PASSWORDS["app_edge"]
    url = psycopg.conninfo.make_conninfo(cluster, dbname=DATABASES[Plane.APP], user="app_edge", password=password)
    return SecretStr(url)


def upload(cluster: str, company: Company, files: LocalFiles, *, max_bytes: int = 1000) -> dict[str, Any]:
    async def create() -> dict[str, Any]:
        database = Database(edge_url(cluster))
        async with database.running():
            file = UploadFile(io.BytesIO(CONTENT), filename="../../x.csv")
            return (await Uploads(database, files).create(company.claims, file, max_bytes, VALUES)).value

    return asyncio.run(create())


def stored(folder: Path) -> list[str]:
    """Everything in the store that is a file, by its name."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_file_is_there_with_its_row(cluster: str, company: Company, tmp_path: Path) -> None:
    bom = upload(cluster, company, LocalFiles(tmp_path))
    again = upload(cluster, company, LocalFiles(tmp_path))
    assert bom["id"] != again["id"]
    assert stored(tmp_path) == [bom["file_sha256"]] == [again["file_sha256"]]
    assert (tmp_path / company.id / bom["file_sha256"]).read_bytes() == CONTENT
    assert (bom["file_name"], company.rows()) == ("x.csv", (2, 1))


def test_too_large_a_file_leaves_nothing(cluster: str, company: Company, tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="bom_too_large"):
        upload(cluster, company, LocalFiles(tmp_path), max_bytes=5)
    assert (stored(tmp_path), company.rows()) == ([], (0, 0))


class LosesItsConnection(LocalFiles):
    """The server ends all connections of the edge when the file has its name, before the commit."""

    def __init__(self, folder: Path, db: Db) -> None:
        super().__init__(folder)
        self._db = db

    async def place(self, staged: StagedFile) -> None:
        await super().place(staged)
        self._db.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app_edge'")


def test_lost_connection_takes_the_file_along(cluster: str, company: Company, db: Db, tmp_path: Path) -> None:
    with pytest.raises(psycopg.OperationalError):
        upload(cluster, company, LosesItsConnection(tmp_path, db))
    assert (stored(tmp_path), company.rows()) == ([], (0, 0))


def test_lost_connection_leaves_a_file_that_another_bom_has(
    cluster: str, company: Company, db: Db, tmp_path: Path
) -> None:
    bom = upload(cluster, company, LocalFiles(tmp_path))
    with pytest.raises(psycopg.OperationalError):
        upload(cluster, company, LosesItsConnection(tmp_path, db))
    assert (stored(tmp_path), company.rows()) == ([bom["file_sha256"]], (1, 1))


class CannotPlace(LocalFiles):
    """The disk fails after the rename."""

    async def place(self, staged: StagedFile) -> None:
        await super().place(staged)
        raise OSError("no space")


def test_failing_disk_leaves_neither_row_nor_file(cluster: str, company: Company, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no space"):
        upload(cluster, company, CannotPlace(tmp_path))
    assert (stored(tmp_path), company.rows()) == ([], (0, 0))


class Sees(LocalFiles):
    """Tries to let the same content go while the upload is about to commit."""

    def __init__(self, folder: Path, cluster: str) -> None:
        super().__init__(folder)
        self._cluster = cluster
        self.waited = False

    async def place(self, staged: StagedFile) -> None:
        await super().place(staged)
        dsn = psycopg.conninfo.make_conninfo(self._cluster, dbname=DATABASES[Plane.APP])
        with psycopg.connect(dsn) as other:
            other.execute("set lock_timeout = '200ms'")
            try:
                other.execute("select private.lock_file(%s, %s)", (staged.organization_id, staged.sha256))
            except psycopg.errors.LockNotAvailable:
                self.waited = True


def test_whoever_removes_the_content_meanwhile_waits(cluster: str, company: Company, tmp_path: Path) -> None:
    files = Sees(tmp_path, cluster)
    upload(cluster, company, files)
    assert files.waited
    assert company.rows() == (1, 1)
