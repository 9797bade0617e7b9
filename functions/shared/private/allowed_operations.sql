-- PostgREST's OpenAPI lists every method of a table of which the role may use any; the gateway takes out the others.
create or replace function private.allowed_operations(api_schema name) returns jsonb
language sql stable set search_path = '' as $$
    select coalesce(jsonb_object_agg(o.path, o.methods), '{}') from (
        select '/' || c.relname as path, array_remove(array[
                case when has_any_column_privilege(c.oid, 'select') then 'get' end,
                case when has_any_column_privilege(c.oid, 'insert') then 'post' end,
                case when has_any_column_privilege(c.oid, 'update') then 'patch' end,
                case when has_table_privilege(c.oid, 'delete') then 'delete' end
            ], null) as methods
        from pg_catalog.pg_class as c
        where c.relnamespace = (api_schema::text)::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
        union all
        select '/rpc/' || p.proname, case p.provolatile when 'v' then array['post'] else array['get', 'post'] end
        from pg_catalog.pg_proc as p
        where p.pronamespace = (api_schema::text)::regnamespace and p.prokind = 'f'
            and has_function_privilege(p.oid, 'execute')
    ) as o where cardinality(o.methods) > 0
$$;
comment on function private.allowed_operations(name) is
'What the role that asks may do in a schema that PostgREST serves: {path: [method, ...]}, with paths as in OpenAPI.

Auth: anybody, about the own role.';
grant execute on function private.allowed_operations(name) to anon, authenticated, platform_admin;
