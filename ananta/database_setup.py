"""Brings an empty cluster to two ready databases: roles, databases, migrations, seeds. Everything can be repeated."""

from collections.abc import Callable, Mapping

import psycopg
from psycopg import sql

from ananta import seeds
from ananta.settings import ROOT, Plane
from migrations.runner import upgrade

DATABASES = {Plane.CONTROL: "arc_saas", Plane.APP: "supabase"}
LOGIN_ROLES = {
    Plane.CONTROL: ("control_authenticator", "control_edge", "control_worker"),
    Plane.APP: ("app_authenticator", "app_edge", "app_worker"),
}
STATEMENT_TIMEOUTS = {"authenticator": "5s", "edge": "15s", "worker": "120s"}

Progress = Callable[[str], None]


def prepare(superuser_dsn: str, passwords: Mapping[str, str], *, progress: Progress = lambda _: None) -> None:
    """Make roles and both databases where missing, then migrate and seed each.

    ``passwords`` holds one password for each login role and for ``ananta_migrator``.
    """
    with psycopg.connect(superuser_dsn, autocommit=True) as connection:
        prepare_cluster(connection, passwords)
        for plane, database in DATABASES.items():
            create_database(connection, plane, database)
    for plane, database in DATABASES.items():
        dsn = migrator_dsn(superuser_dsn, database, passwords)
        upgrade(plane, dsn, progress=progress)
        seeds.load(plane, dsn, progress=progress)


def prepare_cluster(connection: psycopg.Connection, passwords: Mapping[str, str]) -> None:
    """Make the roles, and set the passwords of those that log in."""
    connection.execute((ROOT / "sql" / "cluster" / "roles.sql").read_text(encoding="utf-8").encode())
    for role, password in passwords.items():
        connection.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(password)))


def create_database(connection: psycopg.Connection, plane: Plane, name: str) -> None:
    """Make a plane's database where missing: owned by the role without login, open to the plane's own logins only."""
    database = sql.Identifier(name)
    if not connection.execute("select from pg_database where datname = %s", (name,)).rowcount:
        connection.execute(sql.SQL("create database {} owner ananta_owner").format(database))
    connection.execute(sql.SQL("revoke all on database {} from public").format(database))
    connection.execute(sql.SQL("grant connect, create, temporary on database {} to ananta_migrator").format(database))
    for role in LOGIN_ROLES[plane]:
        login = sql.Identifier(role)
        connection.execute(sql.SQL("grant connect on database {} to {}").format(database, login))
        limits = {
            "statement_timeout": STATEMENT_TIMEOUTS[role.rsplit("_", 1)[1]],
            "idle_in_transaction_session_timeout": "30s",
            "lock_timeout": "10s",
        }
        for setting, value in limits.items():
            statement = sql.SQL("alter role {} in database {} set {} = {}")
            connection.execute(statement.format(login, database, sql.Identifier(setting), sql.Literal(value)))


def migrator_dsn(superuser_dsn: str, database: str, passwords: Mapping[str, str]) -> str:
    """The connection string of the migrator for one database of the same cluster."""
    return psycopg.conninfo.make_conninfo(
        superuser_dsn, dbname=database, user="ananta_migrator", password=passwords["ananta_migrator"]
    )
