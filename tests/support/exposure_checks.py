"""What is wrong with what a plane exposes, against its ``exposed.toml``; rules for all are in ``sql/lint/``."""

from ananta.settings import Plane
from tests.support.exposure import Db, Rules, Table, is_tenant_table, read_tables, rules

CLIENT_ROLES = {"anon", "authenticated", "platform_admin"}


def exposure_findings(db: Db, plane: Plane) -> list[str]:
    """Everything about a plane's exposed schema that is not as declared; empty when all is well."""
    declared = rules(plane)
    tables = read_tables(db, declared.schema)
    return [
        *_undeclared(db, declared, tables),
        *_grant_findings(db, declared),
        *_function_findings(db, declared),
        *_aggregate_findings(db, declared),
    ]


def _undeclared(db: Db, declared: Rules, tables: dict[str, Table]) -> list[str]:
    functions = {
        f"{row['proname']}({row['arguments']})"
        for row in db.execute(
            "select proname, pg_get_function_identity_arguments(oid) as named, oidvectortypes(proargtypes) as arguments"
            " from pg_proc where pronamespace = %s::regnamespace and prokind <> 'a'",
            (declared.schema,),
        ).fetchall()
    }
    findings = [f"{name}: exposed, but not declared" for name in sorted(set(tables) - set(declared.tables))]
    findings += [f"{name}: declared, but not exposed" for name in sorted(set(declared.tables) - set(tables))]
    findings += [f"{name}: exposed, but not declared" for name in sorted(functions - set(declared.functions))]
    findings += [f"{name}: declared, but not exposed" for name in sorted(set(declared.functions) - functions)]
    for name in set(tables) & set(declared.tables):
        if is_tenant_table(declared, tables[name]) != (declared.tables[name].kind in ("tenant", "root")):
            findings.append(f"{name}: declared as {declared.tables[name].kind}, but the catalogue says otherwise")
    return findings


_GRANTS = """
    select c.relname as name, pg_get_userbyid(g.grantee) as role, lower(g.privilege_type) as verb, null as column_name
    from pg_class as c, aclexplode(c.relacl) as g
    where c.relnamespace = %(schema)s::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
        and g.grantee <> c.relowner
    union all
    select c.relname, pg_get_userbyid(g.grantee), lower(g.privilege_type), a.attname
    from pg_class as c join pg_attribute as a on a.attrelid = c.oid, aclexplode(a.attacl) as g
    where c.relnamespace = %(schema)s::regnamespace
"""


def granted(db: Db, schema: str) -> set[tuple[str, str, str, str | None]]:
    """Every right on the tables of a schema that is not the owner's: table, role, verb, column."""
    rows = db.execute(_GRANTS, {"schema": schema}).fetchall()
    return {(row["name"], row["role"], row["verb"], row["column_name"]) for row in rows}


def _grant_findings(db: Db, declared: Rules) -> list[str]:
    wanted: set[tuple[str, str, str, str | None]] = {(t, "anon", "select", None) for t in declared.anonymous_tables}
    for name, rule in declared.tables.items():
        wanted |= {(name, "authenticated", verb, None) for verb in ("select", "delete") if verb in rule.least}
        for verb, columns in rule.columns.items():
            wanted |= {(name, "authenticated", verb, column) for column in columns}
        wanted |= {(name, "platform_admin", verb, None) for verb in rule.operator}
    actual = granted(db, declared.schema)
    return [f"{grant[0]}: {grant[1:]} is granted, but not declared" for grant in sorted(actual - wanted, key=str)] + [
        f"{grant[0]}: {grant[1:]} is declared, but not granted" for grant in sorted(wanted - actual, key=str)
    ]


_FUNCTIONS = """
    select n.nspname as schema, p.proname || '(' || oidvectortypes(p.proargtypes) || ')' as name,
        array(
            select r.rolname::text from pg_roles as r
            where r.rolname = any (%s) and has_function_privilege(r.oid, p.oid, 'execute')) as callers
    from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
    where n.nspname in ('private', %s) and p.prokind <> 'a'
"""


def _function_findings(db: Db, declared: Rules) -> list[str]:
    findings = []
    callable_by: dict[str, set[str]] = {role: set() for role in CLIENT_ROLES}
    for row in db.execute(_FUNCTIONS, (sorted(CLIENT_ROLES), declared.schema)).fetchall():
        name = f"{row['schema']}.{row['name']}"
        if row["schema"] == "private":
            for role in row["callers"]:
                callable_by[role].add(row["name"])
        else:
            wanted = _callers(declared, row["name"])
            findings += [] if row["callers"] == wanted else [f"{name}: callable by {row['callers']}"]
    for role, names in callable_by.items():
        if names != set(declared.helpers[role]):
            findings.append(f"helpers of {role}: {sorted(names ^ set(declared.helpers[role]))} differ")
    return findings


def _callers(declared: Rules, function: str) -> list[str]:
    """The database roles that may call an exposed function; operators work in the control plane."""
    if function in declared.anonymous_functions:
        return sorted(CLIENT_ROLES if "operator" in declared.roles else CLIENT_ROLES - {"platform_admin"})
    return ["platform_admin"] if declared.functions.get(function) == "operator" else ["authenticated"]


_AGGREGATES = """
    select p.proname || '(' || oidvectortypes(p.proargtypes) || ')' as name, array(
            select r.rolname::text from pg_roles as r
            where r.rolname = any (%s) and has_function_privilege(r.oid, p.oid, 'execute')
            order by r.rolname) as callers
    from pg_proc as p where p.pronamespace = %s::regnamespace and p.prokind = 'a'
"""


def _aggregate_findings(db: Db, declared: Rules) -> list[str]:
    """PostgREST calls an aggregate by what it gives: one too many would write answers its own way."""
    found = {row["name"]: row for row in db.execute(_AGGREGATES, (sorted(CLIENT_ROLES), declared.schema)).fetchall()}
    findings = [f"{name}: exposed, but not declared" for name in sorted(found.keys() - declared.aggregates.keys())]
    findings += [f"{name}: declared, but not exposed" for name in sorted(declared.aggregates.keys() - found.keys())]
    for name in found.keys() & declared.aggregates.keys():
        callers = found[name]["callers"]
        findings += [] if callers == declared.aggregates[name] else [f"{name}: callable by {callers}"]
    return findings
