"""Every policy's plan: what it looks up of the caller is an InitPlan, once a statement, and never row by row."""

import json
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from ananta.settings import Plane
from tests.support.acting import acting
from tests.support.exposure import COMMANDS, Rules, rules
from tests.support.plans import nodes

Db = psycopg.Connection[dict[str, Any]]
ROLES = ("anon", "authenticated", "platform_admin", "ananta_owner")
LOOK_UP = re.compile(r"private\.(\w+)\(")
POLICIES = """
    select polname || ' on ' || polrelid::regclass as name,
        coalesce(pg_get_expr(polqual, polrelid), '') as using_expression,
        coalesce(pg_get_expr(coalesce(polwithcheck, polqual), polrelid), '') as check_expression,
        case polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete'
            else 'all' end as command,
        array(select r.rolname::text from pg_roles as r where r.oid = any (polroles)) as roles
    from pg_policy where polrelid = %s::regclass
"""
CLAIMS = {"sub": "00000000-0000-4000-8000-000000000001", "permissions": []}


@pytest.fixture(params=list(Plane))
def plane(request: pytest.FixtureRequest) -> tuple[Db, Rules]:
    plane = Plane(request.param)
    return request.getfixturevalue(f"{plane}_db"), rules(plane)


def statement(db: Db, role: str, command: str, table: str) -> str | None:
    """A statement that the role has the right for, and that touches every row."""
    rights = db.execute(
        "select attname as name from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped"
        " and attgenerated = '' and has_column_privilege(%s, attrelid, attnum, %s) order by attnum limit 1",
        (table, role, command if command != "delete" else "select"),
    ).fetchone()
    may_delete = db.execute("select has_table_privilege(%s, %s, 'delete') as may", (role, table)).fetchone()
    if rights is None or (command == "delete" and may_delete != {"may": True}):
        return None
    column = rights["name"]
    return {
        "select": f"select {column} from {table}",  # noqa: S608
        "insert": f"insert into {table} ({column}) values (default)",  # noqa: S608
        "update": f"update {table} set {column} = default",  # noqa: S608
        "delete": f"delete from {table}",  # noqa: S608
    }[command]


def _applies(policy: dict[str, Any], role: str, command: str) -> bool:
    return role in policy["roles"] and policy["command"] in (command, "all")


def applied(policies: list[dict[str, Any]], role: str, command: str) -> tuple[str, int]:
    """What the policies for a command of a role say, and how many they are."""
    chosen = [policy for policy in policies if _applies(policy, role, command)]
    sides = {"select": ["using"], "delete": ["using"], "insert": ["check"], "update": ["using", "check"]}[command]
    return " ".join(policy[f"{side}_expression"] for policy in chosen for side in sides), len(chosen)


def faults(db: Db, table: str, seen: list[str]) -> list[str]:
    """Look-ups of the policies of a table that a plan has not once a statement; ``seen`` gets the policies planned."""
    found = []
    policies = db.execute(POLICIES, (table,)).fetchall()
    for role in ROLES:
        for command in COMMANDS:
            text = statement(db, role, command, table)
            said, count = applied(policies, role, command)
            if text is None or not count:
                continue
            with db.transaction(force_rollback=True), acting(db, CLAIMS, role):
                row = db.execute(f"explain (format json, verbose) {text}".encode()).fetchone()
            assert row is not None
            seen += [policy["name"] for policy in policies if _applies(policy, role, command)]
            found += [f"{table}, {command} as {role}: {fault}" for fault in _faults(row["QUERY PLAN"][0]["Plan"], said)]
    return found


def _faults(plan: dict[str, Any], said: str) -> Iterator[str]:
    once = ""
    for node in nodes(plan):
        output = json.dumps(node.get("Output", []))
        is_once = str(node.get("Subplan Name", "")).startswith("InitPlan")
        if is_once or node["Node Type"] in ("ProjectSet", "Function Scan"):
            once += output + json.dumps(node.get("Function Call", ""))
        for name, value in node.items():
            if name.endswith(("Filter", "Cond")) and LOOK_UP.search(str(value)):
                yield f"{value} is asked for each row"
    for name in sorted(set(LOOK_UP.findall(said))):
        if f"private.{name}(" not in once:
            yield f"private.{name} is no InitPlan"


def test_every_policy_looks_its_caller_up_once_a_statement(plane: tuple[Db, Rules]) -> None:
    db, declared = plane
    seen: list[str] = []
    assert [fault for name in declared.tables for fault in faults(db, f"{declared.schema}.{name}", seen)] == []
    query = (
        "select polname || ' on ' || polrelid::regclass as name from pg_policy"
        " join pg_class as c on c.oid = polrelid where c.relnamespace = %s::regnamespace"
    )
    assert set(seen) == {row["name"] for row in db.execute(query, (declared.schema,))}


@pytest.mark.parametrize("side", ["using", "with check"])
def test_a_look_up_for_each_row_is_a_fault(app_db: Db, side: str) -> None:
    command = "select" if side == "using" else "insert"
    permissive = f"{command}_member on public.components"
    app_db.execute(f"alter policy {permissive} {side} (private.has_permission('components:read'))".encode())
    assert faults(app_db, "public.components", [])


def test_what_policies_look_up_by_is_not_planned_anew_each_time(plane: tuple[Db, Rules]) -> None:
    """A function in SQL that sets its search_path is: each statement would pay for that several times."""
    query = (
        "select distinct f.proname as name, l.lanname as language from pg_depend as d"
        " join pg_proc as f on f.oid = d.refobjid join pg_language as l on l.oid = f.prolang"
        " where d.classid = 'pg_policy'::regclass and d.refclassid = 'pg_proc'::regclass"
        " and f.pronamespace = 'private'::regnamespace"
    )
    found = {row["name"]: row["language"] for row in plane[0].execute(query)}
    assert "has_permission" in found
    assert set(found.values()) == {"plpgsql"}
