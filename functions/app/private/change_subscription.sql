create or replace function private.change_subscription(event_id uuid, event jsonb) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
    is_new constant boolean := private.mark_processed('subscription-changed', event_id);
    organization public.organizations;
begin
    if is_new then
        organization := private.apply_plan((event ->> 'tenantId')::uuid, event ->> 'newPlan', event -> 'newLimits',
            nullif(event -> 'newFeatures', 'null'), (event ->> 'version')::bigint);
    else
        select o.* into organization from public.organizations as o where o.arc_saas_tenant_id = (event ->> 'tenantId')::uuid;
    end if;
    return jsonb_build_object('status', case when is_new then 'processed' else 'duplicate' end, 'usage', (
        select jsonb_agg(jsonb_build_object('metric', u.metric, 'current', u.current_count, 'limit', u.limit_value,
            'percentage', u.percentage, 'occurredAt', clock_timestamp()))
        from private.usage_of(organization.id) as u));
end
$$;
comment on function private.change_subscription(uuid, jsonb) is
'Event subscription.changed: plan, limits and features change at once. The answer says how the use stands to the new
limits: {status, usage: [{metric, current, limit, percentage, occurredAt}]}.

Event: {tenantId, newPlan, newLimits, newFeatures, version}. Errors: organization_not_found (404).
Effects: as private.apply_plan. Idempotent: yes, by event_id.';
grant execute on function private.change_subscription(uuid, jsonb) to ananta_edge;
