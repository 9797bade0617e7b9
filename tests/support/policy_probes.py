"""The matrix of tenancy inside the database: policies and grants alone, quick enough to be asked a thousand times.

``session_replication_role`` turns triggers and references off, so that nothing else is left to refuse. Each probe is a
statement as one of the database's roles, undone at once; what must come out follows from ``exposed.toml``:
``refused`` (42501), ``nothing`` (no row), ``done``. A constraint speaks after the policies, so 23xxx means done.
"""

import json
import secrets
from dataclasses import dataclass
from typing import Any, LiteralString

from ananta.settings import Plane
from tests.support import tokens
from tests.support.canaries import Canaries, Row, Side
from tests.support.exposure import Db, Rules, Table, isolation_column, read_tables, rules
from tests.support.world import ROLES, add_organization

DATABASE_ROLES = ("anon", "authenticated", "platform_admin")
# What shows something of a project refers to one of these, or is the first.
OF_PROJECTS = ("projects", "boms", "bom_line_items", "bom_line_comments")
VERBS = ("select", "insert", "update", "delete", "truncate", "references", "trigger")

_PROBE = """
    create function pg_temp.probe(role name, claims text, statement text) returns text language plpgsql as $$
    declare
        row_count bigint;
    begin
        perform set_config('request.jwt.claims', claims, true);
        execute format('set local role %I', role);
        execute statement;
        get diagnostics row_count = row_count;
        raise exception using errcode = 'PROBE', message = case when row_count > 0 then 'done' else 'nothing' end;
    exception
        when insufficient_privilege then return 'refused';
        when integrity_constraint_violation then return 'done';
        when others then return sqlerrm;
    end
    $$
"""
_SHOWS = """
    create function pg_temp.shows(role name, claims text, statement text) returns text language plpgsql as $$
    declare
        answer text;
    begin
        perform set_config('request.jwt.claims', claims, true);
        execute format('set local role %I', role);
        execute statement into answer;
        raise exception using errcode = 'PROBE', message = coalesce(answer, '');
    exception when others then
        return sqlerrm;
    end
    $$
"""


@dataclass(frozen=True)
class Actor:
    """Who asks: one of exposed.toml's roles, or ``anonymous``, ``nobody`` (no claims), ``stripped`` (an owner whose
    token has no permissions), ``apart`` (a member who is not in the private project that the canaries are in),
    ``platform`` (our own functions, which run as the tables' owner)."""

    name: str
    database_role: str
    claims: str


@dataclass(frozen=True)
class Probe:
    """A statement by an actor, and what must come of it."""

    actor: Actor
    what: str
    statement: str
    expected: str


class PolicyProbes:
    """Two tenants with canaries, and the probes of every table, in a transaction that its caller rolls back."""

    def __init__(self, plane: Plane, db: Db, declared: Rules | None = None) -> None:
        self.plane = plane
        self.rules: Rules = declared or rules(plane)
        self._db = db
        self.tables: dict[str, Table] = read_tables(db, self.rules.schema)
        ids, users = (_app_tenants if plane is Plane.APP else _control_tenants)(self)
        canaries = Canaries(self.query, self.rules, self.tables)
        self.own, self.other = (Side(tenant, f"canary-{secrets.token_hex(4)}") for tenant in ids)
        for side in (self.own, self.other):
            canaries.plant(side)
        self.rows = {
            name: (canaries.row(table, self.own), canaries.row(table, self.other))
            for name, table in self.tables.items()
            if not table.is_view
        }
        self.actors = self._actors(ids[0], users)
        if plane is Plane.APP:
            self._make_project_private([user for name, user in users.items() if name != "apart"])
        for statement in (_PROBE, _SHOWS, "set session_replication_role = replica"):
            self.query(statement)
        self.probe_count = 0

    def query(self, statement: LiteralString | str, parameters: tuple[Any, ...] = ()) -> list[Row]:
        """Run something as the superuser."""
        cursor = self._db.execute(statement.encode(), parameters or None)
        return cursor.fetchall() if cursor.description else []

    def _make_project_private(self, users: list[str]) -> None:
        project = self.rows["projects"][0]["id"]
        self.query("update public.projects set is_private = true where id = %s", (project,))
        self.query(
            "insert into public.project_members (organization_id, project_id, user_id)"
            " select %s, %s, u.id from unnest(%s::uuid[]) as u (id)",
            (self.own.id, project, users),
        )

    # -- what comes out otherwise than it must

    def failures(self) -> list[str]:
        """All probes of all tables and functions."""
        served = [f"{self.rules.schema}.{name}" for name in {**self.rules.functions, **self.rules.aggregates}]
        helpers = {f"private.{name}" for names in self.rules.helpers.values() for name in names}
        return [
            *(failure for name in self.tables for failure in self.table_failures(name)),
            *(failure for name in [*served, *sorted(helpers)] for failure in self.function_failures(name)),
        ]

    def table_failures(self, name: str) -> list[str]:
        """The rights on a table that are not as declared; where all are, the probes of it that fail."""
        failures = self._rights_failures(name)
        if failures:
            return failures
        probes = self._probes(self.tables[name])
        outcomes = self.query(
            "select pg_temp.probe(p.role, p.claims, p.statement) as outcome"
            " from unnest(%s::text[], %s::text[], %s::text[]) with ordinality as p (role, claims, statement, number)"
            " order by p.number",
            (
                [probe.actor.database_role for probe in probes],
                [probe.actor.claims for probe in probes],
                [probe.statement for probe in probes],
            ),
        )
        self.probe_count += len(probes)
        return [
            f"{probe.actor.name}: {probe.what} {name}: {row['outcome']}, expected {probe.expected}"
            for probe, row in zip(probes, outcomes, strict=True)
            if row["outcome"] != probe.expected
        ]

    def function_failures(self, signature: str) -> list[str]:
        """Who may execute a function that must not, and what one without permissions learns from it."""
        declared = self._callers(signature)
        rows = self.query(
            "select r.role from unnest(%s::text[]) as r (role) where has_function_privilege(r.role, %s, 'execute')",
            (list(DATABASE_ROLES), signature),
        )
        self.probe_count += len(DATABASE_ROLES)
        found = {row["role"] for row in rows}
        failures = [f"{signature}: {role} may execute it" for role in sorted(found - declared)]
        failures += [f"{signature}: {role} may not execute it" for role in sorted(declared - found)]
        return failures + (self._shown(signature) if "authenticated" in found else [])

    def _shown(self, signature: str) -> list[str]:
        stripped = next(actor for actor in self.actors if actor.name == "stripped")
        name, _, types = signature.rstrip(")").partition("(")
        query = "select pronargs - pronargdefaults as number from pg_proc where oid = %s::regprocedure"
        needed = [kind for kind in types.split(", ") if kind][: self.query(query, (signature,))[0]["number"]]
        # A search is for the own canary: for nothing it would find nothing.
        arguments = ", ".join(f"'{self.own.marker}'" if kind == "text" else f"null::{kind}" for kind in needed)
        answer = self.query(
            "select pg_temp.shows(%s, %s, %s) as answer",
            (stripped.database_role, stripped.claims, f"select ({name}({arguments}))::text"),
        )[0]["answer"]
        self.probe_count += 1
        return [f"stripped: {signature} shows rows"] if self.own.marker in answer else []

    def _callers(self, signature: str) -> set[str]:
        schema, _, name = signature.partition(".")
        if schema == "private":
            return {role for role in DATABASE_ROLES if name in self.rules.helpers[role]}
        if name in self.rules.aggregates:
            return set(self.rules.aggregates[name])
        least = self.rules.functions.get(name)
        if name in self.rules.anonymous_functions:
            return {"anon", "authenticated"} | ({"platform_admin"} if "operator" in self.rules.roles else set())
        return {"platform_admin" if least == "operator" else "authenticated"} if least else set()

    def _rights_failures(self, name: str) -> list[str]:
        table = self.tables[name]
        rows = self.query(
            "select r.role, v.verb, null as column_name from unnest(%(roles)s::text[]) as r (role),"
            " unnest(%(verbs)s::text[]) as v (verb)"
            " where has_table_privilege(r.role, %(table)s, v.verb)"
            " union all select r.role, v.verb, c.name from unnest(%(roles)s::text[]) as r (role),"
            " unnest(%(columns)s::text[]) as c (name), unnest(array['select', 'insert', 'update']) as v (verb)"
            " where has_column_privilege(r.role, %(table)s, c.name, v.verb)"
            " and not has_table_privilege(r.role, %(table)s, v.verb)",
            {  # type: ignore[arg-type]
                "roles": list(DATABASE_ROLES),
                "verbs": list(VERBS),
                "columns": list(table.columns),
                "table": f"{self.rules.schema}.{name}",
            },
        )
        self.probe_count += len(DATABASE_ROLES) * (len(VERBS) + 3 * len(table.columns))
        found = {(row["role"], row["verb"], row["column_name"]) for row in rows}
        return [f"{name}: rights {right}" for right in sorted(found ^ self._declared_rights(name), key=str)]

    def _declared_rights(self, name: str) -> set[tuple[str, str, str | None]]:
        rule = self.rules.tables.get(name)
        if rule is None:
            return set()
        rights: set[tuple[str, str, str | None]] = {("platform_admin", verb, None) for verb in rule.operator}
        rights |= {("authenticated", verb, None) for verb in ("select", "delete") if verb in rule.least}
        rights |= {("authenticated", verb, column) for verb, columns in rule.columns.items() for column in columns}
        return rights | ({("anon", "select", None)} if name in self.rules.anonymous_tables else set())

    # -- what is tried

    def _probes(self, table: Table) -> list[Probe]:
        of = self._probes_of_view if table.is_view else self._probes_of
        return [
            probe
            for actor in self.actors
            if not table.is_view or actor.name != "platform"
            for probe in of(table, actor)
        ]

    def _probes_of_view(self, table: Table, actor: Actor) -> list[Probe]:
        """A view has no key and maybe no tenant's column: its rows are known by the marks in them."""
        text = f"select from {self.rules.schema}.{table.name} as v where v::text ~ '{{}}|{{}}'"
        own = self._expected(actor, table, "select")
        other = self._expected_of_other(actor, table, "select")
        return [
            Probe(actor, "read", text.format(self.own.marker, self.own.id), own),
            Probe(actor, "read other's", text.format(self.other.marker, self.other.id), other),
        ]

    def _probes_of(self, table: Table, actor: Actor) -> list[Probe]:
        name, column = f"{self.rules.schema}.{table.name}", isolation_column(self.rules, table.name)
        mine, theirs = self.rows[table.name]
        own, other = _where(table, mine), _where(table, theirs)
        insert = self._columns(table, actor, "insert")
        change = self._columns(table, actor, "update")[0]
        found = [
            ("read", "select", f"select from {name} where {own}"),
            ("insert", "insert", _insert(name, insert, mine)),
            ("update", "update", f"update {name} set {change} = {change} where {own}"),
            ("delete", "delete", f"delete from {name} where {own}"),
        ]
        probes = [Probe(actor, what, text, self._expected(actor, table, verb)) for what, verb, text in found]
        if table.name in self.rules.anonymous_tables:
            expected = self._expected(actor, table, "select", is_hidden=False)
            probes.append(Probe(actor, "read any", f"select from {name} limit 1", expected))
        if column not in table.columns:
            return probes
        foreign = [
            ("read other's", "select", f"select from {name} where {other}"),
            ("update other's", "update", f"update {name} set {change} = {change} where {other}"),
            ("delete other's", "delete", f"delete from {name} where {other}"),
        ]
        if table.name != self.rules.root:
            foreign.append(("insert other's", "insert", _insert(name, insert, mine | {column: self.other.id})))
            move = f"update {name} set {column} = '{self.other.id}' where {own}"
            foreign.append(("move to other", "move", move))
        return probes + [
            Probe(actor, what, text, self._expected_of_other(actor, table, verb)) for what, verb, text in foreign
        ]

    def _columns(self, table: Table, actor: Actor, verb: str) -> list[str]:
        """The columns that a statement names: those granted to members, else all that can be written."""
        rule = self.rules.tables.get(table.name)
        granted = rule.columns[verb] if rule and actor.database_role == "authenticated" else []
        return granted or [column.name for column in table.columns.values() if not column.is_generated]

    def _expected(self, actor: Actor, table: Table, verb: str, *, is_hidden: bool = True) -> str:
        """What must come of a command on rows of the actor's own tenant, or on those of nobody."""
        if actor.name == "platform":
            return "done"
        rule = self.rules.tables.get(table.name)
        if rule is None or not self._has_right(actor, table.name, verb):
            return "refused"
        is_public = table.name in self.rules.anonymous_tables and verb == "select"
        if is_public and actor.name != "operator":
            return "nothing" if is_hidden else "done"
        if actor.name in ("stripped", "nobody"):
            may = rule.kind == "shared" and verb == "select"
        elif actor.name == "apart":
            may = not _is_of_project(table) and self.rules.may("member", verb, table.name)
        else:
            may = self.rules.may(actor.name, verb, table.name)
        return "done" if may else "refused" if verb == "insert" else "nothing"

    def _expected_of_other(self, actor: Actor, table: Table, verb: str) -> str:
        """What must come of a command on rows of the other tenant."""
        command = "update" if verb == "move" else verb
        if actor.name in ("platform", "operator"):
            return self._expected(actor, table, command)
        if not self._has_right(actor, table.name, command):
            return "refused"
        if verb == "move" and self._expected(actor, table, "update") == "done":
            return "refused"
        return "refused" if verb == "insert" else "nothing"

    def _has_right(self, actor: Actor, name: str, verb: str) -> bool:
        return any(right[:2] == (actor.database_role, verb) for right in self._declared_rights(name))

    def _actors(self, tenant_id: str, users: dict[str, str]) -> list[Actor]:
        def query(_: Plane, statement: str, parameters: tuple[Any, ...]) -> list[Row]:
            return self.query(statement, parameters)

        if self.plane is Plane.APP:
            claims = {role: tokens.member_claims(query, user) for role, user in users.items()}
        else:
            claims = {role: tokens.tenant_member_claims(query, user, tenant_id) for role, user in users.items()}
        members = [Actor(role, "authenticated", json.dumps(claims[role])) for role in ROLES]
        return [
            *members,
            *([Actor("apart", "authenticated", json.dumps(claims["apart"]))] if "apart" in claims else []),
            Actor("stripped", "authenticated", json.dumps(claims["owner"] | {"permissions": []})),
            Actor("nobody", "authenticated", ""),
            Actor("anonymous", "anon", ""),
            Actor("operator", "platform_admin", json.dumps({"role": "platform_admin", "permissions": []})),
            Actor("platform", "ananta_owner", ""),
        ]


def _is_of_project(table: Table) -> bool:
    return table.name == OF_PROJECTS[0] or any(reference.target in OF_PROJECTS for reference in table.references)


def _where(table: Table, row: Row) -> str:
    return " and ".join(f"{column} = {_quoted(str(row[column]))}" for column in table.key)


def _insert(name: str, columns: list[str], row: Row) -> str:
    listed = ", ".join(columns)
    record = _quoted(json.dumps(row))
    return f"insert into {name} ({listed}) select {listed} from jsonb_populate_record(null::{name}, {record}::jsonb)"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _app_tenants(probes: PolicyProbes) -> tuple[list[str], dict[str, str]]:
    made = [add_organization(probes._db, max_users=None, max_components=None) for _ in range(2)]
    users = {"owner": made[0].owner_id}
    for name in (*ROLES[1:], "apart"):
        users[name] = probes.query(
            "insert into public.users (organization_id, email, role, status) values (%s, %s, %s, 'active')"
            " returning id::text",
            (made[0].organization_id, f"{name}@canary.example", "member" if name == "apart" else name),
        )[0]["id"]
    return [member.organization_id for member in made], users


def _control_tenants(probes: PolicyProbes) -> tuple[list[str], dict[str, str]]:
    probes.query("insert into private.issuers (issuer, realm) values ('http://canary.example', 'canary')")
    plane = probes.query(
        "insert into tenant_management.app_planes (name, base_url, portal_url) values (%s, 'x', 'x') returning id",
        (f"made-{secrets.token_hex(5)}",),
    )[0]["id"]
    tenants = [
        probes.query(
            "insert into tenant_management.tenants (key, name, app_plane_id, status)"
            " values (%s, %s, %s, 'active') returning id::text",
            (key, key, plane),
        )[0]["id"]
        for key in (f"made-{secrets.token_hex(5)}" for _ in range(2))
    ]
    users = {}
    for role in ROLES:
        users[role] = probes.query(
            "insert into tenant_management.users (email, first_name, last_name) values (%s, 'A', 'B')"
            " returning id::text",
            (f"{role}@canary.example",),
        )[0]["id"]
        probes.query(
            "insert into tenant_management.user_tenants (user_id, tenant_id, role) values (%s, %s, %s)",
            (users[role], tenants[0], role),
        )
    return tenants, users
