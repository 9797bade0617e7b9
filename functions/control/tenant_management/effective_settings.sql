-- A definer, since definitions are not served; the caller's permission is checked first, and the tenant is the token's.
create or replace function tenant_management.effective_settings()
returns table (
    key text, value jsonb, is_default boolean, default_value jsonb, schema jsonb, description text
)
language plpgsql stable security definer set search_path = '' as $$
begin
    perform private.require_permission('tenant:read');
    return query select s.* from private.settings_with_defaults(private.settings_of(private.current_tenant_id())) as s;
end
$$;
comment on function tenant_management.effective_settings() is
'Every setting of the caller''s tenant with the value in effect, and what it may be. To set one, write to settings
{key, value}; deleting the row brings the default back.

Auth: permission tenant:read. Errors: permission_denied (403).';
grant execute on function tenant_management.effective_settings() to authenticated;
