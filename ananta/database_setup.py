"""Brings an empty cluster to two ready databases: roles, databases, migrations, seeds. Everything can be repeated.

The administrator is a superuser, or, as on a managed service, a role that may create roles and databases.
"""

from collections.abc import Callable, Mapping

import psycopg
from psycopg import sql

from ananta import seeds
from ananta.settings import Plane
from migrations.prerequisites import database_script, roles_script
from migrations.runner import upgrade
from migrations.settings import role

DATABASES = {Plane.CONTROL: "arc_saas", Plane.APP: "supabase"}
LOGIN_ROLES = {
    Plane.CONTROL: ("control_authenticator", "control_edge", "control_worker"),
    Plane.APP: ("app_authenticator", "app_edge", "app_worker"),
}

Progress = Callable[[str], None]


def prepare(
    administrator_dsn: str,
    passwords: Mapping[str, str],
    *,
    databases: Mapping[Plane, str] = DATABASES,
    progress: Progress = lambda _: None,
) -> None:
    """Make roles and both databases where missing, then migrate and seed each.

    ``passwords`` holds one password for each login role and for ``ananta_migrator``. A database that exists and is
    somebody else's, such as Supabase's own, is used as it is.
    """
    with psycopg.connect(administrator_dsn, autocommit=True) as connection:
        prepare_cluster(connection, passwords)
        for plane, database in databases.items():
            create_database(connection, plane, database)
    for plane, database in databases.items():
        dsn = migrator_dsn(administrator_dsn, database, passwords)
        upgrade(plane, dsn, progress=progress)
        seeds.load(plane, dsn, progress=progress)


def prepare_cluster(connection: psycopg.Connection, passwords: Mapping[str, str]) -> None:
    """Make the roles, and set the passwords of those that log in."""
    connection.execute(roles_script().encode())
    for name, password in passwords.items():
        login = sql.Identifier(role(name))
        connection.execute(sql.SQL("alter role {} password {}").format(login, sql.Literal(password)))


def create_database(connection: psycopg.Connection, plane: Plane, name: str) -> None:
    """Make a plane's database where missing, owned by the role without login; give its logins what they need there."""
    owner = sql.Identifier(role("ananta_owner"))
    if not connection.execute("select from pg_database where datname = %s", (name,)).rowcount:
        if not connection.execute("select from pg_roles where rolname = current_user and rolsuper").rowcount:
            connection.execute(sql.SQL("grant {} to current_user").format(owner))
        connection.execute(sql.SQL("create database {} owner {}").format(sql.Identifier(name), owner))
    known = connection.info
    dsn = psycopg.conninfo.make_conninfo(known.dsn, dbname=name, password=known.password or None)
    with psycopg.connect(dsn, autocommit=True) as inside:
        inside.execute(database_script(plane).encode())


def migrator_dsn(administrator_dsn: str, database: str, passwords: Mapping[str, str]) -> str:
    """The connection string of the migrator for one database of the same cluster."""
    return psycopg.conninfo.make_conninfo(
        administrator_dsn, dbname=database, user=role("ananta_migrator"), password=passwords["ananta_migrator"]
    )
