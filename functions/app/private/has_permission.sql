-- The token says what the member could do when it was made; the row says what the member can do now. PL/pgSQL, since a
-- function in SQL that sets its search_path is planned anew at each call, and every policy calls this; the claims are
-- read once.
create or replace function private.has_permission(permission text) returns boolean
language plpgsql stable security definer set search_path = '' as $$
declare
    claims constant jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
begin
    return coalesce(claims -> 'permissions' ? has_permission.permission, false) and exists (
        select from public.users as u
        join private.role_permissions as p on p.role = u.role and p.permission = has_permission.permission
        where u.id = nullif(claims ->> 'sub', '')::uuid
            and u.organization_id = nullif(claims ->> 'organization_id', '')::uuid
    );
end
$$;
comment on function private.has_permission(text) is
'True when the caller''s token carries the permission, such as boms:write, and the caller''s role has it still: a
demotion works at once.';
grant execute on function private.has_permission(text) to authenticated, ananta_edge;
