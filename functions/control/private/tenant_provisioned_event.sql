create or replace function private.tenant_provisioned_event(tenant_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
    select jsonb_build_object(
        'url', a.base_url, 'body', jsonb_build_object(
            'event', 'tenant.provisioned', 'tenantId', t.id, 'tenantKey', t.key, 'planId', s.plan_id,
            'limits', private.plan_limits_json(s.plan_id), 'features', private.plan_features_json(s.plan_id),
            'version', s.version))
    from tenant_management.tenants as t
    join tenant_management.subscriptions as s on s.tenant_id = t.id and s.status = 'active'
    join tenant_management.app_planes as a on a.id = t.app_plane_id
    where t.id = tenant_provisioned_event.tenant_id and t.status = 'active'
$$;
comment on function private.tenant_provisioned_event(uuid) is
'The event tenant.provisioned as the app plane gets it, and that plane''s address; null when the tenant is not active';
grant execute on function private.tenant_provisioned_event(uuid) to ananta_worker;
