create or replace function tenant_management.current_operations() returns jsonb
language sql stable set search_path = '' as $$
    select private.allowed_operations('tenant_management')
$$;
comment on function tenant_management.current_operations() is
'What the caller''s database role may do here.

Answers {path: [method, ...]} with paths as in OpenAPI: get, post, patch and delete by grants, functions that change
something with post only. What a member''s permissions allow of it is decided row by row.

Auth: anybody, about the own role.';
grant execute on function tenant_management.current_operations() to anon, authenticated, platform_admin;
