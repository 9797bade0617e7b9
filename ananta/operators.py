"""Making the first operators: a row decides who is one, an account in the realm ``master`` lets them sign in."""

import asyncio

import psycopg
from psycopg import sql

from ananta.demo.client import Person
from migrations.settings import role
from workers.identity.provider import IdentityProvider


async def make_operator(person: Person, migrator_dsn: str, identity: IdentityProvider) -> None:
    """Grant the role in the control plane's database, and mail a link to set the password. May be repeated."""
    await asyncio.to_thread(_grant, person, migrator_dsn)
    user = await identity.ensure_user(
        "master",
        email=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
        roles=["operator"],
        created_by="operators",
    )
    await identity.send_password_setup("master", user.id, idempotency_key=f"operators/{user.id}")


def _grant(person: Person, migrator_dsn: str) -> None:
    with psycopg.connect(migrator_dsn) as connection:
        connection.execute(sql.SQL("set role {}").format(sql.Identifier(role("ananta_owner"))))
        query = "select private.grant_platform_admin(%s, %s, %s)"
        connection.execute(query, (person.email, person.first_name, person.last_name))
