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
from migrations.connection import open_session
from migrations.prerequisites import database_script, missing, roles_script
from migrations.runner import MigrationError, upgrade, verify
from migrations.settings import role
from migrations.verification import ScratchUnavailable, scratch_database
from tests.migrations.conftest import Tree
from tests.migrations.elsewhere import (
    MANAGED_DATABASES,
    MANAGED_NAMES,
    like_a_managed_service,
    named,
    prepare_databases,
    withheld,
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
        with withheld(untouched, "pg_trgm", is_offered=False), pytest.raises(MigrationError) as caught:
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
    assert "extension citext is not installed, and u42_ananta_owner may not create it" in error.message
    assert "extension pg_trgm is not offered by this server" in error.message
    assert "`bin/ananta db roles app`" in str(error)
    assert "schema public" not in refusals[Plane.CONTROL].message


@pytest.mark.parametrize("plane", list(Plane))
def test_the_database_is_as_declared(managed: Cluster, plane: Plane) -> None:
    dsn = managed.dsn(MANAGED_DATABASES[plane], role("ananta_migrator"))
    found = verify(plane, dsn, scratch_dsn=managed.dsn())
    assert (found.problems, found.skipped) == ((), None)
    assert not upgrade(plane, dsn).is_changed


UNDONE = {
    "alter role anon superuser": "role anon is a superuser",
    "alter role authenticated bypassrls": "role authenticated bypasses row level security",
    "alter role u42_app_authenticator inherit createrole": "role u42_app_authenticator may make roles",
    "alter role u42_control_authenticator inherit": "role u42_control_authenticator is not NOINHERIT",
    "grant authenticated to u42_control_authenticator with inherit true": (
        "role u42_control_authenticator has the rights of authenticated without becoming it"
    ),
    "grant u42_ananta_edge to u42_app_edge with inherit false": (
        "role u42_app_edge does not inherit the rights of u42_ananta_edge"
    ),
    "alter role u42_app_worker createdb replication": "role u42_app_worker may make databases",
    "alter role u42_ananta_migrator createrole": "role u42_ananta_migrator may make roles",
    "grant u42_ananta_owner to u42_app_edge": "role u42_app_edge may act as u42_ananta_owner",
    "alter table public.boms no force row level security": "table public.boms: row level security is not forced",
    "alter table public.users disable row level security": "table public.users: row level security is not on",
    "grant create on schema public to public": "schema public: every role may create in it",
    # By the lints.
    "create policy hole on public.boms using (true)": "0103_policy_role: public.boms.hole: is for public",
    "create function public.leak() returns int language sql security definer as 'select 1'": (
        "0028_anon_security_definer_function_executable: public.leak(): anon may run it with its owner's rights"
    ),
    "grant insert on public.boms to authenticated": (
        "0119_right_without_policy: public.boms: authenticated may insert, and no policy says which rows"
    ),
}
MENDED = [
    "alter role anon nosuperuser",
    "alter role authenticated nobypassrls",
    "alter role u42_app_authenticator nocreaterole",
    "alter role u42_app_worker nocreatedb noreplication",
    "alter role u42_ananta_migrator nocreaterole",
    "revoke u42_ananta_owner from u42_app_edge",
    "alter table public.boms force row level security",
    "alter table public.users enable row level security",
    "revoke create on schema public from public",
    "drop policy hole on public.boms",
    "drop function public.leak()",
    "revoke insert on public.boms from authenticated",
]


def test_holes_are_found_without_a_database_to_compare_with(managed: Cluster) -> None:
    dsn = managed.dsn("customer_app", role("ananta_migrator"))
    command = ["verify", "app", "--url", dsn]
    managed.run("; ".join(UNDONE), "customer_app")
    try:
        found = CliRunner().invoke(migrations_cli.app, command)
    finally:
        managed.run("; ".join(MENDED), "customer_app")
        managed.run(roles_script())
    assert found.exit_code == migrations_cli.DIFFERENCE
    said = found.output.splitlines()
    assert set(UNDONE.values()) <= {line.removeprefix("app: ") for line in said}
    assert {"app: role u42_app_authenticator is not NOINHERIT", "app: role u42_app_worker may replicate"} <= set(said)
    whole = CliRunner().invoke(migrations_cli.app, command)
    assert whole.exit_code == migrations_cli.NOT_COMPARED, whole.output
    assert "nothing wrong found, catalogue not compared" in whole.output
    assert "runs `alter role u42_ananta_migrator createdb`; or give --scratch-url" in whole.output


def test_what_a_login_needs_to_make_a_database_to_compare_with_is_said(managed: Cluster) -> None:
    login = managed.dsn(user="administrator")
    with pytest.raises(ScratchUnavailable) as caught, scratch_database(Plane.CONTROL, login, 17):
        pass
    asked = "an administrator runs `alter role administrator createdb` and `grant u42_ananta_owner to administrator`"
    assert str(caught.value).endswith(asked)
    managed.run("alter role administrator createdb noinherit; grant u42_ananta_owner to administrator")
    try:
        with scratch_database(Plane.CONTROL, login, 17) as made, open_session(Plane.CONTROL, made) as connection:
            assert missing(Plane.CONTROL, connection) == []
    finally:
        managed.run("alter role administrator nocreatedb inherit; revoke u42_ananta_owner from administrator")
    assert managed.run("select datname from pg_database where datname like 'ananta_scratch%'") == []


def test_an_extension_of_the_superuser_s_is_named_before_anything_is_changed(managed: Cluster, tree: Tree) -> None:
    managed.run("create database untrusted owner u42_ananta_owner")
    dsn = managed.dsn("untrusted", role("ananta_migrator"))
    try:
        with withheld(managed, "pg_trgm"):
            with pytest.raises(MigrationError) as caught:
                upgrade(tree.plane, dsn, root=tree.root)
            assert caught.value.slug == "administrator_needed"
            assert caught.value.message == "extension pg_trgm is not installed, and u42_ananta_owner may not create it"
            assert managed.run(MADE, "untrusted") == []
            managed.run(database_script(tree.plane), "untrusted")
            assert upgrade(tree.plane, dsn, root=tree.root).is_changed
            found = verify(tree.plane, dsn, scratch_dsn=managed.dsn(), root=tree.root)
            assert "extension pg_trgm is not installed" in (found.skipped or "")
    finally:
        managed.run("drop database untrusted with (force)")


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
    with open_session(Plane.APP, dsn) as connection:
        assert missing(Plane.APP, connection) == []


def test_where_all_roles_are_there_nobody_needs_to_make_any(managed: Cluster) -> None:
    managed.run(roles_script(), user="administrator")
    managed.run(roles_script(), user=role("ananta_migrator"))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        managed.run("create role another", user="administrator")


def test_logins_that_a_console_made_otherwise_are_named_or_mended(managed: Cluster) -> None:
    otherwise = {
        "alter role u42_app_edge noinherit": "alter role u42_app_edge inherit",
        "alter role u42_app_authenticator inherit": "alter role u42_app_authenticator noinherit",
        "grant u42_ananta_worker to u42_app_worker with inherit false": (
            "grant u42_ananta_worker to u42_app_worker with inherit true, set true"
        ),
        "revoke anon from u42_app_authenticator": "grant anon to u42_app_authenticator with inherit false, set true",
        "drop role service_role": "create role service_role nologin noinherit",
    }
    for statement in otherwise:
        managed.run(statement)
    try:
        with pytest.raises(psycopg.errors.InsufficientPrivilege) as caught:
            managed.run(roles_script(), user="administrator")
    finally:
        managed.run(roles_script())
    told = str(caught.value.diag.message_primary).removeprefix(
        "administrator may not make the roles what they must be; somebody who may runs first: "
    )
    assert set(told.split("; ")) == set(otherwise.values())
    managed.run(roles_script(), user="administrator")


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
