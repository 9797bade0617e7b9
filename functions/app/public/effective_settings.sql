-- A definer, since definitions are not served; the permission is checked first, and the organization is the token's.
create or replace function public.effective_settings()
returns table (
    key text, value jsonb, is_default boolean, default_value jsonb, schema jsonb, description text
)
language plpgsql stable security definer set search_path = '' as $$
begin
    perform private.require_permission('organization:read');
    return query select s.* from public.organizations as o, private.settings_with_defaults(o.settings) as s
    where o.id = private.current_organization_id() order by s.key;
end
$$;
comment on function public.effective_settings() is
'Every setting of the organization with the value in effect: time zone, currency, locale, when alerts come.

They are set in the control plane (settings).

Auth: permission organization:read. Errors: permission_denied (403).';
grant execute on function public.effective_settings() to authenticated;
