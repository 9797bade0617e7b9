create or replace function private.is_repeatable(path text) returns boolean
language sql stable set search_path = '' as $$
    select exists (
        select from pg_catalog.pg_proc as p
        join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
        where n.nspname in ('public', 'tenant_management') and is_repeatable.path = '/rpc/' || p.proname
            and obj_description(p.oid, 'pg_proc') like '%Idempotent: yes%'
    )
$$;
comment on function private.is_repeatable(text) is
'Whether PostgREST''s path is a function whose contract says that a repeated call changes nothing (Idempotent: yes).';
