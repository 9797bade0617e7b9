"""Databases as other people prepare them: one like Supabase's, and one like a managed service's."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pgmq.install import get_embedded_install_sql, get_embedded_sql_version

from ananta.settings import Plane
from migrations.prerequisites import database_script, roles_script
from migrations.settings import RENAMEABLE, role_names
from tests.support.clusters import Cluster

# What Supabase's image makes before a project is handed over: roles, schemas, rights; `postgres` is no superuser.
SUPABASE = """
    create role postgres login createdb createrole replication bypassrls;
    create role anon nologin noinherit;
    create role authenticated nologin noinherit;
    create role service_role nologin noinherit bypassrls;
    create role authenticator login noinherit;
    create role supabase_auth_admin login noinherit createrole;
    grant anon, authenticated, service_role to authenticator;
    grant pg_monitor, pg_read_all_data, pg_signal_backend to postgres with admin option;
    alter role anon set statement_timeout = '3s';
    alter role authenticated set statement_timeout = '8s';
    alter database postgres owner to postgres;
    create schema extensions authorization postgres;
    create extension "uuid-ossp" schema extensions;
    create extension pgcrypto schema extensions;
    create extension pg_stat_statements schema extensions;
    grant usage on schema public to postgres, anon, authenticated, service_role;
    grant usage on schema extensions to postgres, anon, authenticated, service_role;
    alter default privileges for role postgres in schema public
        grant all on tables to postgres, anon, authenticated, service_role;
    alter default privileges for role postgres in schema public
        grant all on functions to postgres, anon, authenticated, service_role;
    create schema auth authorization supabase_auth_admin;
    grant usage on schema auth to postgres, anon, authenticated, service_role;
    create table auth.users (id uuid primary key, email text);
    alter table auth.users owner to supabase_auth_admin;
    create function auth.jwt() returns jsonb language sql stable as $$
        select coalesce(
            nullif(current_setting('request.jwt.claim', true), ''),
            nullif(current_setting('request.jwt.claims', true), '')
        )::jsonb
    $$;
    create function auth.uid() returns uuid language sql stable as $$
        select coalesce(
            nullif(current_setting('request.jwt.claim.sub', true), ''),
            (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')
        )::uuid
    $$;
    create function auth.role() returns text language sql stable as $$
        select nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'
    $$;
    alter function auth.jwt() owner to supabase_auth_admin;
    alter function auth.uid() owner to supabase_auth_admin;
    alter function auth.role() owner to supabase_auth_admin;
    create publication supabase_realtime;
"""
# PostgreSQL 16 and newer: who makes roles grants those only of which it is an admin.
SUPABASE_16 = "grant anon, authenticated, service_role to postgres with admin option;"

# Names as a console gives them.
MANAGED_NAMES = {name: f"u42_{name}" for name in RENAMEABLE}
MANAGED_DATABASES = {Plane.CONTROL: "customer_control", Plane.APP: "customer_app"}
SUPABASE_DATABASES = {Plane.CONTROL: "arc_saas", Plane.APP: "postgres"}


def like_supabase(cluster: Cluster) -> None:
    """Make what is there before us."""
    cluster.run(SUPABASE)
    if int(cluster.run("show server_version_num")[0][0]) >= 160000:
        cluster.run(SUPABASE_16)


def like_a_managed_service(cluster: Cluster) -> None:
    """Make what the console makes: roles by its names, databases of an administrator who may not make roles.

    The server's allow list of extensions is what they are trusted: ours are, pgmq is there and is not.
    """
    offer_pgmq(cluster, is_allowed=False)
    cluster.run(roles_script())
    cluster.run("create role administrator login")
    for database in MANAGED_DATABASES.values():
        cluster.run(f"create database {database} owner administrator")


@contextmanager
def named(names: Any) -> Iterator[None]:
    """Roles by other names, as ``ANANTA_ROLE_NAMES`` has it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANANTA_ROLE_NAMES", json.dumps(names))
        role_names.cache_clear()
        yield
    role_names.cache_clear()


def prepare_databases(cluster: Cluster, databases: dict[Plane, str], administrator: str) -> None:
    """Have the administrator run what is printed for each database."""
    for plane, database in databases.items():
        cluster.run(database_script(plane), database, administrator)


@contextmanager
def withheld(cluster: Cluster, extension: str, *, is_offered: bool = True) -> Iterator[None]:
    """Meanwhile an extension is its superuser's only, or not offered at all."""
    folder = next(Path(cluster.programs).glob("share/**/extension"))
    control, kept = folder / f"{extension}.control", folder / f"{extension}.kept"
    control.rename(kept)
    try:
        if is_offered:
            text = kept.read_text(encoding="utf-8")
            control.write_text(text.replace("trusted = true", "trusted = false"), encoding="utf-8")
        yield
    finally:
        kept.replace(control)


def offer_pgmq(
    cluster: Cluster, version: str | None = None, script: str | None = None, *, is_allowed: bool = True
) -> None:
    """Put pgmq among the extensions of the server: the SQL of the package, as upstream's control file has it."""
    folder = next(Path(cluster.programs).glob("share/**/extension"))
    version = version or get_embedded_sql_version()
    superuser = "false" if is_allowed else "true"
    control = f"default_version = '{version}'\nschema = 'pgmq'\nrelocatable = false\nsuperuser = {superuser}\n"
    (folder / "pgmq.control").write_text(control, encoding="utf-8")
    (folder / f"pgmq--{version}.sql").write_text(script or get_embedded_install_sql(), encoding="utf-8")
