"""Mutants of a plane's policies and grants, generated from the catalogue; and who notices each.

A mutant is applied in a savepoint, tried by the probes of the object it is about (``policy_probes``), then by lints,
and undone. What neither notices must be named here as equivalent, with the reason, or it has survived.
"""

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ananta.schema_lint import find, linted
from ananta.settings import Plane
from tests.support.exposure import Db, Rules
from tests.support.policy_probes import DATABASE_ROLES, VERBS, PolicyProbes

# What no answer shows: how often a function is run, and what holds for an owner that has a policy anyway.
LINTS = (
    "0003_auth_rls_initplan",
    "0006_multiple_permissive_policies",
    "0007_policy_exists_rls_disabled",
    "0010_security_definer_view",
    "0024_rls_policy_always_true",
    "0029_authenticated_security_definer_function_executable",
    "0101_row_security_not_forced",
    "0102_tenant_isolation_missing",
    "0103_policy_role",
    "0117_project_viewers_missing",
)
# Kinds of which each one gives somebody an answer that was not declared.
SEEN = {
    "policy dropped",
    "using (true)",
    "made permissive",
    "invoker off",
    "definer",
    "grant on a table",
    "grant on a column",
    "grant on a function",
}
# A look-up of a claim as PostgreSQL writes it back; a list of rows after IN cannot do without its sub-select.
_WRAPPED = re.compile(r"(?<!IN )\( SELECT ((?:private|auth)\.\w+\([^()]*\)) AS \w+\)")
_POLICIES = """
    select p.object, p.table_object, p.name, p.is_permissive, p.roles::text[] as roles, p.command,
        p.using_expression as using, p.check_expression as check, r.name as table_name,
        exists (
            select from pg_policy as q join pg_depend as d on d.classid = 'pg_policy'::regclass and d.objid = q.oid
            where q.polrelid = p.relation and q.polname = p.name
                and d.refclassid = 'pg_class'::regclass and d.refobjid = p.relation and d.refobjsubid > 0
        ) as looks_at_row,
        exists (
            select from unnest(p.roles) as g (role)
            where g.role = 'public' or has_any_column_privilege(g.role, p.relation, 'insert, update')
        ) as may_write,
        exists (
            select from unnest(p.roles) as g (role)
            where g.role = 'public' or has_any_column_privilege(g.role, p.relation, 'insert')
        ) as may_insert
    from our_policies as p join our_relations as r on r.oid = p.relation
    where r.is_exposed order by p.object
"""
_RELATIONS = """
    select r.object, r.name, r.is_table, r.kind, array(
        select v.verb || ' to ' || g.role from unnest(%s::text[]) as g (role), unnest(%s::text[]) as v (verb)
        where not has_table_privilege(g.role, r.oid, v.verb)) as tables, array(
        select format('%%s (%%I) to %%s', v.verb, c.name, g.role) from our_columns as c,
            unnest(%s::text[]) as g (role), unnest(array['select', 'insert', 'update']) as v (verb)
        where c.relation = r.oid and not has_column_privilege(g.role, r.oid, c.number, v.verb)) as columns
    from our_relations as r where r.is_exposed order by r.object
"""
_FUNCTIONS = """
    select f.object, f.schema || '.' || f.name || '(' || oidvectortypes(p.proargtypes) || ')' as signature,
        f.is_definer, f.kind = 'a' as is_aggregate,
        f.source ~ '\\m(from|join|into|update)\\s+(private|public|tenant_management)\\.'
            as has_tables,
        array(select g.role from unnest(%s::text[]) as g (role)
            where not has_function_privilege(g.role, f.oid, 'execute')) as others,
        has_function_privilege('authenticated', f.oid, 'execute') as is_members
    from our_functions as f join pg_proc as p on p.oid = f.oid order by f.object
"""


@dataclass(frozen=True)
class Mutant:
    """One fault, and the object whose probes should notice it; ``equivalent`` says why nobody can, where that is so."""

    kind: str
    target: str
    statement: str
    is_function: bool = False
    equivalent: str = ""


@dataclass
class Report:
    """What became of the mutants."""

    plane: Plane
    seed: int
    total: int
    by: dict[str, Counter[str]] = field(default_factory=dict)
    survivors: list[str] = field(default_factory=list)
    equivalents: Counter[str] = field(default_factory=Counter)
    probe_count: int = 0

    def count(self, kind: str, end: str) -> None:
        """Note the end of a mutant: probes, lints, equivalent or survived."""
        self.by.setdefault(kind, Counter())[end] += 1

    def sum(self, end: str) -> int:
        """All mutants that ended so."""
        return sum(ends[end] for ends in self.by.values())

    @property
    def tried(self) -> int:
        """The mutants that somebody could notice."""
        return sum(sum(ends.values()) for ends in self.by.values()) - self.sum("equivalent")

    @property
    def killed_share(self) -> float:
        """The share of them that was noticed."""
        return (self.sum("probes") + self.sum("lints")) / max(self.tried, 1)

    @property
    def seen_share(self) -> float:
        """The share of those that change an answer, by their kind, that probes alone noticed."""
        kinds = [ends for kind, ends in self.by.items() if kind in SEEN]
        return sum(ends["probes"] for ends in kinds) / max(sum(sum(e.values()) - e["equivalent"] for e in kinds), 1)

    def lines(self) -> list[str]:
        """For the end of a test run."""
        head = (
            f"{self.plane} plane: {self.tried + self.sum('equivalent')} of {self.total} mutants, seed {self.seed}:"
            f" {self.sum('probes')} killed by {self.probe_count} probes, {self.sum('lints')} by lints,"
            f" {self.sum('equivalent')} equivalent, {len(self.survivors)} survived: {self.killed_share:.1%} killed;"
            f" of those that change an answer {self.seen_share:.1%} by probes alone"
        )
        kinds = [
            f"    {kind}: " + ", ".join(f"{number} {end}" for end, number in sorted(ends.items()))
            for kind, ends in sorted(self.by.items())
        ]
        reasons = [f"    equivalent, {number}: {reason}" for reason, number in sorted(self.equivalents.items())]
        return [head, *kinds, *reasons, *(f"    survived: {line}" for line in self.survivors)]


def mutants(db: Db) -> list[Mutant]:
    """Every mutant of a plane; the session has the views of the lints (``linted``)."""
    found: list[Mutant] = []
    for row in _rows(db, _POLICIES):
        found += _policy_mutants(row)
    for row in _rows(db, _RELATIONS, (list(DATABASE_ROLES), list(VERBS), list(DATABASE_ROLES))):
        found += _relation_mutants(row)
    for row in _rows(db, _FUNCTIONS, (list(DATABASE_ROLES),)):
        found += _function_mutants(row)
    return found


def _policy_mutants(row: dict[str, Any]) -> list[Mutant]:
    table, name, target = row["table_object"], row["name"], row["table_name"]
    alter = f"alter policy {name} on {table}"
    found = [Mutant("policy dropped", target, f"drop policy {name} on {table}")]
    if row["using"] not in ("", "true"):
        found.append(Mutant("using (true)", target, f"{alter} using (true)"))
    if row["check"] not in ("", "true"):
        found.append(Mutant("with check (true)", target, f"{alter} with check (true)", equivalent=_unchecked(row)))
        if row["using"]:
            found.append(Mutant("with check left out", target, _again(row, check=""), equivalent=_left_out(row)))
    for clause in ("using", "check"):
        opened = _WRAPPED.sub(r"\1", row[clause])
        if opened != row[clause]:
            words = "with check" if clause == "check" else "using"
            found.append(Mutant("unwrapped", target, f"{alter} {words} ({opened})"))
    if not row["is_permissive"]:
        found.append(Mutant("made permissive", target, _again(row, is_permissive=True)))
    if row["roles"] != ["public"]:
        found.append(Mutant("for everybody", target, f"{alter} to public"))
    return found


def _again(row: dict[str, Any], *, check: str | None = None, is_permissive: bool | None = None) -> str:
    """A policy dropped and made anew, with something else in it."""
    permissive = row["is_permissive"] if is_permissive is None else is_permissive
    check = row["check"] if check is None else check
    parts = [
        f"drop policy {row['name']} on {row['table_object']};",
        f"create policy {row['name']} on {row['table_object']} as {'permissive' if permissive else 'restrictive'}",
        f"for {row['command']} to {', '.join(row['roles'])}",
        f"using ({row['using']})" if row["using"] else "",
        f"with check ({check})" if check else "",
    ]
    return " ".join(part for part in parts if part)


def _unchecked(row: dict[str, Any]) -> str:
    if not row["may_write"]:
        return "with check (true): nobody the policy is for may insert or update, so nothing is checked"
    if (
        row["using"] == row["check"]
        and not row["looks_at_row"]
        and (row["command"] == "UPDATE" or not row["may_insert"])
    ):
        return "with check (true): the condition is the same for every row, and using has asked it already"
    return ""


def _left_out(row: dict[str, Any]) -> str:
    return "with check left out: PostgreSQL then checks by using, which says the same" * (row["using"] == row["check"])


def _relation_mutants(row: dict[str, Any]) -> list[Mutant]:
    table, target = row["object"], row["name"]
    found = [
        Mutant("grant on a table", target, f"grant {grant.replace(' to ', f' on {table} to ')}")
        for grant in row["tables"]
    ]
    found += [
        Mutant("grant on a column", target, f"grant {grant.replace(' to ', f' on {table} to ')}")
        for grant in row["columns"]
    ]
    if row["is_table"]:
        found.append(Mutant("row security off", target, f"alter table {table} disable row level security"))
        found.append(Mutant("not forced", target, f"alter table {table} no force row level security"))
    if row["kind"] == "v":
        found.append(Mutant("invoker off", target, f"alter view {table} set (security_invoker = false)"))
    return found


def _function_mutants(row: dict[str, Any]) -> list[Mutant]:
    signature = row["signature"]
    found = [
        Mutant("grant on a function", signature, f"grant execute on function {signature} to {role}", is_function=True)
        for role in [*row["others"], *(["public"] if row["others"] else [])]
    ]
    if row["is_members"] and not row["is_definer"] and not row["is_aggregate"]:
        reason = (
            ""
            if row["has_tables"]
            else "security definer: the function reads no table, so whose rights it has is the same"
        )
        statement = f"alter function {signature} security definer"
        found.append(Mutant("definer", signature, statement, is_function=True, equivalent=reason))
    return found


def run_mutants(
    plane: Plane, db: Db, *, seed: int, limit: int | None = None, declared: Rules | None = None, only: str = ""
) -> Report:
    """Try all mutants of a plane, or ``limit`` of each kind, or those of one object; the caller rolls back."""
    probes = PolicyProbes(plane, db, declared)
    with linted(db) as cursor:
        found = [mutant for mutant in mutants(db) if not only or mutant.target == only]
        report = Report(plane, seed, len(found))
        for mutant in found if limit is None else _sample(found, seed, limit):
            _try(mutant, probes, db, cursor, report)
    report.probe_count = probes.probe_count
    return report


def _sample(found: list[Mutant], seed: int, limit: int) -> list[Mutant]:
    """So many of each kind: most mutants are grants."""
    chance, kinds = random.Random(seed), sorted({mutant.kind for mutant in found})
    by_kind = [[mutant for mutant in found if mutant.kind == kind] for kind in kinds]
    return [mutant for some in by_kind for mutant in chance.sample(some, min(limit, len(some)))]


def _try(mutant: Mutant, probes: PolicyProbes, db: Db, cursor: Any, report: Report) -> None:
    with db.transaction(force_rollback=True):
        db.execute(mutant.statement.encode())
        failures = (
            probes.function_failures(mutant.target) if mutant.is_function else probes.table_failures(mutant.target)
        )
        end = "probes" if failures else "lints" if any(find(cursor, rule) for rule in LINTS) else ""
    if not end and mutant.equivalent:
        end = "equivalent"
        report.equivalents[mutant.equivalent] += 1
    elif not end:
        end = "survived"
        report.survivors.append(f"{mutant.kind}: {mutant.statement}")
    report.count(mutant.kind, end)


def _rows(db: Db, query: str, parameters: tuple[Any, ...] | None = None) -> list[dict[str, Any]]:
    return db.execute(query.encode(), parameters).fetchall()
