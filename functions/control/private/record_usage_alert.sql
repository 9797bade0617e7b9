create or replace function private.record_usage_alert(event_id uuid, event jsonb) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
begin
    if not exists (select from tenant_management.tenants as t where t.id = (event ->> 'tenantId')::uuid) then
        raise exception using
            errcode = 'PT404', message = 'tenant_not_found', detail = '{}', hint = 'The tenant is not of this control plane.';
    end if;
    if not private.mark_processed('usage-alert', event_id) then
        return false;
    end if;
    perform private.store_usage((event ->> 'tenantId')::uuid, jsonb_build_array(event));
    return true;
end
$$;
comment on function private.record_usage_alert(uuid, jsonb) is
'Events usage.threshold_reached and usage.threshold_left of the app plane. False when the event was processed before.

Event: {tenantId, metric, current, limit, percentage, occurredAt}.
Errors: tenant_not_found (404). Effects: tenant_usage. Idempotent: yes, by event_id.';
grant execute on function private.record_usage_alert(uuid, jsonb) to ananta_edge;
