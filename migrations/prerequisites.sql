-- What an administrator still has to give before the migrations can run here, a sentence a row. Read as the owner role,
-- with the plane in the setting ananta.plane.
with wanted_roles (name) as (
    values ('anon'), ('authenticated'), ('platform_admin'), ('ananta_edge'), ('ananta_worker')
),

api_roles as (
    select r.oid, r.rolname::text as name
    from pg_catalog.pg_roles as r
    inner join wanted_roles as w on r.rolname = w.name
),

schemas as (
    select
        n.oid, n.nspname::text as name, n.nspowner::regrole::text as owner,
        pg_has_role(current_user, n.nspowner, 'usage') as is_ours
    from pg_catalog.pg_namespace as n
),

wanted_extensions (name) as (
    values ('citext'), ('pg_trgm'), ('pgcrypto')
),

-- As CREATE EXTENSION has it: a superuser creates any, whoever may create in the database those that are trusted.
extensions as (
    select
        w.name, a.default_version,
        exists (select from pg_catalog.pg_extension as e where e.extname = w.name) as is_installed,
        coalesce(
            r.rolsuper or not v.superuser
            or v.trusted and has_database_privilege(current_user, current_database(), 'create'),
            false
        ) as is_creatable
    from wanted_extensions as w
    inner join pg_catalog.pg_roles as r on r.rolname = current_user
    left join pg_catalog.pg_available_extensions as a on w.name = a.name
    left join pg_catalog.pg_available_extension_versions as v on a.name = v.name and a.default_version = v.version
),

pgmq_tables as (
    select c.oid, c.relname::text as name
    from pg_catalog.pg_class as c
    inner join schemas as s on c.relnamespace = s.oid
    where s.name = 'pgmq'
),

missing (position, sentence) as (
    select 1, format('role %s is missing', w.name)
    from wanted_roles as w
    where not exists (select from api_roles as r where r.name = w.name)

    union all
    select 2, format('%s may not create schemas in database %s', current_user, current_database())
    where not has_database_privilege(current_user, current_database(), 'create')

    union all
    select 2, format('%s may not make temporary tables in database %s', current_user, current_database())
    where not has_database_privilege(current_user, current_database(), 'temporary')

    union all
    select 3, format('%s may not create tables in schema public, which is %s''s', current_user, s.owner)
    from schemas as s
    where s.name = 'public' and current_setting('ananta.plane') = 'app' and not (
        has_schema_privilege(current_user, s.oid, 'usage') and has_schema_privilege(current_user, s.oid, 'create')
    )

    union all
    select 4, format('%s may not use schema %s, which is %s''s', r.name, s.name, s.owner)
    from schemas as s
    inner join api_roles as r on s.name = 'extensions' or r.name in ('anon', 'authenticated')
    where s.name in ('public', 'extensions') and not s.is_ours
        and (s.name = 'extensions' or current_setting('ananta.plane') = 'app')
        and not has_schema_privilege(r.oid, s.oid, 'usage')

    union all
    select 4, format('%s may not use schema extensions, which is %s''s', current_user, s.owner)
    from schemas as s
    where s.name = 'extensions' and not has_schema_privilege(current_user, s.oid, 'usage')

    union all
    select
        5, format(
            'extension %1$s is in schema %2$s: `alter extension %1$s set schema extensions`', e.extname, s.name
        )
    from pg_catalog.pg_extension as e
    inner join wanted_extensions as w on e.extname = w.name
    inner join schemas as s on e.extnamespace = s.oid
    where s.name <> 'extensions'

    union all
    select 6, case
        when e.default_version is null then format('extension %s is not offered by this server', e.name)
        when not e.is_creatable
            then format('extension %s is not installed, and %s may not create it', e.name, current_user)
        else format('extension %s is not installed, and schema extensions is %s''s', e.name, s.owner)
    end
    from extensions as e
    left join schemas as s on s.name = 'extensions'
    where not e.is_installed and (not e.is_creatable or not has_schema_privilege(current_user, s.oid, 'create'))

    union all
    select 7, 'pgmq is older than 1.8: update its extension, or drop it if nothing uses it, and it comes as SQL'
    where exists (select from pgmq_tables where name = 'meta')
        and not exists (select from pgmq_tables where name = 'notify_insert_throttle')

    union all
    select 8, format('%s may not make queues in schema pgmq, which is %s''s', current_user, s.owner)
    from schemas as s
    where s.name = 'pgmq' and (
        not has_schema_privilege(current_user, s.oid, 'usage')
        or not has_schema_privilege(current_user, s.oid, 'create')
        or exists (
            select from pgmq_tables as t
            where t.name in ('meta', 'notify_insert_throttle') and not (
                has_table_privilege(current_user, t.oid, 'select')
                and has_table_privilege(current_user, t.oid, 'insert')
                and has_table_privilege(current_user, t.oid, 'update')
            )
        )
    )
)

select sentence
from missing
order by position, sentence
