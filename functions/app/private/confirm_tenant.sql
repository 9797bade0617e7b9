create or replace function private.confirm_tenant(event_id uuid, event jsonb) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare
    organization public.organizations;
begin
    if not private.mark_processed('tenant-provisioned', event_id) then
        return false;
    end if;
    organization := private.apply_plan((event ->> 'tenantId')::uuid, event ->> 'planId', event -> 'limits',
        nullif(event -> 'features', 'null'), coalesce((event ->> 'version')::bigint, 0));
    update public.organizations as o set provisioned_at = coalesce(o.provisioned_at, now()) where o.id = organization.id;
    return true;
end
$$;
comment on function private.confirm_tenant(uuid, jsonb) is
'Event tenant.provisioned: plan, limits and features as the control plane holds them. False when the event was processed
before.

Errors: organization_not_found (404). Idempotent: yes, by event_id.';
grant execute on function private.confirm_tenant(uuid, jsonb) to ananta_edge;
