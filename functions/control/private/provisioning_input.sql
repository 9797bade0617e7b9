create or replace function private.provisioning_input(tenant_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
    select jsonb_build_object(
        'tenantId', t.id, 'tenantKey', t.key, 'tenantName', t.name, 'planId', s.plan_id,
        'adminContactId', c.id,
        'limits', private.plan_limits_json(s.plan_id), 'features', private.plan_features_json(s.plan_id),
        'appPlaneUrl', a.base_url, 'portalUrl', rtrim(a.portal_url, '/') || '/' || t.key
    )
    from tenant_management.tenants as t
    join tenant_management.subscriptions as s on s.tenant_id = t.id and s.status in ('pending', 'active')
    join tenant_management.contacts as c on c.tenant_id = t.id and c.is_primary
    join tenant_management.app_planes as a on a.id = t.app_plane_id
    where t.id = provisioning_input.tenant_id
$$;
comment on function private.provisioning_input(uuid) is
'What TenantProvisioningWorkflow needs: the bootstrap body of the app plane without the person (workflow_input adds it),
its address, and the portal''s';
