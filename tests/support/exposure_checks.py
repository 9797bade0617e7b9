"""What is wrong with what a plane exposes: against its ``exposed.toml``, and against the rules of tenancy."""

import re

from ananta.settings import Plane
from tests.support.exposure import TABLES, Db, Rules, Table, is_tenant_table, isolation_column, read_tables, rules

OWNER = "ananta_owner"
CLIENT_ROLES = {"anon", "authenticated", "platform_admin"}


def exposure_findings(db: Db, plane: Plane) -> list[str]:
    """Everything about a plane's exposed schema that is not as declared, or breaks a rule; empty when all is well."""
    declared = rules(plane)
    tables = read_tables(db, declared.schema)
    return [
        *_undeclared(db, declared, tables),
        *_unprotected(db, declared),
        *_policy_findings(db, declared, tables),
        *_reference_findings(declared, tables),
        *_unique_findings(db, declared, tables),
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


def _unprotected(db: Db, declared: Rules) -> list[str]:
    findings = []
    for row in db.execute(TABLES, (declared.schema,)).fetchall():
        if row["kind"] not in ("r", "p"):
            if row["kind"] != "v" or "security_invoker=true" not in row["options"]:
                findings.append(f"{row['name']}: reads past row level security")
            continue
        if not (row["is_enabled"] and row["is_forced"]):
            findings.append(f"{row['name']}: row level security is not enabled and forced")
        if row["owner"] != OWNER:
            findings.append(f"{row['name']}: owned by {row['owner']}")
        if not row["key"]:
            findings.append(f"{row['name']}: no primary key")
    return findings


def _policy_findings(db: Db, declared: Rules, tables: dict[str, Table]) -> list[str]:
    query = (
        "select tablename, policyname, permissive, roles::text[], cmd, qual, with_check"
        " from pg_policies where schemaname = %s"
    )
    policies = db.execute(query, (declared.schema,)).fetchall()
    findings, seen = [], set()
    for policy in policies:
        name = f"{policy['tablename']}.{policy['policyname']}"
        if not set(policy["roles"]) <= CLIENT_ROLES | {OWNER}:
            findings.append(f"{name}: for {policy['roles']}")
        if policy["permissive"] == "PERMISSIVE":
            for role in policy["roles"]:
                key = (policy["tablename"], policy["cmd"], role)
                findings += (
                    [f"{name}: a second permissive policy for {role} and {policy['cmd']}"] if key in seen else []
                )
                seen.add(key)
        for expression in (policy["qual"], policy["with_check"]):
            if re.search(r"(?<!SELECT )(?:private|auth)\.\w+\(|current_setting\(", expression or ""):
                findings.append(f"{name}: a look-up of claims is not wrapped in (select ...)")
    for table in tables.values():
        if is_tenant_table(declared, table):
            column, function = isolation_column(declared, table.name), declared.isolation_function
            condition = f"({column} = ( SELECT private.{function}() AS {function}))"
            wanted = ("RESTRICTIVE", ["authenticated"], "ALL", condition, condition)
            own = [p for p in policies if (p["tablename"], p["policyname"]) == (table.name, "tenant_isolation")]
            if [(p["permissive"], p["roles"], p["cmd"], p["qual"], p["with_check"]) for p in own] != [wanted]:
                findings.append(f"{table.name}: no restrictive policy tenant_isolation as it must be")
    return findings


def _reference_findings(declared: Rules, tables: dict[str, Table]) -> list[str]:
    findings = []
    for table in tables.values():
        for reference in table.references:
            target = tables.get(reference.target) if reference.target_schema == declared.schema else None
            if target is None or target.name == declared.root or not is_tenant_table(declared, target):
                continue
            pairs = set(zip(reference.columns, reference.target_columns, strict=True))
            if (declared.isolation_column, declared.isolation_column) not in pairs:
                findings.append(f"{table.name}: {reference.name} can point at another tenant's row")
    return findings


def _unique_findings(db: Db, declared: Rules, tables: dict[str, Table]) -> list[str]:
    """A unique rule over all tenants tells a writer what others have; made-up ids (the primary key) tell nothing."""
    query = """
        select c.relname as name, i.indexrelid::regclass::text as index, a.attname as leading
        from pg_index as i join pg_class as c on c.oid = i.indrelid
        join pg_attribute as a on a.attrelid = c.oid and a.attnum = i.indkey[0]
        where c.relnamespace = %s::regnamespace and i.indisunique and not i.indisprimary
    """
    return [
        f"{row['name']}: {row['index']} is unique over all tenants"
        for row in db.execute(query, (declared.schema,)).fetchall()
        if is_tenant_table(declared, tables[row["name"]])
        and row["name"] != declared.root
        and {"insert", "update"} & set(declared.tables[row["name"]].least if row["name"] in declared.tables else ())
        and row["leading"] != declared.isolation_column
    ]


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
        pg_get_userbyid(p.proowner) as owner, coalesce(p.proconfig::text, '') as settings,
        count(*) over (partition by n.nspname, p.proname) as overload_count,
        has_function_privilege('public', p.oid, 'execute') as is_public,
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
        if 'search_path=\\"\\"' not in row["settings"]:
            findings.append(f"{name}: search_path is not set to ''")
        if row["is_public"]:
            findings.append(f"{name}: PUBLIC may execute it")
        if row["owner"] != OWNER:
            findings.append(f"{name}: owned by {row['owner']}")
        if row["schema"] == "private":
            for role in row["callers"]:
                callable_by[role].add(row["name"])
        elif row["overload_count"] > 1:
            findings.append(f"{name}: overloaded")
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
    select p.proname || '(' || oidvectortypes(p.proargtypes) || ')' as name, pg_get_userbyid(p.proowner) as owner,
        has_function_privilege('public', p.oid, 'execute') as is_public, array(
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
        row = found[name]
        findings += [f"{name}: PUBLIC may execute it"] if row["is_public"] else []
        findings += [] if row["owner"] == OWNER else [f"{name}: owned by {row['owner']}"]
        findings += [] if row["callers"] == declared.aggregates[name] else [f"{name}: callable by {row['callers']}"]
    return findings
