"""Storage is counted exactly: each content once an organization, whoever uploads and deletes at the same time."""

import json
import random
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from ananta import database_setup
from ananta.settings import Plane
from tests.support.world import add_organization

Db = psycopg.Connection[dict[str, Any]]
WRITERS, ROUNDS = 8, 25


def content(number: int) -> str:
    """The SHA-256 of a made-up content."""
    return f"{number:064x}"


class Company:
    """An organization, and connections of its owner that act as the edge's."""

    def __init__(self, dsn: str, db: Db) -> None:
        self._dsn, self.db = dsn, db
        made = add_organization(db, max_users=None, max_components=None)
        self.id = made.organization_id
        claims = {"sub": made.owner_id, "organization_id": self.id, "permissions": ["boms:read", "boms:write"]}
        self._claims = json.dumps(claims)

    def connect(self) -> Db:
        connection: Db = psycopg.connect(self._dsn, row_factory=dict_row)
        connection.execute("select set_config('request.jwt.claims', %s, false)", (self._claims,))
        connection.commit()
        return connection

    def upload(self, connection: Db, number: int, size: int, **given: Any) -> dict[str, Any]:
        query = "select (b).* from (select private.create_bom(%s, %s, %s, %s, %s, %s, %s) as b) as b"
        name, revises = given.get("name", "n"), given.get("revises")
        values = (given.get("project_id"), name, "f.csv", content(number), size, False, revises)
        row = connection.execute(query.encode(), values).fetchone()
        assert row is not None
        return row

    def limit(self, gigabytes: int | None) -> None:
        self.db.execute("update public.organizations set max_storage_gb = %s where id = %s", (gigabytes, self.id))

    def files(self) -> list[int]:
        query = "select size_bytes from public.stored_files where organization_id = %s order by size_bytes"
        return [row["size_bytes"] for row in self.db.execute(query, (self.id,)).fetchall()]

    def counted(self) -> int:
        query = "select current_count from private.usage_sums where organization_id = %s and metric = %s"
        row = self.db.execute(query, (self.id, "storage_bytes")).fetchone()
        return int(row["current_count"]) if row else 0


@pytest.fixture
def dsn(cluster: str) -> str:
    return psycopg.conninfo.make_conninfo(cluster, dbname=database_setup.DATABASES[Plane.APP])


@pytest.fixture
def db(dsn: str) -> Iterator[Db]:
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as connection:
        yield connection


@pytest.fixture
def company(dsn: str, db: Db) -> Iterator[Company]:
    made = Company(dsn, db)
    yield made
    db.execute("delete from public.organizations where id = %s", (made.id,))


def test_a_content_is_counted_once_and_given_back_with_its_last_bom(company: Company) -> None:
    with company.connect() as owner:
        first, second = (company.upload(owner, 1, 700, name=name) for name in ("a", "b"))
        owner.commit()
        assert (company.files(), company.counted()) == ([700], 700)
        company.upload(owner, 2, 50)
        owner.execute("delete from public.boms where id = %s", (first["id"],))
        owner.commit()
        assert (company.files(), company.counted()) == ([50, 700], 750)
        owner.execute("delete from public.boms where id = %s", (second["id"],))
        owner.commit()
    assert (company.files(), company.counted()) == ([50], 50)


def test_organizations_have_their_own_copies(company: Company, dsn: str, db: Db) -> None:
    other = Company(dsn, db)
    for one in (company, other):
        with one.connect() as owner:
            one.upload(owner, 1, 700)
    db.execute("delete from public.organizations where id = %s", (other.id,))
    assert (company.files(), company.counted()) == ([700], 700)
    assert (other.files(), other.counted()) == ([], 0)


def test_over_the_limit_nothing_is_kept(company: Company) -> None:
    company.limit(1)
    with company.connect() as owner:
        company.upload(owner, 1, 999_999_990)
        owner.commit()
        with pytest.raises(psycopg.DatabaseError) as refused:
            company.upload(owner, 2, 11)
        owner.rollback()
        company.upload(owner, 2, 10)
        company.upload(owner, 1, 999_999_990, name="the same content again")
    assert (refused.value.sqlstate, refused.value.diag.message_primary) == ("PT402", "quota_exceeded")
    assert json.loads(refused.value.diag.message_detail or "") == {
        "code": "quota_exceeded",
        "metric": "storage_bytes",
        "limit": 1_000_000_000,
        "current": 999_999_990,
        "requested": 11,
    }
    assert (company.files(), company.counted()) == ([10, 999_999_990], 1_000_000_000)


def test_no_storage_at_all_refuses_the_first_byte(company: Company) -> None:
    company.limit(0)
    with company.connect() as owner, pytest.raises(psycopg.DatabaseError, match="quota_exceeded"):
        company.upload(owner, 1, 1)
    assert (company.files(), company.counted()) == ([], 0)


def test_an_unchanged_revision_counts_nothing(company: Company) -> None:
    with company.connect() as owner:
        bom = company.upload(owner, 1, 700)
        owner.commit()
        company.limit(0)
        assert company.upload(owner, 1, 700, revises=bom["id"])["id"] == bom["id"]
    assert (company.files(), company.counted()) == ([700], 700)


@pytest.mark.parametrize(
    ("given", "slug"),
    [
        ({"project_id": uuid.uuid4()}, "project_not_found"),
        ({"revises": uuid.uuid4()}, "bom_not_found"),
    ],
)
def test_what_is_refused_leaves_no_row(company: Company, given: dict[str, Any], slug: str) -> None:
    with company.connect() as owner:
        company.upload(owner, 1, 700)
        owner.commit()
        with pytest.raises(psycopg.DatabaseError, match=slug):
            company.upload(owner, 2, 50, **given)
    assert (company.files(), company.counted()) == ([700], 700)


def test_counter_is_exact_under_concurrent_uploads_and_deletes(company: Company) -> None:
    """Few contents, many writers: they meet at the same files, and delete several BOMs at once in any order."""
    faults: list[BaseException] = []
    outcomes: Counter[str] = Counter()

    def write(seed: int) -> None:
        dice = random.Random(seed)
        with closing(company.connect()) as owner:
            for _ in range(ROUNDS):
                try:
                    if dice.random() < 0.6:
                        number = dice.randrange(6)
                        company.upload(owner, number, 100 + number, name=f"{seed}")
                    else:
                        owner.execute(
                            "delete from public.boms where organization_id = %s and name = %s", (company.id, f"{seed}")
                        )
                    if dice.random() < 0.2:
                        owner.rollback()
                    else:
                        owner.commit()
                    outcomes["done"] += 1
                except BaseException as fault:
                    owner.rollback()
                    faults.append(fault)

    threads = [threading.Thread(target=write, args=(seed,)) for seed in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    assert outcomes["done"] == WRITERS * ROUNDS
    held = company.db.execute(
        "select count(distinct file_sha256) as count from public.boms where organization_id = %s", (company.id,)
    ).fetchone()
    assert held is not None
    assert held["count"] == len(company.files())
    assert company.counted() == sum(company.files())


def test_organization_with_files_can_be_removed(company: Company) -> None:
    with company.connect() as owner:
        company.upload(owner, 1, 700)
    company.db.execute("delete from public.organizations where id = %s", (company.id,))
    assert company.files() == []
