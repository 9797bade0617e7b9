"""A managed service: no superuser, nobody of ours may make roles, other names, extensions by an allow list."""

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from ananta import migrations_cli, seeds
from ananta.embedded.binaries import postgres_package
from ananta.settings import ROOT, Plane
from migrations.prerequisites import database_script, roles_script
from migrations.runner import MigrationError, upgrade, verify
from migrations.settings import role
from tests.migrations.conftest import Tree
from tests.migrations.elsewhere import (
    MANAGED_DATABASES,
    MANAGED_NAMES,
    like_a_managed_service,
    named,
    prepare_databases,
)
from tests.support.clusters import Cluster

MADE = "select nspname from pg_namespace where nspname in ('private', 'pgmq', 'extensions', 'tenant_management')"


@pytest.fixture(scope="module")
def untouched() -> Iterator[Cluster]:
    """What the console made; roles go by its names while these tests run."""
    with named(MANAGED_NAMES), Cluster(postgres_package(ROOT) / "native") as cluster:
        like_a_managed_service(cluster)
        yield cluster


@pytest.fixture(scope="module")
def refusals(untouched: Cluster) -> dict[Plane, MigrationError]:
    """What an upgrade says before the administrator has done anything."""
    said = {}
    for plane, database in MANAGED_DATABASES.items():
        with pytest.raises(MigrationError) as caught:
            upgrade(plane, untouched.dsn(database, role("ananta_migrator")))
        said[plane] = caught.value
        assert untouched.run(MADE, database) == []
    return said


@pytest.fixture(scope="module")
def managed(untouched: Cluster, refusals: dict[Plane, MigrationError]) -> Cluster:
    """Both planes, after the administrator ran what was printed."""
    prepare_databases(untouched, MANAGED_DATABASES, "administrator")
    for plane, database in MANAGED_DATABASES.items():
        dsn = untouched.dsn(database, role("ananta_migrator"))
        assert "as SQL" in (upgrade(plane, dsn).queues or "")
        seeds.load(plane, dsn)
    return untouched


def test_all_that_an_administrator_has_to_do_is_named_at_once(refusals: dict[Plane, MigrationError]) -> None:
    error = refusals[Plane.APP]
    assert error.slug == "administrator_needed"
    assert "u42_ananta_owner may not create schemas in database customer_app" in error.message
    assert "u42_ananta_owner may not create tables in schema public, which is pg_database_owner's" in error.message
    assert "`bin/ananta db roles app`" in str(error)
    assert "schema public" not in refusals[Plane.CONTROL].message


@pytest.mark.parametrize("plane", list(Plane))
def test_the_database_is_as_declared(managed: Cluster, plane: Plane) -> None:
    dsn = managed.dsn(MANAGED_DATABASES[plane], role("ananta_migrator"))
    found = verify(plane, dsn, scratch_dsn=managed.dsn())
    assert (found.problems, found.skipped) == ((), None)
    assert not upgrade(plane, dsn).is_changed


def test_what_undoes_row_level_security_is_found_without_a_database_to_compare_with(managed: Cluster) -> None:
    undone = {
        "alter role anon superuser": "role anon is a superuser",
        "alter role authenticated bypassrls": "role authenticated bypasses row level security",
        f"grant {role('ananta_owner')} to {role('app_edge')}": "role u42_app_edge may act as u42_ananta_owner",
        "alter table public.boms no force row level security": "table public.boms: row level security is not forced",
        "alter table public.users disable row level security": "table public.users: row level security is not on",
        "grant create on schema public to public": "schema public: every role may create in it",
    }
    back = [
        "alter role anon nosuperuser",
        "alter role authenticated nobypassrls",
        f"revoke {role('ananta_owner')} from {role('app_edge')}",
        "alter table public.boms force row level security",
        "alter table public.users enable row level security",
        "revoke create on schema public from public",
    ]
    dsn = managed.dsn("customer_app", role("ananta_migrator"))
    for statement in undone:
        managed.run(statement, "customer_app")
    try:
        found = verify(Plane.APP, dsn)
    finally:
        for statement in back:
            managed.run(statement, "customer_app")
    assert set(undone.values()) <= set(found.problems)
    assert found.skipped is not None
    assert "--scratch-url" in found.skipped
    assert verify(Plane.APP, dsn).problems == ()


def test_a_migrator_that_owns_the_database_needs_nobody_else(managed: Cluster, tree: Tree) -> None:
    migrator = role("ananta_migrator")
    managed.run(f"create database its_own owner {migrator}")
    with pytest.raises(MigrationError, match="have its owner or an administrator run in this database"):
        upgrade(tree.plane, managed.dsn("its_own", migrator), root=tree.root)
    managed.run(database_script(tree.plane), "its_own", migrator)
    assert upgrade(tree.plane, managed.dsn("its_own", migrator), root=tree.root).is_changed
    found = verify(tree.plane, managed.dsn("its_own", migrator), scratch_dsn=managed.dsn(), root=tree.root)
    assert found.problems == ()
    assert f"schema extensions is {migrator}'s: left out" in found.notes


def test_what_an_administrator_took_back_is_named(managed: Cluster) -> None:
    """Rights that an upgrade needs and verify looks at: an extension moved, rights on a schema gone."""
    taken = {
        "revoke usage on schema extensions from authenticated": "authenticated may not use schema extensions",
        "alter extension citext set schema public": "extension citext is in schema public",
        "revoke create on database customer_app from u42_ananta_owner": "may not create schemas in database",
    }
    dsn = managed.dsn("customer_app", role("ananta_migrator"))
    for statement in taken:
        managed.run(statement, "customer_app")
    try:
        problems = "\n".join(verify(Plane.APP, dsn).problems)
        with pytest.raises(MigrationError, match="extension citext is in schema public"):
            upgrade(Plane.APP, dsn)
    finally:
        managed.run("alter extension citext set schema extensions", "customer_app")
        prepare_databases(managed, MANAGED_DATABASES, "administrator")
    for sentence in taken.values():
        assert sentence in problems
    assert verify(Plane.APP, dsn).problems == ()


def test_where_all_roles_are_there_nobody_needs_to_make_any(managed: Cluster) -> None:
    managed.run(roles_script(), user="administrator")
    managed.run(roles_script(), user=role("ananta_migrator"))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        managed.run("create role another", user="administrator")


def test_the_limits_of_a_login_that_the_administrator_may_not_set_it_sets_itself(managed: Cluster) -> None:
    login = role("app_edge")
    asked = "select count(*) from pg_db_role_setting where setrole = 'u42_app_edge'::regrole"
    assert managed.run(asked) == [(0,)]
    managed.run(f"alter role {login} in database customer_app set statement_timeout = '15s'", "customer_app", login)
    assert managed.run("show statement_timeout", "customer_app", login) == [("15s",)]


def test_rows_are_isolated_whatever_the_roles_are_called(managed: Cluster) -> None:
    asked = "select count(*) from public.organizations"
    managed.run(
        "insert into public.organizations (arc_saas_tenant_id, name, slug, plan_id)"
        " values (gen_random_uuid(), 'One', 'one', 'plan-basic')",
        "customer_app",
    )
    assert managed.run(f"set role u42_ananta_owner; {asked}", "customer_app", "u42_ananta_migrator") == [(1,)]
    assert managed.run(f"set role authenticated; {asked}", "customer_app", "u42_app_authenticator") == [(0,)]


def test_the_sql_for_the_administrator_is_printed(managed: Cluster) -> None:
    printed = CliRunner().invoke(migrations_cli.app, ["roles", "app"])
    assert printed.exit_code == 0
    assert printed.output.startswith(roles_script())
    managed.run("\n".join(line for line in printed.output.splitlines()), "customer_app", "administrator")
    assert "password '" not in printed.output
    assert "u42_app_edge" in printed.output
    assert "set ananta.plane" not in CliRunner().invoke(migrations_cli.app, ["roles"]).output


@pytest.mark.parametrize(
    "names", [{"authenticated": "users"}, {"ananta_owner": "x; drop role y"}, {"nobody": "x"}, ["x"]]
)
def test_names_that_cannot_be_are_refused(monkeypatch: pytest.MonkeyPatch, names: Any) -> None:
    with named(names):
        printed = CliRunner().invoke(migrations_cli.app, ["roles"])
    assert printed.exit_code == 2
    assert "settings_invalid" in printed.output
    assert json.dumps(names) not in printed.output
