create or replace function private.require_permission(permission text) returns void
language plpgsql stable set search_path = '' as $$
begin
    if not private.has_permission(permission) then
        raise exception using
            errcode = 'PT403', message = 'permission_denied',
            detail = jsonb_build_object('permission', permission)::text,
            hint = 'Ask an owner or admin of your organization for a role that includes this permission.';
    end if;
end
$$;
comment on function private.require_permission(text) is
'Refuses the caller when the token lacks the permission.

Errors: permission_denied (403).';
grant execute on function private.require_permission(text) to authenticated, platform_admin, ananta_edge;
