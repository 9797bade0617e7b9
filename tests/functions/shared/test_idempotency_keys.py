"""A key is one effect of one caller for a day: what the database says of it, in both planes."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from ananta import database_setup
from ananta.settings import Plane

Db = psycopg.Connection[dict[str, Any]]
TAKE = "select * from private.take_idempotency_key(%s, %s, %s)"
KEEP = "select private.keep_request_answer('{}', 'k', '1')"


@pytest.fixture(params=list(Plane))
def dsn(request: pytest.FixtureRequest, cluster: str) -> str:
    return psycopg.conninfo.make_conninfo(cluster, dbname=database_setup.DATABASES[request.param])


@pytest.fixture
def db(dsn: str) -> Iterator[Db]:
    with psycopg.connect(dsn, row_factory=dict_row) as connection:
        yield connection
        connection.rollback()


def caller(**changes: str) -> dict[str, str]:
    ids = {name: str(uuid.uuid4()) for name in ("sub", "tenantId", "organization_id")}
    return {"role": "authenticated", **ids, **changes}


def act_as(db: Db, claims: dict[str, str] | None) -> None:
    db.execute("select set_config('request.jwt.claims', %s, true)", (json.dumps(claims) if claims else "",))


def take(db: Db, key: str = "k", fingerprint: str = "f", owner: str | None = None) -> dict[str, Any] | None:
    row = db.execute(TAKE, (owner, key, fingerprint)).fetchone()
    return row if row and row["key_hash"] else None


def keep(db: Db, answer: Any, key: str = "k") -> None:
    db.execute("select private.keep_answer(null, %s, %s)", (key, json.dumps(answer)))


def test_first_request_takes_and_the_next_finds_it(db: Db) -> None:
    act_as(db, caller())
    assert take(db) is None
    keep(db, {"value": 1})
    keep(db, {"value": 2})
    row = take(db)
    assert row is not None
    assert row["answer"] == {"value": 1}, "the first answer stays"


def test_an_answer_of_postgrests_is_kept_for_whose_request_it_was_without_a_wait_for_the_disk(db: Db) -> None:
    mine, other = caller(), caller()
    for claims in (mine, other):
        act_as(db, claims)
        take(db)
    act_as(db, None)
    keep_request = "select private.keep_request_answer(%s, 'k', %s)"
    db.execute(keep_request, (json.dumps(mine), json.dumps("mine")))
    assert db.execute("show synchronous_commit").fetchone() == {"synchronous_commit": "off"}
    answers = []
    for claims in (mine, other):
        act_as(db, claims)
        answers.append((take(db) or {})["answer"])
    assert answers == ["mine", None]
    with pytest.raises(psycopg.DatabaseError, match="invalid_token"):
        db.execute(keep_request, ("{}", json.dumps("nobody's")))


def test_another_request_with_the_key_is_refused(db: Db) -> None:
    act_as(db, caller())
    take(db)
    with pytest.raises(psycopg.DatabaseError, match="idempotency_key_reused") as refused:
        take(db, fingerprint="another")
    assert refused.value.sqlstate == "PT422"


@pytest.mark.parametrize("other", ["sub", "tenantId", "organization_id", "role"])
def test_keys_of_others_are_others(db: Db, other: str) -> None:
    mine = caller()
    act_as(db, mine)
    take(db)
    keep(db, "mine")
    act_as(db, mine | {other: str(uuid.uuid4())})
    assert take(db, fingerprint="another") is None


def test_an_owner_never_stands_for_a_caller(db: Db) -> None:
    """A text that looks like the caller's claims is not the caller."""
    mine = caller()
    act_as(db, mine)
    take(db)
    claims = json.dumps([mine["role"], mine["tenantId"], mine["organization_id"], mine["sub"]])
    for owner in (claims, claims.replace(",", ", "), ""):
        assert take(db, fingerprint="another", owner=owner) is None


def test_nobody_has_no_keys(db: Db) -> None:
    act_as(db, None)
    with pytest.raises(psycopg.DatabaseError, match="invalid_token"):
        take(db)


def test_a_failed_effect_gives_the_key_back(db: Db) -> None:
    act_as(db, caller())
    db.execute("savepoint effect")
    take(db)
    db.execute("rollback to effect")
    assert take(db, fingerprint="corrected") is None


def test_a_key_in_use_is_refused_at_once_and_only_its_own(db: Db, dsn: str) -> None:
    claims = caller()
    act_as(db, claims)
    take(db)
    with psycopg.connect(dsn, row_factory=dict_row) as twin:
        act_as(twin, claims)
        assert take(twin, key="another") is None
        with pytest.raises(psycopg.DatabaseError, match="idempotency_key_in_use") as refused:
            take(twin)
        assert refused.value.sqlstate == "PT409"


def test_after_a_day_the_key_is_new_again_and_its_row_goes(db: Db) -> None:
    act_as(db, caller())

    def age(hours: float) -> None:
        query = "update private.idempotency_keys set created_at = now() - make_interval(secs => %s)"
        db.execute(query, (hours * 3600,))

    def removed() -> int:
        row = db.execute("select private.remove_idempotency_keys(2) as count").fetchone()
        assert row is not None
        return int(row["count"])

    take(db)
    keep(db, "old")
    age(23.9)
    assert take(db) is not None
    assert removed() == 0
    age(24.1)
    assert take(db, fingerprint="another") is None, "taken anew, though no job ran"
    row = take(db, fingerprint="another")
    assert row is not None
    assert row["answer"] is None
    for key in ("a", "b"):
        take(db, key=key)
    age(24.1)
    assert [removed(), removed(), removed()] == [2, 1, 0]


def test_only_what_calls_itself_idempotent_is_repeated(db: Db, dsn: str) -> None:
    schema = "public" if "supabase" in dsn else "tenant_management"
    for name, contract in (("repeats", "Idempotent: yes, always."), ("adds", "Idempotent: no.")):
        db.execute(f"create function {schema}.{name}() returns int language sql as 'select 1'".encode())
        db.execute(f"comment on function {schema}.{name}() is 'X. {contract}'".encode())
    asked = dict.fromkeys(("/rpc/repeats", "/rpc/adds", "/rpc/nothing", "/repeats", ""))
    found = {path: db.execute("select private.is_repeatable(%s) as yes", (path,)).fetchone() for path in asked}
    assert [path for path, row in found.items() if row and row["yes"]] == ["/rpc/repeats"]


def request(db: Db, *, method: str = "POST", path: str = "/things", **headers: str) -> None:
    """What PostgREST sets before it calls check_request."""
    for name, value in (("method", method), ("path", path), ("headers", json.dumps(headers))):
        db.execute("select set_config(%s, %s, true)", (f"request.{name}", value))
    db.execute("select private.take_request_key()")


def keys(db: Db) -> int:
    row = db.execute("select count(*) as count from private.idempotency_keys").fetchone()
    assert row is not None
    return int(row["count"])


def test_a_post_through_postgrest_takes_its_key_and_nothing_else_does(db: Db) -> None:
    act_as(db, caller())
    headers = {"idempotency-key": "k", "x-ananta-internal-fingerprint": "f"}
    before = keys(db)
    for method in ("GET", "HEAD", "PATCH", "PUT", "DELETE"):
        request(db, method=method, **headers)
    request(db)
    assert keys(db) == before
    request(db, **headers)
    assert keys(db) == before + 1
    with pytest.raises(psycopg.DatabaseError, match="idempotency_key_used"), db.transaction():
        request(db, **headers)
    with pytest.raises(psycopg.DatabaseError, match="idempotency_key_reused"), db.transaction():
        request(db, **headers | {"x-ananta-internal-fingerprint": "another"})


def test_a_transaction_that_may_not_write_takes_no_key(db: Db) -> None:
    db.execute("set transaction read only")
    act_as(db, caller())
    request(db, **{"idempotency-key": "k"})
    assert keys(db) == 0


def test_clients_cannot_reach_the_keys(db: Db) -> None:
    for role in ("anon", "authenticated", "platform_admin"):
        keep_own = "select private.keep_answer('x', 'k', '1')"
        for statement in ("select from private.idempotency_keys", keep_own, KEEP, TAKE):
            db.execute(f"savepoint before; set local role {role}".encode())
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                db.execute(statement.encode(), ("x", "k", "f") if statement is TAKE else ())
            db.execute("rollback to before")
