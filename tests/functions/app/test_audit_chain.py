"""The chain of the audit log: tampering is found and located, retention keeps it verifiable, writers do not wait."""

import json
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from psycopg.rows import dict_row

from ananta import database_setup
from ananta.settings import Plane
from tests.support.audit import AuditedCompany, Db
from tests.support.world import add_organization

WRITERS, ROUNDS = 8, 15
LATER = "now() + interval '10 years'"


@pytest.fixture
def company(app_db: Db) -> AuditedCompany:
    made = AuditedCompany(app_db, audit_days=30)
    made.write(10)
    return made


# What somebody with a superuser's rights may do to entry 6 and its neighbours, and the numbers at which it must show.
# $log, $of and $rest stand for the table, the tenant's rows, and the columns between number and expires_on.
REST = "actor_kind, actor_id, actor_login, action, 'x', row_id, before, after, correlation_id, created_at"
TAMPERING = {
    "an edit": ("""update $log set after = after || '{"name": "x"}' where $of and number = 6""", {6}),
    "an edit of a null": ("update $log set before = '{}' where $of and number = 6", {6}),
    "another actor": ("update $log set actor_login = 'app_edge' where $of and number = 6", {6}),
    "another time": ("update $log set created_at = created_at - interval '1 s' where $of and number = 6", {6}),
    "another expiry": ("update $log set expires_on = date '9999-12-31' where $of and number = 6", {6}),
    "another hash": ("update $log set hash = sha256(hash) where $of and number = 6", {6, 7}),
    "a deletion": ("delete from $log where $of and number = 6", {7}),
    "several deletions": ("delete from $log where $of and number in (3, 5, 6)", {4, 7}),
    "the first deleted": ("delete from $log where $of and number = 1", {2}),
    "the last deleted": ("delete from $log where $of and number = %(last)s", {"last"}),
    "all deleted": ("delete from $log where $of", {"last"}),
    "a deletion closed up": (
        "delete from $log where $of and number = 6; update $log set number = number - 1 where $of and number > 6",
        {6},
    ),
    "an insertion of a number that is there": (
        "insert into $log select organization_id, 6, $rest, date '9999-12-31', hash from $log where $of and number = 6",
        {6},
    ),
    "an insertion with room made for it": (
        "update $log set number = -number - 1 where $of and number > 6;"
        "update $log set number = -number where $of and number < 0;"
        "insert into $log select organization_id, 7, $rest, expires_on, hash from $log where $of and number = 6",
        {7},
    ),
    "an insertion after the end": (
        "insert into $log select organization_id, number + 1, $rest, expires_on, hash from $log"
        " where $of and number = %(last)s",
        {"after"},
    ),
    "two exchanged": (
        "update $log set number = -number where $of and number in (5, 7);"
        "update $log set number = number + 12 where $of and number < 0",
        {5, 7},
    ),
    "what two say exchanged": (
        "update $log as l set after = o.after, row_id = o.row_id from $log as o"
        " where l.$of and o.$of and l.number in (5, 7) and o.number = 12 - l.number",
        {5, 7},
    ),
    "the end moved back": (
        "update private.audit_chains as c set last_number = 6, last_hash = l.hash from $log as l"
        " where c.owner_id = %(id)s and l.$of and l.number = 6",
        {7},
    ),
    "the beginning moved on": (
        "update private.audit_chains as c set anchor_number = 3, anchor_hash = l.hash from $log as l"
        " where c.owner_id = %(id)s and l.$of and l.number = 3",
        {1, 2, 3},
    ),
    "everything removed": (
        "delete from $log where $of; delete from private.audit_chains where owner_id = %(id)s",
        {0},
    ),
    "the end removed": ("delete from private.audit_chains where owner_id = %(id)s", {1}),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_tampering_is_found_where_it_is(company: AuditedCompany, what: str) -> None:
    statements, wanted = TAMPERING[what]
    last = company.last_number()
    assert company.problems() == []
    tamper(company, statements)
    places = {"last": last, "after": last + 1}
    found = {number for number, _ in company.problems()}
    assert {places.get(str(place), place) for place in wanted} <= found


def tamper(company: AuditedCompany, statements: str) -> None:
    """As a superuser for whom no trigger fires."""
    company.db.execute("set local session_replication_role = replica")
    meant = {"$log": "public.audit_logs", "$of": "organization_id = %(id)s", "$rest": REST}
    for word, text in meant.items():
        statements = statements.replace(word, text)
    for statement in statements.split(";"):
        company.db.execute(statement.encode(), {"id": company.id, "last": company.last_number()})
    company.db.execute("set local session_replication_role = origin")


def test_one_tampered_chain_leaves_the_others_whole(company: AuditedCompany) -> None:
    other = AuditedCompany(company.db)
    other.write(3)
    tamper(company, TAMPERING["an edit"][0])
    assert other.problems() == []
    rows = company.db.execute(
        "select tenant_id::text, number from private.verify_audit_log() where tenant_id = any(%s)",
        ([company.id, other.id],),
    ).fetchall()
    assert rows == [{"tenant_id": company.id, "number": 6}]


def test_a_chain_cut_or_written_anew_is_found_by_its_noted_end(company: AuditedCompany) -> None:
    row = company.db.execute("select private.list_audit_heads() as heads").fetchone()
    assert row is not None
    heads, last = json.dumps(row["heads"]), company.last_number()
    company.write(2)
    assert company.problems(heads) == []
    tamper(
        company,
        "delete from $log where $of and number > 6;"
        "update private.audit_chains as c set last_number = 6, last_hash = l.hash from $log as l"
        " where c.owner_id = %(id)s and l.$of and l.number = 6",
    )
    assert company.problems() == []
    assert [number for number, _ in company.problems(heads)] == [last]


@pytest.mark.parametrize("hash_kept", ["last_hash", "sha256(last_hash)"])
def test_entries_dropped_before_their_time_are_found_by_a_noted_end(company: AuditedCompany, hash_kept: str) -> None:
    row = company.db.execute("select private.list_audit_heads() as heads").fetchone()
    assert row is not None
    last = company.last_number()
    for written_after in (0, 2):
        company.write(written_after)
        moved = f"anchor_number = last_number, anchor_hash = {hash_kept} where owner_id = %(id)s"
        tamper(company, "delete from $log where $of; update private.audit_chains set " + moved)  # noqa: S608
        assert company.problems() == []
        assert company.problems(json.dumps(row["heads"])) == [(last, "gone before its retention has ended")]
    expired = [head | {"expires_on": str(datetime.now(UTC).date() - timedelta(days=40))} for head in row["heads"]]
    assert company.problems(json.dumps(expired)) == []


def test_retention_takes_no_time_from_those_who_run_it(company: AuditedCompany) -> None:
    row = company.db.execute(
        "select bool_or(has_function_privilege(r.rolname, 'private.expire_audit_log(timestamptz)', 'execute')) as may"
        " from pg_roles as r where r.rolname in ('ananta_worker', 'ananta_edge', 'authenticated', 'anon')"
    ).fetchone()
    assert row == {"may": False}


def maintain(company: AuditedCompany, at: str) -> list[str]:
    row = company.db.execute(f"select private.expire_audit_log({at}) as done".encode()).fetchone()
    assert row is not None
    return list(row["done"]["dropped"])


def test_expired_months_are_dropped_and_the_chain_goes_on(company: AuditedCompany) -> None:
    company.write(4)
    last = company.last_number()
    kept_until = company.entries()[-1]["expires_on"]
    assert kept_until == datetime.now(UTC).date() + timedelta(days=30)
    assert maintain(company, "now() + interval '20 days'") == []
    month_after = (kept_until.replace(day=1) + timedelta(days=32)).replace(day=1)
    assert maintain(company, f"timestamptz '{month_after - timedelta(days=1)} 00:00Z'") == []
    assert maintain(company, f"timestamptz '{month_after} 00:00Z'") == [f"audit_logs_{kept_until:%Y_%m}"]
    assert company.entries() == []
    assert company.problems() == []
    assert (company.last_number(), anchor(company)) == (last, last)
    company.write(2)
    assert [entry["number"] for entry in company.entries()] == [last + 1, last + 2]
    assert company.problems() == []
    tamper(
        company,
        "update $log set table_name = 'x' where $of and number = %(last)s - 1",
    )
    assert [number for number, _ in company.problems()] == [last + 1]


def test_entries_are_kept_by_the_plan_and_a_chain_ends_from_its_beginning(company: AuditedCompany) -> None:
    today = datetime.now(UTC).date()
    first = company.last_number()
    expiries: list[date] = []
    for days in (30, 365, 90):
        company.set_days(days)
        company.write()
        expiries.append(company.entries()[-1]["expires_on"])
    assert expiries == [today + timedelta(days=30), today + timedelta(days=365), today + timedelta(days=365)]
    maintain(company, "now() + interval '100 days'")
    numbers = [entry["number"] for entry in company.entries()]
    assert numbers == list(range(numbers[0], company.last_number() + 1))
    assert numbers[0] > first
    assert anchor(company) == numbers[0] - 1
    assert company.problems() == []


def test_partitions_are_made_ahead_and_where_one_is_missing(company: AuditedCompany) -> None:
    query = (
        "select relname from pg_class join pg_inherits on inhrelid = oid"
        " where inhparent = 'public.audit_logs'::regclass"
    )
    company.set_days(77)
    maintain(company, "now()")
    there = {row["relname"] for row in company.db.execute(query).fetchall()}
    month = (datetime.now(UTC).date() + timedelta(days=77)).replace(day=1)
    for _ in range(3):
        assert f"audit_logs_{month:%Y_%m}" in there
        month = (month + timedelta(days=32)).replace(day=1)
    assert maintain(company, "now()") == []
    company.set_days(4000)
    company.write()
    assert company.entries()[-1]["expires_on"] == datetime.now(UTC).date() + timedelta(days=4000)


def anchor(company: AuditedCompany) -> int:
    query = "select anchor_number from private.audit_chains where owner_id = %s"
    row = company.db.execute(query, (company.id,)).fetchone()
    assert row is not None
    return int(row["anchor_number"])


@pytest.fixture
def dsn(cluster: str) -> str:
    return psycopg.conninfo.make_conninfo(cluster, dbname=database_setup.DATABASES[Plane.APP])


@pytest.fixture
def committed(dsn: str) -> Iterator[tuple[Db, str, str]]:
    """A connection that commits each statement, and two organizations."""
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as db:
        made = [add_organization(db, max_users=None, max_components=None).organization_id for _ in range(2)]
        yield db, made[0], made[1]
        db.execute("delete from public.organizations where id::text = any (%s)", (made,))
        for organization_id in made:  # what was done outlives whom it was done to
            assert db.execute("select * from private.verify_audit_log(%s)", (organization_id,)).fetchall() == []
            query = "select action from public.audit_logs where row_id = %s order by number desc limit 1"
            assert db.execute(query, (organization_id,)).fetchall() == [{"action": "delete"}]


INSERT = "insert into public.projects (organization_id, name) values (%s, %s)"


def test_writers_of_one_tenant_do_not_wait_for_each_other_s_transactions(
    dsn: str, committed: tuple[Db, str, str]
) -> None:
    db, organization_id, _ = committed
    with psycopg.connect(dsn) as other:
        other.execute(INSERT, (organization_id, "first, committed later"))
        db.execute("set lock_timeout = '500ms'")
        db.execute(INSERT, (organization_id, "second"))
    rows = db.execute(
        "select after ->> 'name' as name from public.audit_logs where organization_id = %s"
        " order by number desc limit 2",
        (organization_id,),
    ).fetchall()
    assert [row["name"] for row in rows] == ["first, committed later", "second"]


def test_chains_hold_under_concurrent_writers_of_several_tenants(dsn: str, committed: tuple[Db, str, str]) -> None:
    db, first, second = committed
    counts = {owner: db.execute(COUNT, (owner,)).fetchone() for owner in (first, second)}
    errors: list[Exception] = []

    def write(number: int) -> None:
        try:
            with psycopg.connect(dsn) as connection:
                for _ in range(ROUNDS):
                    for owner in (first, second) if number % 2 else (second, first):
                        connection.execute(INSERT, (owner, uuid.uuid4().hex))
                    connection.commit()
        except psycopg.Error as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    for owner, before in counts.items():
        after = db.execute(COUNT, (owner,)).fetchone()
        assert before is not None
        assert after is not None
        assert after["count"] == before["count"] + WRITERS * ROUNDS == after["last_number"]
        assert db.execute("select * from private.verify_audit_log(%s)", (owner,)).fetchall() == []
    assert db.execute("select from private.audit_pending").fetchall() == []


COUNT = """
    select count(*) as count, max(c.last_number) as last_number
    from private.audit_chains as c join public.audit_logs as l on l.organization_id = c.owner_id where c.owner_id = %s
"""
