"""The sweep removes what no BOM has, and nothing else."""

import asyncio
import os
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest
from psycopg.rows import dict_row
from structlog.testing import capture_logs

from ananta.database_setup import DATABASES
from ananta.files import LocalFiles
from ananta.settings import Plane
from tests.support.world import add_organization
from tests.workers.conftest import worker_database
from workers.database import WorkerDatabase
from workers.files import orphans
from workers.files.orphans import Swept, remove_unused, sweep

T = TypeVar("T")
Db = psycopg.Connection[dict[str, Any]]
OLD = 100_000.0


def sha(number: int) -> str:
    return f"{number:064x}"


class Store:
    """A folder of files, and the rows of an organization."""

    def __init__(self, cluster: str, db: Db, folder: Path) -> None:
        self._cluster, self.db, self.folder = cluster, db, folder
        self.files = LocalFiles(folder)
        self.organization_id = add_organization(db, max_users=None, max_components=None).organization_id

    def plant(self, name: str, *, organization: str | None = None, age: float = OLD) -> Path:
        path = self.folder / (organization or self.organization_id) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"content")
        os.utime(path, (time.time() - age,) * 2)
        return path

    def know(self, number: int) -> None:
        query = "insert into public.stored_files (organization_id, sha256, size_bytes) values (%s, %s, 7)"
        self.db.execute(query, (self.organization_id, sha(number)))

    def held(self, number: int) -> Path:
        self.know(number)
        return self.plant(sha(number))

    def run(self, work: Callable[[WorkerDatabase], Awaitable[T]]) -> T:
        async def inside() -> T:
            database = worker_database(self._cluster)
            async with database.running():
                return await work(database)

        return asyncio.run(inside())

    def sweep(self) -> Swept:
        return self.run(lambda database: sweep(database, self.files, time.time() - 3600))


@pytest.fixture
def store(cluster: str, tmp_path: Path) -> Iterator[Store]:
    dsn = psycopg.conninfo.make_conninfo(cluster, dbname=DATABASES[Plane.APP])
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as db:
        made = Store(cluster, db, tmp_path / "files")
        yield made
        db.execute("delete from public.organizations where id = %s", (made.organization_id,))


def test_orphans_go_and_files_in_use_stay(store: Store) -> None:
    kept, orphan = store.held(1), store.plant(sha(2))
    elsewhere = store.plant(sha(1), organization=str(uuid.uuid4()))
    young = store.plant(sha(3), age=10)
    swept = store.sweep()
    assert (swept.found, swept.removed, swept.left) == (4, 2, 0)
    assert (kept.exists(), young.exists()) == (True, True)
    assert not orphan.exists()
    assert not elsewhere.parent.exists(), "a folder with nothing in it goes as well"


def test_dead_uploads_and_empty_folders_go(store: Store) -> None:
    store.held(1)
    dead, alive = store.plant(".upload-dead"), store.plant(".upload-alive", age=10)
    empty = store.folder / str(uuid.uuid4())
    empty.mkdir()
    swept = store.sweep()
    assert (dead.exists(), alive.exists(), empty.exists()) == (False, True, False)
    assert (swept.litter, swept.removed) == (2, 0)


def test_what_is_not_ours_is_left_alone(store: Store, tmp_path: Path) -> None:
    store.held(1)
    strangers = [
        store.plant("notes.txt"),
        store.plant(sha(2).upper().replace("0", "A")),
        store.plant("a" * 63),
        store.plant(sha(3), organization="not-an-organization"),
        store.plant(sha(3), organization=str(uuid.uuid4()).upper().replace("0", "A")),
        store.plant(sha(3), organization=f"{store.organization_id}/deeper"),
    ]
    assert store.sweep().removed == 0
    assert [path.exists() for path in strangers] == [True] * len(strangers)


def test_links_are_not_followed(store: Store, tmp_path: Path) -> None:
    store.held(1)
    outside = tmp_path / "outside"
    outside.mkdir()
    targets = [outside / sha(7), outside / ".upload-x", outside / "precious"]
    for target in targets:
        target.write_bytes(b"precious")
        os.utime(target, (time.time() - OLD,) * 2)
    folder = store.folder / store.organization_id
    (folder / sha(8)).symlink_to(targets[2])
    (folder / ".upload-link").symlink_to(targets[1])
    linked = store.folder / str(uuid.uuid4())
    linked.symlink_to(outside, target_is_directory=True)
    swept = store.sweep()
    assert (swept.found, swept.removed, swept.litter) == (1, 0, 0)
    assert [target.read_bytes() for target in targets] == [b"precious"] * 3
    assert linked.is_symlink()


def test_a_database_that_knows_none_of_the_files_removes_none(store: Store) -> None:
    orphan = store.plant(sha(2))
    swept = store.sweep()
    assert (swept.removed, swept.left, orphan.exists()) == (0, 1, True)


def test_missing_files_are_told_of(store: Store) -> None:
    store.held(1)
    store.know(2)
    swept = store.sweep()
    assert (uuid.UUID(store.organization_id), sha(2)) in swept.missing
    with capture_logs() as logs:
        orphans._tell(Swept(missing=swept.missing, removed=3, left=1))
    assert [(entry["event"], entry["count"]) for entry in logs] == [
        ("orphaned_files_removed", 3),
        ("orphaned_files_left", 1),
        ("stored_files_missing", len(swept.missing)),
    ]


def test_many_files_are_asked_for_in_batches(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orphans, "BATCH", 3)
    kept = [store.held(number) for number in range(10)]
    for number in range(10, 17):
        store.plant(sha(number))
    for number in range(20, 25):
        store.know(number)
    swept = store.sweep()
    assert (swept.found, swept.removed) == (17, 7)
    assert all(path.exists() for path in kept)
    assert {key[1] for key in swept.missing if str(key[0]) == store.organization_id} == {
        sha(number) for number in range(20, 25)
    }


def test_a_file_that_is_taken_into_use_meanwhile_stays(store: Store, cluster: str) -> None:
    """The upload holds the lock when the sweep comes; the sweep waits, and then sees the row."""
    path = store.plant(sha(2))
    organization_id = uuid.UUID(store.organization_id)
    dsn = psycopg.conninfo.make_conninfo(cluster, dbname=DATABASES[Plane.APP])

    async def race(database: WorkerDatabase) -> bool:
        async with await psycopg.AsyncConnection.connect(dsn) as upload:
            await upload.execute("select private.lock_file(%s, %s)", (organization_id, sha(2)))
            removal = asyncio.create_task(remove_unused(database, store.files, organization_id, sha(2)))
            await asyncio.sleep(0.3)
            assert not removal.done()
            query = "insert into public.stored_files (organization_id, sha256, size_bytes) values (%s, %s, 7)"
            await upload.execute(query, (organization_id, sha(2)))
            await upload.commit()
        return await removal

    assert store.run(race) is False
    assert path.exists()


def test_a_store_that_is_not_there_yet_is_empty(store: Store) -> None:
    assert (store.sweep().found, store.folder.exists()) == (0, False)
