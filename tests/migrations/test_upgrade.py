"""Upgrading: what it does, that it can be repeated, and that what fails leaves nothing half done."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from ananta.catalogue import difference, snapshot
from ananta.settings import Plane
from migrations.connection import OWNER
from migrations.runner import MigrationError, UpgradeReport, status, upgrade
from tests.migrations.conftest import FUNCTION, POLICY, Database, Tree


def run(database: Database, tree: Tree, *, everything: bool = False) -> UpgradeReport:
    return upgrade(tree.plane, database.dsn, root=tree.root, everything=everything)


def refused(database: Database, tree: Tree) -> MigrationError:
    with pytest.raises(MigrationError) as caught:
        run(database, tree)
    return caught.value


def test_fresh_upgrade_applies_everything(database: Database, tree: Tree) -> None:
    report = run(database, tree)
    assert report.revisions == ("0001",)
    assert report.repeatables == (
        "functions/app/private/part_count.sql",
        "sql/app/40_views/part_names.sql",
        "policies/app/parts.sql",
    )
    assert database.value("select private.part_count()") == 0
    assert database.value("select version_num from private.schema_revisions") == "0001"


def test_everything_belongs_to_the_owner_role(database: Database, tree: Tree) -> None:
    run(database, tree)
    owners = database.run(
        "select distinct relowner::regrole::text from pg_class where relnamespace::regnamespace::text"
        " in ('public', 'private', 'pgmq') union select nspowner::regrole::text from pg_namespace"
        " where nspname in ('private', 'pgmq')"
    )
    assert owners == [(OWNER,)]


def test_queues_are_installed_once(database: Database, tree: Tree) -> None:
    assert run(database, tree).queues
    assert database.run("select pgmq.create('work')")
    assert run(database, tree).queues is None
    assert database.value("select queue_name from pgmq.meta") == "work"


def test_second_upgrade_finds_nothing_to_do(database: Database, tree: Tree) -> None:
    run(database, tree)
    assert not run(database, tree).is_changed


def test_two_upgrades_at_once_apply_once(database: Database, tree: Tree) -> None:
    tree.revision(2, "select pg_catalog.pg_sleep(0.5); create table public.second (id integer primary key);")
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: run(database, tree), range(4)))
    assert [report.revisions for report in reports if report.is_changed] == [("0001", "0002")]


def test_two_databases_at_once_do_not_meet(new_database: Callable[[], Database], tree: Tree) -> None:
    tree.revision(2, "select pg_catalog.pg_sleep(0.2); create table public.second (id integer primary key);")
    databases = [new_database() for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        reports = list(pool.map(lambda database: run(database, tree), databases))
    assert {report.revisions for report in reports} == {("0001", "0002")}
    assert {base.value("select to_regclass('public.second') is not null") for base in databases} == {True}


def test_a_waiting_upgrade_does_not_stop_a_concurrent_index(database: Database, tree: Tree) -> None:
    run(database, tree)
    tree.revision(
        2,
        "select pg_catalog.pg_sleep(0.5);\ncreate index concurrently parts_name_idx on public.parts (name);\n",
        autocommit=True,
    )
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda _: run(database, tree), range(2)))
    assert sorted(report.revisions for report in reports) == [(), ("0002",)]
    assert database.value("select indisvalid from pg_index where indexrelid = 'public.parts_name_idx'::regclass")


def test_a_waiting_upgrade_says_so_and_gives_up_in_the_end(database: Database, tree: Tree) -> None:
    said: list[str] = []
    with psycopg.connect(database.dsn) as other:
        other.execute("select pg_advisory_lock(4112026270301)")
        with pytest.raises(MigrationError, match="another upgrade") as caught:
            upgrade(tree.plane, database.dsn, root=tree.root, progress=said.append, wait_seconds=0.3)
    assert caught.value.slug == "upgrade_locked"
    assert len(said) == 1


def test_only_the_changed_file_is_applied_again(database: Database, tree: Tree) -> None:
    run(database, tree)
    tree.write("functions/app/private/part_count.sql", FUNCTION.replace("count(*)", "count(*) + 7"))
    assert run(database, tree).repeatables == ("functions/app/private/part_count.sql",)
    assert database.value("select private.part_count()") == 7


def test_line_ends_are_no_change(database: Database, tree: Tree) -> None:
    run(database, tree)
    path = tree.root / "functions/app/private/part_count.sql"
    path.write_bytes(FUNCTION.replace("\n", "\r\n").encode())
    assert not run(database, tree).is_changed


def test_functions_may_be_in_any_order(database: Database, tree: Tree) -> None:
    text = "create or replace function private.a() returns bigint language sql as $$ select private.z() $$;"
    tree.write("functions/app/private/a.sql", text)
    tree.write("functions/app/private/z.sql", text.replace("private.a", "private.z").replace("private.z() $$", "1 $$"))
    run(database, tree)
    assert database.value("select private.a()") == 1


def test_a_vanished_file_is_refused_until_a_revision_retires_it(database: Database, tree: Tree) -> None:
    run(database, tree)
    tree.remove("functions/app/private/part_count.sql")
    error = refused(database, tree)
    assert (error.slug, error.path) == ("repeatable_vanished", "functions/app/private/part_count.sql")
    assert status(tree.plane, database.dsn, root=tree.root).vanished == ("functions/app/private/part_count.sql",)
    tree.revision(
        2,
        "drop function private.part_count();\n"
        "delete from private.repeatable_objects where path = 'functions/app/private/part_count.sql';\n",
    )
    run(database, tree)
    assert database.value("select to_regproc('private.part_count')") is None


def test_a_revision_can_ask_for_a_file_to_be_applied_again(database: Database, tree: Tree) -> None:
    run(database, tree)
    tree.revision(
        2,
        "drop view public.part_names;\nalter table public.parts alter column name type varchar(40);\n"
        "delete from private.repeatable_objects where path = 'sql/app/40_views/part_names.sql';\n",
    )
    assert run(database, tree).repeatables == ("sql/app/40_views/part_names.sql",)


def test_a_failing_revision_leaves_nothing_of_itself(database: Database, tree: Tree) -> None:
    run(database, tree)
    tree.revision(2, "create table public.second (id integer);\n")
    tree.revision(3, "create table public.third (id integer);\n\nalter table public.nowhere add column x integer;\n")
    error = refused(database, tree)
    assert error.slug == "script_failed"
    assert (error.path, error.line, error.sqlstate) == ("migrations/app/versions/0003_step.sql", 3, "42P01")
    assert database.value("select version_num from private.schema_revisions") == "0002"
    assert database.value("select to_regclass('public.second') is not null") is True
    assert database.value("select to_regclass('public.third')") is None


def test_script_and_version_are_one_transaction(database: Database, tree: Tree) -> None:
    run(database, tree)
    tree.revision(2, "create table public.second (id integer);\ndrop table private.schema_revisions;\n")
    assert refused(database, tree).slug == "database_error"
    assert database.value("select to_regclass('public.second')") is None
    assert database.value("select version_num from private.schema_revisions") == "0001"


def test_a_failing_function_leaves_all_functions_as_they_were(database: Database, tree: Tree) -> None:
    run(database, tree)
    tree.write("functions/app/private/part_count.sql", FUNCTION.replace("count(*)", "count(*) + 7"))
    tree.write("policies/app/parts.sql", POLICY.replace("id > 0", "identity > 0"))
    error = refused(database, tree)
    assert str(error).startswith('app: policies/app/parts.sql:4: 42703: column "identity" does not exist')
    assert database.value("select private.part_count()") == 0


def test_an_error_without_a_position_still_has_its_line(database: Database, tree: Tree) -> None:
    tree.write("policies/app/parts.sql", f"-- Why; it is so.\n{POLICY}grant select on public.parts to nobody;\n")
    error = refused(database, tree)
    assert (error.path, error.line, error.sqlstate) == ("policies/app/parts.sql", 7, "42704")


def test_an_autocommit_revision_names_its_line(database: Database, tree: Tree) -> None:
    tree.revision(2, "select 1;\n\n-- twice\ncreate index concurrently a on public.parts (nothing);\n", autocommit=True)
    error = refused(database, tree)
    assert (error.path, error.line, error.sqlstate) == ("migrations/app/versions/0002_step.sql", 4, "42703")
    assert database.value("select version_num from private.schema_revisions") == "0001"


def test_a_lock_that_is_held_is_not_waited_for_long(database: Database, tree: Tree) -> None:
    run(database, tree)
    tree.revision(2, "set local lock_timeout = '50ms';\nalter table public.parts add column extra integer;\n")
    with psycopg.connect(database.dsn) as other:
        other.execute("set role ananta_owner")
        other.execute("select * from public.parts")
        error = refused(database, tree)
    assert (error.sqlstate, error.line) == ("55P03", 2)
    assert error.hint
    assert run(database, tree).revisions == ("0002",)


def test_revisions_wait_three_seconds_at_most_for_a_lock(database: Database, tree: Tree) -> None:
    tree.revision(2, "create table public.seen as select current_setting('lock_timeout') as lock_timeout;")
    run(database, tree)
    assert database.value("select lock_timeout from public.seen") == "3s"


def test_a_percent_sign_is_a_percent_sign(database: Database, tree: Tree) -> None:
    tree.revision(2, "create table public.share (value text default '5 %s %(x)s %%');")
    run(database, tree)
    default = database.value(
        "select pg_get_expr(adbin, adrelid) from pg_attrdef where adrelid = 'public.share'::regclass"
    )
    assert default == "'5 %s %(x)s %%'::text"


def test_a_script_that_forgets_a_schema_fails(database: Database, tree: Tree) -> None:
    tree.revision(2, "create table lost (id integer);")
    assert refused(database, tree).sqlstate == "3F000"


def test_a_revision_without_its_script_is_refused(database: Database, tree: Tree) -> None:
    tree.revision(2, None)
    assert refused(database, tree).slug == "revision_incomplete"


def test_a_database_of_a_newer_release_is_refused(database: Database, tree: Tree) -> None:
    run(database, tree)
    database.run("update private.schema_revisions set version_num = '0009'")
    assert refused(database, tree).slug == "revision_unknown"


def test_two_newest_revisions_are_refused(database: Database, tree: Tree) -> None:
    tree.revision(2, "select 1;")
    path = "migrations/app/versions/0002_step.py"
    text = (tree.root / path).read_text(encoding="utf-8")
    tree.write("migrations/app/versions/0003_other.py", text.replace('revision = "0002"', 'revision = "0003"', 1))
    assert refused(database, tree).slug == "revisions_branch"


def test_postgrest_is_told_when_something_changed(database: Database, tree: Tree) -> None:
    with psycopg.connect(database.dsn, autocommit=True) as listener:
        listener.execute("listen pgrst")
        run(database, tree)
        told = {notice.payload for notice in listener.notifies(timeout=0.5, stop_after=1)}
        assert told == {"reload schema"}
        list(listener.notifies(timeout=0.2))
        run(database, tree)
        assert list(listener.notifies(timeout=0.2)) == []


def test_applying_everything_again_changes_nothing(database: Database, tree: Tree) -> None:
    run(database, tree)
    before = picture(database)
    assert len(run(database, tree, everything=True).repeatables) == 3
    assert difference(before, picture(database)) == []


@pytest.mark.parametrize("plane", list(Plane))
def test_applying_all_of_ours_again_changes_nothing(new_database: Callable[[], Database], plane: Plane) -> None:
    database = new_database()
    first = upgrade(plane, database.dsn)
    assert first.revisions
    before = picture(database)
    assert upgrade(plane, database.dsn, everything=True).repeatables == first.repeatables
    assert difference(before, picture(database)) == []
    assert not upgrade(plane, database.dsn).is_changed


def test_status_says_what_is_to_do_and_touches_nothing(database: Database, tree: Tree) -> None:
    state = status(tree.plane, database.dsn, root=tree.root)
    assert (state.current, state.head, state.pending) == (None, "0001", ("0001 Step 1.",))
    assert len(state.changed) == 3
    assert not state.is_current
    assert database.value("select to_regnamespace('private')") is None
    run(database, tree)
    assert status(tree.plane, database.dsn, root=tree.root).is_current


def test_a_killed_upgrade_can_be_run_again(database: Database, tree: Tree) -> None:
    tree.revision(2, "select pg_catalog.pg_sleep(30);")
    killed = threading.Timer(
        1.0,
        lambda: database.run(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and query like '%pg_sleep(30)%' and pid <> pg_backend_pid()"
        ),
    )
    killed.start()
    error = refused(database, tree)
    killed.join()
    assert error.sqlstate == "57P01"
    tree.revision(2, "create table public.second (id integer);")
    assert run(database, tree).revisions == ("0002",)


def picture(database: Database) -> dict[str, str]:
    with psycopg.connect(database.dsn) as connection:
        return snapshot(connection)
