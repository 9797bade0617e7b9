"""Thresholds, changed limits, drift and features: what follows from use, in the transaction of the use."""

import json
import random
import threading
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from ananta import database_setup
from ananta.settings import Plane
from tests.support.world import Members, add_organization

Db = psycopg.Connection[dict[str, Any]]
OPERATIONS = 400


class Company:
    """An organization and its owner, in a transaction that is rolled back unless ``db`` commits by itself."""

    def __init__(self, db: Db, **limits: int | None) -> None:
        self.db = db
        self.made: Members = add_organization(db, max_users=None, max_components=None)
        self.id = self.made.organization_id
        for name, value in limits.items():
            self.limit(name, value)

    def limit(self, name: str, value: int | None) -> None:
        self.db.execute(f"update public.organizations set max_{name} = %s where id = %s".encode(), (value, self.id))  # noqa: S608

    def add(self, count: int) -> None:
        query = """
            insert into public.components (organization_id, mpn)
            select %s, gen_random_uuid() from generate_series(1, %s)
        """
        self.db.execute(query, (self.id, count))

    def remove(self, count: int) -> None:
        query = """
            delete from public.components where id in (
                select id from public.components where organization_id = %s limit %s)
        """
        self.db.execute(query, (self.id, count))

    def events(self) -> list[tuple[str, str, int]]:
        """Type, metric and percentage of what was enqueued, in order."""
        query = "select message from pgmq.q_webhooks where message ->> 'id' = %s order by msg_id"
        found = [row["message"] for row in self.db.execute(query, (self.id,)).fetchall()]
        return [
            (event["type"].removeprefix("usage.threshold_"), event["metric"], event["percentage"]) for event in found
        ]

    def alerts(self) -> list[tuple[str, str, str]]:
        query = """
            select metric, severity, status from public.alerts
            where organization_id = %s and type = 'usage-threshold' order by metric
        """
        return [tuple(row.values()) for row in self.db.execute(query, (self.id,)).fetchall()]

    def usage(self) -> dict[str, Any]:
        rows = self.db.execute("select * from private.usage_of(%s)", (self.id,)).fetchall()
        return {row.pop("metric"): tuple(row.values()) for row in rows}

    def act(self, *permissions: str) -> None:
        """From here on as the owner, with these permissions."""
        claims = {"sub": self.made.owner_id, "organization_id": self.id, "permissions": permissions}
        self.db.execute("select set_config('request.jwt.claims', %s, true)", (json.dumps(claims),))


def test_each_threshold_is_reported_once_a_crossing(app_db: Db) -> None:
    company = Company(app_db, components=100)
    company.add(79)
    assert company.events() == []
    company.add(1)
    assert company.events() == [("reached", "components", 80)]
    company.add(5)
    company.remove(9)
    company.add(9)
    assert company.events() == [("reached", "components", 80)], "going to and fro over it is one crossing"
    company.add(15)
    assert company.events()[1:] == [("reached", "components", 90), ("reached", "components", 100)]
    assert company.alerts() == [("components", "critical", "open")]


def test_a_threshold_is_armed_again_more_than_five_points_below(app_db: Db) -> None:
    company = Company(app_db, components=100)
    company.add(80)
    company.remove(5)
    company.add(5)
    assert company.events() == [("reached", "components", 80)]
    company.remove(6)
    assert company.alerts() == [("components", "info", "resolved")]
    company.add(6)
    assert company.events()[1:] == [("left", "components", 0), ("reached", "components", 80)]
    assert company.alerts() == [("components", "info", "open")]


def test_what_is_rolled_back_or_refused_reports_nothing(app_db: Db) -> None:
    company = Company(app_db, components=10)
    app_db.execute("savepoint before")
    company.add(9)
    assert company.events()
    app_db.execute("rollback to before")
    assert (company.events(), company.alerts()) == ([], [])
    with pytest.raises(psycopg.Error, match="quota_exceeded"), app_db.transaction():
        company.add(11)
    assert (company.events(), company.alerts()) == ([], [])


def test_thresholds_follow_a_serial_model(app_db: Db) -> None:
    """Random growth, shrinking and limits: the messages are those of the rule, written down once more in Python."""
    choose = random.Random(5)
    company = Company(app_db, components=50)
    count, limit, level, expected = 0, 50, 0, []
    for _ in range(OPERATIONS):
        what = choose.choice(("add", "add", "remove", "limit"))
        if what == "limit":
            limit = choose.choice((0, 20, 40, 50, 60, 100))
            company.limit("components", limit)
        elif what == "remove":
            size = choose.randint(1, 12)
            company.remove(size)
            count = max(0, count - size)
        elif count < limit:
            size = min(choose.randint(1, 12), limit - count)
            company.add(size)
            count += size
        share = count * 100 / limit if limit else 100 * (count > 0)
        new = max((t for t in (80, 90, 100) if share >= t or (t <= level and share >= t - 5)), default=0)
        expected += [("reached", "components", t) for t in (80, 90, 100) if level < t <= new]
        expected += [("left", "components", new)] if new < level else []
        level = new
    assert len(expected) > OPERATIONS / 10
    assert company.events() == expected


def test_every_metric_has_its_own_thresholds(app_db: Db) -> None:
    company = Company(app_db, users=2, storage_gb=1)
    app_db.execute("insert into public.users (organization_id, email) values (%s, 'a@x.example')", (company.id,))
    query = "insert into public.stored_files (organization_id, sha256, size_bytes) values (%s, %s, 900000000)"
    app_db.execute(query, (company.id, "a" * 64))
    reached = [("reached", metric, level) for metric, level in (("users", 80), ("users", 90), ("users", 100))]
    assert company.events() == [*reached, ("reached", "storage_bytes", 80), ("reached", "storage_bytes", 90)]
    assert [alert[:2] for alert in company.alerts()] == [("storage_bytes", "warning"), ("users", "critical")]


def test_an_unlimited_metric_has_no_threshold(app_db: Db) -> None:
    company = Company(app_db)
    company.add(200)
    assert (company.events(), company.alerts()) == ([], [])
    company.limit("components", 200)
    company.limit("components", None)
    assert [event[0] for event in company.events()] == ["reached", "reached", "reached", "left"]


def test_a_downgrade_says_what_no_longer_fits_and_blocks_growth_only(app_db: Db) -> None:
    company = Company(app_db, components=100, storage_gb=5)
    company.add(60)
    _change_plan(company, "plan-free", {"maxUsers": 1, "maxComponents": 40, "maxStorageGb": 1}, [], 9)
    assert company.usage()["components"] == (60, 40, 150, 20)
    assert company.usage()["storage_bytes"] == (0, 1_000_000_000, 0, 0)
    assert ("reached", "components", 100) in company.events()
    with pytest.raises(psycopg.Error, match="quota_exceeded"), app_db.transaction():
        company.add(1)
    company.act("organization:read", "components:read", "components:write")
    app_db.execute("set local role authenticated")
    rows = app_db.execute("select metric, excess_count from public.current_usage() where excess_count > 0").fetchall()
    assert rows == [{"metric": "components", "excess_count": 20}]
    assert app_db.execute("select mpn from public.components").rowcount == 60
    assert app_db.execute("update public.components set description = 'kept'").rowcount == 60
    app_db.execute("reset role")
    company.remove(21)
    company.add(1)
    assert company.usage()["components"] == (40, 40, 100, 0)


def test_use_is_for_those_who_may_read_it(app_db: Db) -> None:
    company = Company(app_db)
    company.act("components:read")
    app_db.execute("set local role authenticated")
    with pytest.raises(psycopg.Error, match="permission_denied"):
        app_db.execute("select * from public.current_usage()")


def _change_plan(
    company: Company, plan: str, limits: dict[str, Any], features: list[str], version: int
) -> dict[str, Any]:
    query = "select arc_saas_tenant_id::text as id from public.organizations where id = %s"
    tenant = (company.db.execute(query, (company.id,)).fetchone() or {})["id"]
    body = {"tenantId": tenant, "newPlan": plan, "newLimits": limits, "newFeatures": features, "version": version}
    query = "select private.change_subscription(%s, %s) as answer"
    row = company.db.execute(query, (uuid.uuid4(), Jsonb(body))).fetchone()
    assert row is not None
    return dict(row["answer"])


def test_the_newest_word_about_a_plan_holds_whatever_the_order(app_db: Db) -> None:
    company = Company(app_db)
    limits = [{"maxUsers": n, "maxComponents": n, "maxStorageGb": n} for n in range(4)]
    for version in (1, 3, 2, 3):
        answer = _change_plan(company, f"plan-{version}", limits[version], ["bulk_export"] * (version == 3), version)
        assert answer["status"] == "processed"
    query = "select plan_id, max_users, max_components, max_storage_gb from public.organizations where id = %s"
    assert app_db.execute(query, (company.id,)).fetchone() == {
        "plan_id": "plan-3", "max_users": 3, "max_components": 3, "max_storage_gb": 3
    }  # fmt: skip
    assert _features(company) == {"bulk_export"}
    _change_plan(company, "plan-x", {}, [], 4)
    assert _features(company) == set()


def _features(company: Company) -> set[str]:
    query = "select feature from public.organization_features where organization_id = %s and is_enabled"
    return {row["feature"] for row in company.db.execute(query, (company.id,)).fetchall()}


def test_a_feature_is_refused_without_and_given_with_the_plan(app_db: Db) -> None:
    company = Company(app_db)
    company.act("components:read")
    for features, answer in (([], False), (["bulk_export"], True)):
        _change_plan(company, "plan-any", {}, features, 5 + len(features))
        row = app_db.execute("select private.has_feature('bulk_export') as has").fetchone()
        assert row == {"has": answer}
    app_db.execute("select private.require_feature('bulk_export')")
    with pytest.raises(psycopg.Error, match="feature_not_in_plan") as refused:
        app_db.execute("select private.require_feature('ai_normalization')")
    assert (refused.value.sqlstate, refused.value.diag.message_detail) == ("PT402", '{"feature": "ai_normalization"}')


def test_a_member_reads_the_sum_of_a_counter_and_its_shares(app_db: Db) -> None:
    company, other = Company(app_db), Company(app_db)
    company.add(5)
    other.add(2)
    app_db.execute(
        "update private.usage_counters as c set reserved_count = private.share_usage(c, 1)"
        " where organization_id = %s and metric = 'components'",
        (company.id,),
    )
    company.add(3)
    counted = "select current_count from private.usage_counters where organization_id = %s and metric = 'components'"
    rows = app_db.execute(f"{counted} and current_count > 0 order by 1", (company.id,)).fetchall()
    assert rows == [{"current_count": 3}, {"current_count": 5}]
    company.act("organization:read", "components:read")
    app_db.execute("set local role authenticated")
    seen = "select organization_id::text as id, current_count from public.usage_counters where metric = 'components'"
    assert app_db.execute(seen).fetchall() == [{"id": company.id, "current_count": 8}]
    summary = app_db.execute("select public.dashboard_summary() -> 'usage' -> 'components' as n").fetchone()
    assert summary == {"n": 8}
    company.act("components:read")
    assert app_db.execute(seen).fetchall() == []


def test_drift_is_found_reported_and_mended(app_db: Db) -> None:
    company, other = Company(app_db, components=10), Company(app_db)
    company.add(9)
    app_db.execute(
        "update private.usage_counters set current_count = 3, threshold = 0"
        " where organization_id = %s and metric <> 'storage_bytes'",
        (company.id,),
    )
    app_db.execute("delete from private.usage_counters where organization_id = %s", (other.id,))
    rows = app_db.execute("select * from private.reconcile_usage()").fetchall()
    found = {
        (str(row["organization_id"]), row["metric"]): (row["recorded_count"], row["counted_count"]) for row in rows
    }
    assert found[company.id, "components"] == (3, 9)
    assert found[company.id, "users"] == (3, 1)
    assert found[other.id, "users"] == (0, 1)
    assert (company.id, "storage_bytes") not in found
    assert company.usage()["components"][0] == 9
    assert company.alerts() == [("components", "warning", "open")]
    assert app_db.execute("select * from private.reconcile_usage(%s)", (company.id,)).fetchall() == []
    kept = app_db.execute("select count(*) as n from private.usage_drifts where organization_id = %s", (company.id,))
    assert kept.fetchone() == {"n": 2}


def test_reconciling_wants_to_see_what_was_committed_meanwhile(app_db: Db) -> None:
    app_db.execute("set transaction isolation level repeatable read")
    with pytest.raises(psycopg.Error, match="isolation_unfit"):
        app_db.execute("select * from private.reconcile_usage()")


@pytest.fixture
def busy(cluster: str) -> Iterator[tuple[str, Company]]:
    dsn = psycopg.conninfo.make_conninfo(cluster, dbname=database_setup.DATABASES[Plane.APP])
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as db:
        company = Company(db, components=10_000)
        yield dsn, company
        db.execute("delete from public.organizations where id = %s", (company.id,))


def test_reconciling_beside_writers_finds_nothing_and_breaks_nothing(busy: tuple[str, Company]) -> None:
    dsn, company = busy
    stop, faults = threading.Event(), []

    def write(number: int) -> None:
        with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as db:
            mine = Company.__new__(Company)
            mine.db, mine.id, mine.made = db, company.id, company.made
            for turn in range(60):
                mine.add(1 + (number + turn) % 3)
                mine.remove(1)

    def reconcile() -> None:
        with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as db:
            while not stop.is_set():
                faults.extend(db.execute("select * from private.reconcile_usage(%s)", (company.id,)).fetchall())

    writers = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    watcher = threading.Thread(target=reconcile)
    for thread in (*writers, watcher):
        thread.start()
    for thread in writers:
        thread.join(60)
    stop.set()
    watcher.join(60)
    assert faults == []
    counted = company.db.execute("select private.counted_usage(%s, 'components') as n", (company.id,)).fetchone()
    assert counted == {"n": company.usage()["components"][0]}


def test_a_limit_that_falls_while_rows_are_added_is_reported(busy: tuple[str, Company]) -> None:
    """The insert holds the counter, the new limit waits for it, and then sees the row."""
    dsn, company = busy
    with psycopg.connect(dsn, row_factory=dict_row) as writer:
        query = "insert into public.components (organization_id, mpn) values (%s, 'A'), (%s, 'B')"
        writer.execute(query, (company.id, company.id))
        lower = threading.Thread(target=company.limit, args=("components", 2))
        lower.start()
        writer.commit()
        lower.join(30)
    assert company.events()[-1] == ("reached", "components", 100)
