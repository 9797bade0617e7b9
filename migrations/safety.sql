-- What would let rows be seen past their policies, whatever the declaration says: a sentence a row.
with serving (name) as (
    values
    ('ananta_owner'), ('anon'), ('authenticated'), ('platform_admin'), ('ananta_edge'), ('ananta_worker'),
    ('control_authenticator'), ('control_edge'), ('control_worker'), ('app_authenticator'), ('app_edge'), ('app_worker')
),

roles as (
    select r.*
    from pg_catalog.pg_roles as r
    inner join serving as s on r.rolname = s.name
)

select format('role %s is a superuser', r.rolname) as sentence
from roles as r
where r.rolsuper

union all
select format('role %s bypasses row level security', r.rolname)
from roles as r
where r.rolbypassrls and not r.rolsuper

union all
select format('role %s may act as ananta_owner', r.rolname)
from roles as r
where r.rolname <> 'ananta_owner' and not r.rolsuper
    and pg_has_role(r.oid, (select o.oid from roles as o where o.rolname = 'ananta_owner'), 'member')

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
