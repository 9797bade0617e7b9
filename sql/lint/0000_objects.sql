-- What the rules look at: the objects of ours in this database, whichever plane it is. No rule itself.
create temporary view plane as
select
    'public' as exposed_schema,
    'organizations' as root,
    'organization_id' as isolation_column,
    'current_organization_id' as isolation_function
where to_regnamespace('tenant_management') is null
union all
select
    'tenant_management',
    'tenants',
    'tenant_id',
    'current_tenant_id'
where to_regnamespace('tenant_management') is not null;

-- Tables, views and what else holds rows; what an extension brings is not ours.
create temporary view our_relations as
select
    c.oid,
    n.nspname as schema,
    c.relname as name,
    format('%I.%I', n.nspname, c.relname) as object,
    c.relkind as kind,
    c.relkind in ('r', 'p') as is_table,
    n.nspname = p.exposed_schema as is_exposed,
    c.relrowsecurity as is_secured,
    c.relforcerowsecurity as is_forced,
    c.relispartition as is_partition,
    pg_get_userbyid(c.relowner) as owner,
    coalesce(c.reloptions::text, '') as options,
    case
        when n.nspname = p.exposed_schema and c.relname = p.root then 'id' else p.isolation_column
    end as isolation_column,
    c.relname = p.root and n.nspname = p.exposed_schema or exists (
        select from pg_attribute as a
        where a.attrelid = c.oid and a.attname = p.isolation_column and not a.attisdropped
    ) as is_tenant
from pg_class as c
inner join pg_namespace as n on c.relnamespace = n.oid
inner join plane as p on n.nspname in (p.exposed_schema, 'private')
where
    c.relkind in ('r', 'p', 'v', 'm', 'f')
    and not exists (
        select from pg_depend as d
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    );

create temporary view our_columns as
select
    r.object || '.' || a.attname as object,
    r.oid as relation,
    r.is_exposed,
    r.is_table,
    a.attnum as number,
    a.attname as name,
    a.atttypid as type_id,
    format_type(a.atttypid, null) as type
from our_relations as r
inner join pg_attribute as a on r.oid = a.attrelid
where a.attnum > 0 and not a.attisdropped;

create temporary view our_functions as
select
    f.oid,
    n.nspname as schema,
    f.proname as name,
    format('%I.%I(%s)', n.nspname, f.proname, oidvectortypes(f.proargtypes)) as object,
    n.nspname = p.exposed_schema as is_exposed,
    f.prokind as kind,
    f.prosecdef as is_definer,
    f.provolatile as volatility,
    f.prorettype as result,
    coalesce(f.proconfig, '{}') as settings,
    pg_get_userbyid(f.proowner) as owner,
    regexp_replace(f.prosrc, '--[^\n]*', '', 'g') as source
from pg_proc as f
inner join pg_namespace as n on f.pronamespace = n.oid
inner join plane as p on n.nspname in (p.exposed_schema, 'private')
where not exists (
    select from pg_depend as d
    where d.classid = 'pg_proc'::regclass and d.objid = f.oid and d.deptype = 'e'
);

create temporary view our_policies as
select
    r.oid as relation,
    r.object || '.' || p.policyname as object,
    r.object as table_object,
    r.is_tenant,
    r.isolation_column,
    p.policyname as name,
    p.permissive = 'PERMISSIVE' as is_permissive,
    p.roles,
    p.cmd as command,
    coalesce(p.qual, '') as using_expression,
    coalesce(p.with_check, '') as check_expression
from our_relations as r
inner join pg_policies as p on r.schema = p.schemaname and r.name = p.tablename;

create temporary view client_roles as
select r.rolname as name
from pg_roles as r
where r.rolname in ('anon', 'authenticated', 'platform_admin');
