create or replace function private.subscription_changed_event(tenant_id uuid, previous_plan text) returns jsonb
language sql stable security definer set search_path = '' as $$
    select jsonb_build_object(
        'url', a.base_url, 'body', jsonb_build_object(
            'event', 'subscription.changed', 'tenantId', t.id, 'previousPlan', previous_plan, 'newPlan', s.plan_id,
            'newLimits', private.plan_limits_json(s.plan_id), 'newFeatures', private.plan_features_json(s.plan_id),
            'version', s.version))
    from tenant_management.tenants as t
    join tenant_management.subscriptions as s on s.tenant_id = t.id and s.status = 'active'
    join tenant_management.app_planes as a on a.id = t.app_plane_id
    where t.id = subscription_changed_event.tenant_id and t.status = 'active'
$$;
comment on function private.subscription_changed_event(uuid, text) is
'The event subscription.changed as the app plane gets it, and that plane''s address: what holds now, under its number.
Null when the tenant or its subscription is not active';
grant execute on function private.subscription_changed_event(uuid, text) to ananta_worker;
