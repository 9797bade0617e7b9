create or replace function private.tenant_settings_event(tenant_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
    select jsonb_build_object(
        'url', a.base_url, 'body', jsonb_build_object(
            'event', 'tenant.settings_changed', 'tenantId', t.id, 'settings', private.settings_of(t.id),
            'revision', t.settings_revision))
    from tenant_management.tenants as t
    join tenant_management.app_planes as a on a.id = t.app_plane_id
    where t.id = tenant_settings_event.tenant_id and t.status = 'active'
$$;
comment on function private.tenant_settings_event(uuid) is
'The event tenant.settings_changed with the settings as they are now, and the app plane''s address; null when the
tenant is not active';
grant execute on function private.tenant_settings_event(uuid) to ananta_worker;
