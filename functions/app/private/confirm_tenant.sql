create or replace function private.confirm_tenant(event_id uuid, event jsonb) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare
    limits jsonb := event -> 'limits';
begin
    if not private.mark_processed('tenant-provisioned', event_id) then
        return false;
    end if;
    update public.organizations as o set
        plan_id = event ->> 'planId', provisioned_at = coalesce(o.provisioned_at, now()), updated_at = now(),
        max_users = (limits ->> 'maxUsers')::integer, max_components = (limits ->> 'maxComponents')::integer,
        max_storage_gb = (limits ->> 'maxStorageGb')::integer
    where o.arc_saas_tenant_id = (event ->> 'tenantId')::uuid;
    if not found then
        raise exception using
            errcode = 'PT404', message = 'organization_not_found', detail = '{}',
            hint = 'The tenant was never bootstrapped on this app plane.';
    end if;
    return true;
end
$$;
comment on function private.confirm_tenant(uuid, jsonb) is
'Event tenant.provisioned: plan and limits as the control plane holds them. False when the event was processed before.

Errors: organization_not_found (404). Idempotent: yes, by event_id.';
grant execute on function private.confirm_tenant(uuid, jsonb) to ananta_edge;
