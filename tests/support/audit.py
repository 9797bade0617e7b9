"""Entries of the audit log, and somebody who makes them, within a transaction that a test rolls back."""

import json
from typing import Any

import psycopg

from tests.support.world import add_organization

Db = psycopg.Connection[dict[str, Any]]


class AuditedCompany:
    """An organization whose audit log a test reads; entries are chained at the end of each statement."""

    def __init__(self, db: Db, *, audit_days: int | None = None) -> None:
        self.db = db
        made = add_organization(db, max_users=None, max_components=None)
        self.id, self.owner_id = made.organization_id, made.owner_id
        self.set_days(audit_days)
        db.execute("set constraints all immediate")

    def set_days(self, days: int | None) -> None:
        """As a plan does that keeps the log for so many days."""
        self.db.execute("update public.organizations set audit_days = %s where id = %s", (days, self.id))

    def act_as_owner(self, *, login: str = "app_authenticator") -> None:
        """Be the owner, as PostgREST or the edge makes a request be theirs; the correlation id is ``request-1``."""
        permissions = [row["permission"] for row in self.db.execute("select permission from private.role_permissions")]
        claims = {
            "role": "authenticated",
            "sub": self.owner_id,
            "organization_id": self.id,
            "permissions": permissions,
        }
        self.db.execute(
            "select set_config('request.jwt.claims', %s, true), set_config('request.headers', %s, true)",
            (json.dumps(claims), json.dumps({"x-correlation-id": "request-1"})),
        )
        self.db.execute(f"set local session authorization {login}".encode())
        if login == "app_authenticator":
            self.db.execute("set local role authenticated")

    def act_as_superuser(self) -> None:
        """Be who the connection is."""
        self.db.execute("set local session authorization default")
        self.db.execute("select set_config('request.jwt.claims', '', true), set_config('request.headers', '', true)")

    def write(self, count: int = 1) -> None:
        """So many entries."""
        for _ in range(count):
            self.db.execute(
                "insert into public.projects (organization_id, name) values (%s, gen_random_uuid()::text)", (self.id,)
            )

    def entries(self, after: int = 0) -> list[dict[str, Any]]:
        """The entries after a number, the first first."""
        query = "select * from public.audit_logs where organization_id = %s and number > %s order by number"
        return self.db.execute(query, (self.id, after)).fetchall()

    def last_number(self) -> int:
        """The number of the newest entry, by the chain."""
        row = self.db.execute("select last_number from private.audit_chains where owner_id = %s", (self.id,)).fetchone()
        return int(row["last_number"]) if row else 0

    def problems(self, heads: str = "[]") -> list[tuple[int, str]]:
        """What verification finds."""
        query = "select number, problem from private.verify_audit_log(%s, %s)"
        return [(row["number"], row["problem"]) for row in self.db.execute(query, (self.id, heads)).fetchall()]
