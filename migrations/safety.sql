-- What would let rows be seen past their policies, whatever the declaration says, and logins that are not as
-- sql/cluster/roles.sql makes them: a sentence a row.
with ours (name) as (
    values
    ('ananta_owner'), ('anon'), ('authenticated'), ('platform_admin'), ('ananta_edge'), ('ananta_worker'),
    ('control_authenticator'), ('control_edge'), ('control_worker'), ('app_authenticator'), ('app_edge'),
    ('app_worker'), ('ananta_migrator')
),

roles as (
    select
        r.*,
        r.rolname in ('control_authenticator', 'app_authenticator') as is_authenticator
    from pg_catalog.pg_roles as r
    inner join ours as o on r.rolname = o.name
),

attributes as (
    select r.rolname, 'is a superuser' as attribute
    from roles as r
    where r.rolsuper

    union all
    select r.rolname, 'bypasses row level security'
    from roles as r
    where r.rolbypassrls and not r.rolsuper

    union all
    select r.rolname, 'may make roles'
    from roles as r
    where r.rolcreaterole

    -- The migrator may have it: it then makes the database to compare with.
    union all
    select r.rolname, 'may make databases'
    from roles as r
    where r.rolcreatedb and r.rolname <> 'ananta_migrator'

    union all
    select r.rolname, 'may replicate'
    from roles as r
    where r.rolreplication

    union all
    select r.rolname, 'is not NOINHERIT'
    from roles as r
    where r.is_authenticator and r.rolinherit
)

select format('role %s %s', a.rolname, a.attribute) as sentence
from attributes as a

union all
select format('role %s may act as ananta_owner', r.rolname)
from roles as r
where r.rolname not in ('ananta_owner', 'ananta_migrator') and not r.rolsuper
    and pg_has_role(r.oid, (select o.oid from roles as o where o.rolname = 'ananta_owner'), 'member')

union all
select format('role %s has the rights of %s without becoming it', l.rolname, r.rolname)
from roles as l
inner join roles as r on l.oid <> r.oid
where l.is_authenticator and not l.rolsuper and pg_has_role(l.oid, r.oid, 'usage')

union all
select format('role %s does not inherit the rights of %s', l.rolname, r.rolname)
from roles as l
inner join roles as r
    on (l.rolname in ('control_edge', 'app_edge') and r.rolname = 'ananta_edge')
    or (l.rolname in ('control_worker', 'app_worker') and r.rolname = 'ananta_worker')
where not pg_has_role(l.oid, r.oid, 'usage')

union all
select format('table %s.%s: row level security is not %s', n.nspname, c.relname,
    case when c.relrowsecurity then 'forced' else 'on' end)
from pg_catalog.pg_class as c
inner join pg_catalog.pg_namespace as n on c.relnamespace = n.oid
where n.nspname in ('public', 'tenant_management') and c.relkind in ('r', 'p') and c.relowner = 'ananta_owner'::regrole
    and not (c.relrowsecurity and c.relforcerowsecurity)

union all
select format('schema %s: every role may create in it', n.nspname)
from pg_catalog.pg_namespace as n, pg_catalog.aclexplode(n.nspacl) as a
where n.nspname in ('public', 'extensions') and a.grantee = 0 and a.privilege_type = 'CREATE'
order by 1
