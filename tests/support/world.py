"""Two tenants on a running platform with a member of every role in both planes; and an operator."""

import asyncio
import secrets
import time
import uuid
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import jwt
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from ananta.settings import Plane
from tests.support import tokens
from tests.support.platform import Platform, Tenant

ROLES = ("owner", "admin", "member", "viewer")
Json = dict[str, Any]


@dataclass
class World:
    """Alpha and beta know nothing of each other. ``claims`` are by plane, tenant's word and role."""

    platform: Platform
    tenants: dict[str, Tenant]
    claims: dict[tuple[Plane, str, str], Json] = field(default_factory=dict)

    def token(self, plane: Plane, word: str, role: str, **changes: Any) -> str:
        """A token as the exchange signs it now for this member."""
        now = int(time.time())
        fresh = {"iat": now, "exp": now + 240, "jti": str(uuid.uuid4())}
        return self.key(plane).sign(self.claims[plane, word, role] | fresh | changes)

    def operator_token(self) -> str:
        """A token of the platform's operator."""
        return self.token(Plane.CONTROL, "", "operator")

    def key(self, plane: Plane) -> tokens.Key:
        """The plane's own key."""
        return _key(self.platform.state_dir, plane)

    def user_id(self, word: str, role: str) -> str:
        """users.id of an app plane member."""
        return str(self.claims[Plane.APP, word, role]["sub"])

    def isolation_id(self, plane: Plane, word: str) -> str:
        """What the isolation columns of a plane hold for a tenant."""
        tenant = self.tenants[word]
        return tenant.organization_id if plane is Plane.APP else tenant.tenant_id


@lru_cache(maxsize=4)
def _key(state_dir: Path, plane: Plane) -> tokens.Key:
    return tokens.platform_key(state_dir, plane)


_worlds: dict[int, World] = {}


def world_of(platform: Platform) -> World:
    """The world of a platform, made on first use through the public interfaces."""
    if id(platform) not in _worlds:
        _worlds[id(platform)] = asyncio.run(_make(platform))
    return _worlds[id(platform)]


async def _make(platform: Platform) -> World:
    async with platform.client() as http:
        words = ("alpha", "beta")
        made = await asyncio.gather(*(platform.sign_up(http, word, "plan-professional") for word in words))
        world = World(platform, dict(zip(words, made, strict=True)))
        for word, tenant in world.tenants.items():
            roles = ROLES[1:] if word == "alpha" else ()
            members = await asyncio.gather(*(platform.add_member(tenant, role) for role in roles))
            for role, session in zip(ROLES, (tenant.owner, *members), strict=False):
                world.claims[Plane.APP, word, role] = jwt.decode(session.token, options={"verify_signature": False})
            if word == "beta":
                _add_app_members(world, word, tenant)
            _add_control_members(world, word, tenant)
    operator = add_control_user(platform, "operator", is_platform_admin=True)
    world.claims[Plane.CONTROL, "", "operator"] = tokens.platform_claims(
        Plane.CONTROL, sub=operator, userId=operator, role="platform_admin"
    )
    return world


def _add_app_members(world: World, word: str, tenant: Tenant) -> None:
    """Members without a sign-in of their own: only their tokens are used."""
    for role in ROLES[1:]:
        rows = world.platform.query(
            Plane.APP,
            "insert into public.users (organization_id, email, role, status) values (%s, %s, %s, 'active')"
            " returning id::text",
            (tenant.organization_id, f"{role}-{secrets.token_hex(4)}@people.example", role),
        )
        world.claims[Plane.APP, word, role] = tokens.member_claims(world.platform.query, rows[0]["id"])


def _add_control_members(world: World, word: str, tenant: Tenant) -> None:
    query = world.platform.query
    owner = query(
        Plane.CONTROL,
        "select user_id::text from tenant_management.user_tenants where tenant_id = %s",
        (tenant.tenant_id,),
    )
    users = {"owner": owner[0]["user_id"]}
    query(Plane.CONTROL, "delete from tenant_management.addresses where tenant_id = %s", (tenant.tenant_id,))
    for role in ROLES[1:]:
        users[role] = add_control_user(world.platform, role)
        query(
            Plane.CONTROL,
            "insert into tenant_management.user_tenants (user_id, tenant_id, role) values (%s, %s, %s)",
            (users[role], tenant.tenant_id, role),
        )
    for role, user_id in users.items():
        world.claims[Plane.CONTROL, word, role] = tokens.tenant_member_claims(query, user_id, tenant.tenant_id)


def add_control_user(platform: Platform, word: str, *, is_platform_admin: bool = False) -> str:
    """A person in the control plane: no interface makes one yet, but for the first admin of a tenant."""
    email = f"{word}-{secrets.token_hex(4)}@people.example"
    rows = platform.query(
        Plane.CONTROL,
        "insert into tenant_management.users (email, first_name, last_name, is_platform_admin) values (%s, 'A', %s, %s)"
        " returning id::text",
        (email, word, is_platform_admin),
    )
    return str(rows[0]["id"])


@dataclass
class Members:
    """An organization made in SQL, for what needs no sign-in: its id, and the users made with it."""

    organization_id: str
    owner_id: str


def add_organization(
    connection: psycopg.Connection[Json], *, max_users: int | None, max_components: int | None
) -> Members:
    """An organization with its owner, as a bootstrap makes it."""
    key = f"made-{secrets.token_hex(5)}"
    admin = {"email": f"owner@{key}.example", "firstName": "Ada", "lastName": "Lovelace"}
    request = {
        "tenantId": str(uuid.uuid4()),
        "tenantKey": key,
        "tenantName": key,
        "planId": "plan-basic",
        "adminUser": admin,
        "limits": {"maxUsers": max_users, "maxComponents": max_components, "maxStorageGb": None},
    }
    row = connection.execute(
        "select private.bootstrap_organization(%s, 'http://issuer.example/auth') ->> 'organizationId' as id",
        (Jsonb(request),),
    ).fetchone()
    assert row is not None
    owner = connection.execute("select id::text from public.users where organization_id = %s", (row["id"],)).fetchone()
    assert owner is not None
    return Members(str(row["id"]), str(owner["id"]))


def connect(platform: Platform, plane: Plane) -> psycopg.Connection[Json]:
    """A superuser's connection, committing each statement."""
    return psycopg.connect(platform.dsn(plane), autocommit=True, row_factory=dict_row)
