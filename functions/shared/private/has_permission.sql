create or replace function private.has_permission(permission text) returns boolean
language sql stable set search_path = '' as $$
    select coalesce(
        nullif(current_setting('request.jwt.claims', true), '')::jsonb -> 'permissions' ? permission, false
    )
$$;
comment on function private.has_permission(text) is
'True when the caller''s token carries the permission, such as boms:write';
grant execute on function private.has_permission(text) to authenticated, platform_admin, ananta_edge;
