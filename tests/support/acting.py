"""Acting in SQL as PostgREST does for a request: a role and the claims of somebody, for a while."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest

from tests.support.world import add_organization

Json = dict[str, Any]
Db = psycopg.Connection[Json]


@contextmanager
def acting(db: Db, claims: Json, role: str = "authenticated") -> Iterator[None]:
    """The database sees this caller; afterwards the superuser again, who is nobody."""
    db.execute("select set_config('request.jwt.claims', %s, true)", (json.dumps(claims),))
    db.execute(f"set local role {role}".encode())
    try:
        yield
    finally:
        if db.info.transaction_status is not psycopg.pq.TransactionStatus.INERROR:
            db.execute("reset role")
            db.execute("select set_config('request.jwt.claims', '', true)")


@dataclass
class Caller:
    """Somebody with claims, in a transaction that is rolled back."""

    db: Db
    claims: Json
    role: str = "authenticated"

    def rows(self, query: str, *parameters: Any) -> list[Json]:
        """One statement as this caller."""
        with self.db.transaction(), acting(self.db, self.claims, self.role):
            cursor = self.db.execute(query.encode(), parameters)
            return cursor.fetchall() if cursor.description else []

    def column(self, query: str, *parameters: Any) -> list[Any]:
        """The first value of each row."""
        return [next(iter(row.values())) for row in self.rows(query, *parameters)]

    def count(self, query: str, *parameters: Any) -> int:
        """How many rows a statement touched."""
        with self.db.transaction(), acting(self.db, self.claims, self.role):
            return self.db.execute(query.encode(), parameters).rowcount

    def refused(self, query: str, *parameters: Any) -> tuple[str, str]:
        """SQLSTATE and message of a statement that is refused."""
        with pytest.raises(psycopg.Error) as caught:
            self.rows(query, *parameters)
        return str(caught.value.sqlstate), str(caught.value.diag.message_primary)

    @property
    def id(self) -> str:
        """users.id."""
        return str(self.claims["sub"])


@dataclass
class Organization:
    """An organization in SQL, and callers of every role in it by name."""

    db: Db
    id: str
    callers: dict[str, Caller] = field(default_factory=dict)

    @classmethod
    def of(cls, db: Db, *, max_users: int | None = None) -> "Organization":
        """A new one with its owner, an admin, two members and a viewer."""
        made = add_organization(db, max_users=None, max_components=None)
        organization = cls(db, made.organization_id)
        db.execute("update public.users set first_name = null, last_name = null where id = %s", (made.owner_id,))
        organization.callers["owner"] = organization.caller(made.owner_id)
        for name, role in (("admin", "admin"), ("mia", "member"), ("max", "member"), ("vera", "viewer")):
            organization.add(name, role)
        db.execute("update public.organizations set max_users = %s where id = %s", (max_users, made.organization_id))
        return organization

    def __getitem__(self, name: str) -> Caller:
        return self.callers[name]

    def add(self, name: str, role: str, email: str | None = None) -> Caller:
        """A further member, whose address is name@<organization>.example unless it is given."""
        row = self.db.execute(
            "insert into public.users (organization_id, email, role) values (%s, %s, %s) returning id::text",
            (self.id, email or f"{name}@{self.id}.example", role),
        ).fetchone()
        assert row is not None
        self.callers[name] = self.caller(row["id"])
        return self.callers[name]

    def caller(self, user_id: str) -> Caller:
        """A member as the exchange would sign the claims."""
        row = self.db.execute(
            "select array_agg(p.permission) as permissions from public.users as u"
            " join private.role_permissions as p on p.role = u.role where u.id = %s",
            (user_id,),
        ).fetchone()
        assert row is not None
        claims = {"sub": user_id, "organization_id": self.id, "permissions": row["permissions"]}
        return Caller(self.db, claims)


@dataclass
class TenantRow:
    """A tenant in SQL, with a caller of every role in the control plane."""

    db: Db
    id: str
    callers: dict[str, Caller]

    @classmethod
    def of(cls, db: Db, status: str = "active") -> "TenantRow":
        """A new one."""
        word = f"made-{uuid.uuid4().hex[:8]}"
        row = db.execute(
            "with plane as (insert into tenant_management.app_planes (name, base_url, portal_url)"
            " values (%s, 'http://plane.example', 'http://portal.example')"
            " returning id) insert into tenant_management.tenants (key, name, status, app_plane_id)"
            " select %s, %s, %s, id from plane returning id::text",
            (word, word, word, status),
        ).fetchone()
        assert row is not None
        callers = {}
        for role in ("owner", "admin", "member", "viewer"):
            user = db.execute(
                "with u as (insert into tenant_management.users (email, first_name, last_name)"
                " values (%s, 'A', 'B') returning id), m as (insert into tenant_management.user_tenants"
                " (user_id, tenant_id, role) select id, %s, %s from u) select id::text from u",
                (f"{role}@{word}.example", row["id"], role),
            ).fetchone()
            permissions = db.execute(
                "select array_agg(permission) as p from private.role_permissions where role = %s", (role,)
            ).fetchone()
            assert user is not None
            assert permissions is not None
            claims = {"sub": user["id"], "tenantId": row["id"], "permissions": permissions["p"]}
            callers[role] = Caller(db, claims)
        callers["operator"] = Caller(
            db, {"sub": str(uuid.uuid4()), "role": "platform_admin", "permissions": []}, "platform_admin"
        )
        return cls(db, row["id"], callers)

    def __getitem__(self, name: str) -> Caller:
        return self.callers[name]
