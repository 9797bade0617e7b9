-- The token says what the member could do when it was made; the row says what the member can do now.
create or replace function private.has_permission(permission text) returns boolean
language sql stable security definer set search_path = '' as $$
    select coalesce(
        nullif(current_setting('request.jwt.claims', true), '')::jsonb -> 'permissions' ? has_permission.permission, false
    ) and exists (
        select from tenant_management.user_tenants as ut
        join private.role_permissions as p on p.role = ut.role and p.permission = has_permission.permission
        where ut.user_id = private.current_user_id() and ut.tenant_id = private.current_tenant_id()
    )
$$;
comment on function private.has_permission(text) is
'True when the caller''s token carries the permission, such as tenant:write, and the caller''s role has it still: a
demotion works at once.';
grant execute on function private.has_permission(text) to authenticated, platform_admin, ananta_edge;
