"""What a request may count: in both planes, before anything is read."""

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from ananta import database_setup
from ananta.settings import Plane

Db = psycopg.Connection[dict[str, Any]]


@pytest.fixture(params=list(Plane))
def db(request: pytest.FixtureRequest, cluster: str) -> Iterator[Db]:
    dsn = psycopg.conninfo.make_conninfo(cluster, dbname=database_setup.DATABASES[request.param])
    with psycopg.connect(dsn, row_factory=dict_row) as connection:
        yield connection
        connection.rollback()


def ask(db: Db, prefer: str | None) -> str:
    """The statement's time-out after the check."""
    db.execute("set local statement_timeout = '5s'")
    headers = {} if prefer is None else {"prefer": prefer}
    db.execute("select set_config('request.headers', %s, true)", (json.dumps(headers),))
    db.execute("select private.bound_count()")
    row = db.execute("show statement_timeout").fetchone()
    assert row is not None
    return str(row["statement_timeout"])


def test_exact_counts_get_a_second(db: Db) -> None:
    assert ask(db, "return=representation, count=exact") == "1s"
    assert ask(db, None) == ask(db, "return=minimal") == "5s"


@pytest.mark.parametrize("prefer", ["count=planned", 'return=minimal,count = "estimated"', "Count=Planned"])
def test_estimates_are_refused(db: Db, prefer: str) -> None:
    with pytest.raises(psycopg.DatabaseError, match="count_not_estimated"):
        ask(db, prefer)
