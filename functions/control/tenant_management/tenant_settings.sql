-- A definer, since definitions are not served; only operators may call it, who see every tenant's settings anyway.
create or replace function tenant_management.tenant_settings(tenant_id uuid)
returns table (
    key text, value jsonb, is_default boolean, default_value jsonb, schema jsonb, description text
)
language sql stable security definer set search_path = '' as $$
    select s.* from tenant_management.tenants as t, private.settings_with_defaults(private.settings_of(t.id)) as s
    where t.id = tenant_settings.tenant_id order by s.key
$$;
comment on function tenant_management.tenant_settings(uuid) is
'effective_settings of any tenant, for operators; no rows where there is no such tenant.

Auth: platform_admin.';
grant execute on function tenant_management.tenant_settings(uuid) to platform_admin;
