"""Supabase: its roles and schemas, its `postgres` that is no superuser; the app plane in the database it comes with."""

import os
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ananta import database_setup
from ananta.catalogue import difference, snapshot
from ananta.embedded import token_keys
from ananta.embedded.binaries import postgres_package
from ananta.settings import ROOT, Plane
from migrations.foreign import comparable, foreign_schemas
from migrations.runner import MigrationError, upgrade, verify
from tests.conftest import PASSWORDS
from tests.migrations.conftest import Tree
from tests.migrations.elsewhere import SUPABASE_DATABASES, like_supabase, offer_pgmq
from tests.support.clusters import DEBIAN_15, Cluster
from tests.support.http_client import HTTP
from tests.support.isolation import own_postgrest
from tests.support.tokens import platform_claims, platform_key

# What of Supabase's own a migration must leave as it was.
THEIRS = """
    select 'role ' || rolname, concat(rolsuper, rolbypassrls, rolcreaterole, rolcanlogin, rolinherit, rolconfig)
    from pg_roles where rolname in ('postgres', 'anon', 'authenticated', 'service_role', 'authenticator')
    union all
    select 'member ' || m.member::regrole, string_agg(m.roleid::regrole::text, ',' order by m.roleid::regrole::text)
    from pg_auth_members as m where m.member in ('authenticator'::regrole, 'supabase_auth_admin'::regrole)
    group by m.member
    union all
    select 'schema ' || nspname, nspowner::regrole::text from pg_namespace
    where nspname in ('auth', 'extensions', 'public')
    union all
    select 'rights auth', nspacl::text from pg_namespace where nspname = 'auth'
    union all
    select 'function ' || oid::regprocedure, concat(proowner::regrole, proacl, md5(prosrc)) from pg_proc
    where pronamespace = 'auth'::regnamespace
    union all
    select 'database', concat(datdba::regrole, datconnlimit) from pg_database where datname = 'postgres'
    order by 1
"""
TENANT = "11111111-1111-4111-8111-111111111111"
BOOTSTRAP = f"""
    select private.bootstrap_organization(
        '{{"tenantId": "{TENANT}", "tenantKey": "acme", "tenantName": "Acme", "planId": "plan-basic",
        "adminUser": {{"email": "ada@acme.example"}}, "limits": {{}}}}', 'https://sign.in'
    ) ->> 'organizationId'
"""


NEWER = "17, pgmq as an extension"
OLDER = ["15, pgmq as SQL"] if os.environ.get("ANANTA_CI") else []


@pytest.fixture(scope="module", params=[NEWER, *OLDER])
def supabase(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """Both planes on what Supabase hands over, prepared by its `postgres`; the older major in CI only."""
    is_older = request.param != NEWER
    native = DEBIAN_15 if is_older else postgres_package(ROOT) / "native"
    with Cluster(native, is_copied=not is_older) as cluster:
        if not is_older:
            offer_pgmq(cluster)
        like_supabase(cluster)
        before = cluster.run(THEIRS)
        database_setup.prepare(cluster.dsn(user="postgres"), PASSWORDS, databases=SUPABASE_DATABASES)
        assert cluster.run(THEIRS) == before
        yield cluster


def is_extension(cluster: Cluster) -> bool:
    return bool(cluster.run("select 1 from pg_extension where extname = 'pgmq'"))


def test_the_database_is_as_declared_and_what_is_theirs_is_named(supabase: Cluster) -> None:
    found = verify(Plane.APP, supabase.dsn(user="ananta_migrator"), scratch_dsn=supabase.dsn(user="postgres"))
    assert (found.problems, found.skipped) == ((), None)
    theirs = {"auth": "supabase_auth_admin", "extensions": "postgres", "public": "pg_database_owner"}
    theirs |= {"pgmq": "postgres"} if is_extension(supabase) else {}
    assert list(found.notes) == [f"schema {name} is {owner}'s: left out" for name, owner in sorted(theirs.items())]


@pytest.mark.parametrize(
    ("planted", "key"),
    [
        ("grant select on pgmq.meta to anon", "rights on pgmq.meta: "),
        ("grant select on pgmq.meta to public", "rights on pgmq.meta: "),
        (
            "grant execute on function pgmq.send(text, jsonb) to anon",
            "rights on pgmq.send(queue_name text, msg jsonb): ",
        ),
        ("alter table public.boms owner to postgres", "table public.boms: "),
        ("create table public.theirs (id integer)", "table public.theirs: only in the database"),
    ],
)
def test_a_change_beside_what_is_theirs_is_found(supabase: Cluster, planted: str, key: str) -> None:
    with psycopg.connect(supabase.dsn()) as connection:
        foreign = foreign_schemas(connection)
        before = comparable(snapshot(connection), foreign)
        with connection.transaction(force_rollback=True):
            connection.execute(planted.encode())
            found = difference(comparable(snapshot(connection), foreign), before)
    assert any(line.startswith(key) for line in found), found


@pytest.mark.parametrize("plane", list(Plane))
def test_a_second_upgrade_finds_nothing_to_do(supabase: Cluster, plane: Plane) -> None:
    dsn = supabase.dsn(SUPABASE_DATABASES[plane], "ananta_migrator")
    assert not upgrade(plane, dsn).is_changed


@pytest.mark.parametrize("login", ["authenticator", "supabase_auth_admin"])
@pytest.mark.parametrize("table", ["public.boms", "public.users", "private.issuers", "pgmq.q_identities"])
def test_supabase_s_own_logins_read_none_of_our_tables(supabase: Cluster, login: str, table: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        supabase.run(f"select from {table}", user=login)


def test_service_role_has_no_rights_that_bypassing_policies_could_serve(supabase: Cluster) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        supabase.run("set role service_role; select from public.boms", user="authenticator")


def test_postgrest_serves_the_app_plane_from_it(supabase: Cluster, tmp_path: Path) -> None:
    private_key, _ = token_keys.ensure(tmp_path, Plane.APP)
    organization = str(supabase.run(BOOTSTRAP, user="app_edge")[0][0])
    user = str(supabase.run("select id from public.users where email = 'ada@acme.example'")[0][0])
    claims = {"sub": user, "userId": user, "organization_id": organization, "organizationId": organization}
    permissions = ["organization:read", "users:read", "users:write"]

    def headers(tenant: str) -> dict[str, str]:
        signed = platform_claims(Plane.APP, **claims, tenantId=tenant, permissions=permissions)
        return {"Authorization": f"Bearer {platform_key(tmp_path, Plane.APP).sign(signed)}"}

    with own_postgrest(Plane.APP, supabase.dsn(user="app_authenticator"), tmp_path, private_key) as url:
        mine = HTTP.get(f"{url}/organizations?select=id", headers=headers(TENANT))
        assert (mine.status_code, mine.json()) == (200, [{"id": organization}])
        waiting = supabase.run("select count(*) from pgmq.q_identities")[0][0]
        person = {"email": f"{uuid.uuid4().hex}@acme.example", "role": "viewer"}
        made = HTTP.post(f"{url}/users", json=person, headers=headers(TENANT))
        assert made.status_code == 201, made.text
        assert supabase.run("select count(*) from pgmq.q_identities")[0][0] == waiting + 1
        other = HTTP.get(f"{url}/organizations?select=id", headers=headers(str(uuid.uuid4())))
        assert (other.status_code, other.json()["message"]) == (401, "membership_inactive")
        assert HTTP.get(f"{url}/organizations").status_code == 401


def test_nothing_of_ours_calls_supabase_s_auth_functions() -> None:
    """Our owner may not use their schema, and nobody but Supabase may let it; locally it is ours and would pass."""
    folders = ("functions", "policies", "sql/shared/30_tables", "sql/app", "sql/control")
    calls = {
        path.relative_to(ROOT).as_posix()
        for folder in folders
        for path in (ROOT / folder).rglob("*.sql")
        if re.search(r"\bauth\.\w+", path.read_text(encoding="utf-8"))
    }
    assert calls == set()


@pytest.mark.parametrize("supabase", [NEWER], indirect=True)
def test_a_pgmq_that_is_too_old_is_passed_over_or_refused(supabase: Cluster, tree: Tree) -> None:
    old = "create table pgmq.meta (queue_name varchar unique not null);"
    offer_pgmq(supabase, "1.5.1", old)
    try:
        supabase.run("create database old_pgmq owner ananta_owner")
        dsn = supabase.dsn("old_pgmq", "ananta_migrator")
        assert "as SQL" in (upgrade(tree.plane, dsn, root=tree.root).queues or "")
        supabase.run("create database older_pgmq owner ananta_owner")
        supabase.run("create extension pgmq", "older_pgmq", "postgres")
        with pytest.raises(MigrationError, match="pgmq is older than") as caught:
            upgrade(tree.plane, supabase.dsn("older_pgmq", "ananta_migrator"), root=tree.root)
        assert caught.value.slug == "administrator_needed"
    finally:
        offer_pgmq(supabase)
    supabase.run("create database own_pgmq owner ananta_owner")
    report = upgrade(tree.plane, supabase.dsn("own_pgmq", "ananta_migrator"), root=tree.root)
    assert report.queues == "extension pgmq"
