create or replace function private.apply_tenant_settings(event_id uuid, event jsonb) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
begin
    if not private.mark_processed('tenant-settings', event_id) then
        return false;
    end if;
    update public.organizations as o set
        settings = case when o.settings_revision < (event ->> 'revision')::integer then event -> 'settings' else o.settings end,
        settings_revision = greatest(o.settings_revision, (event ->> 'revision')::integer)
    where o.arc_saas_tenant_id = (event ->> 'tenantId')::uuid;
    if not found then
        raise exception using
            errcode = 'PT404', message = 'organization_not_found', detail = '{}',
            hint = 'The tenant was never bootstrapped on this app plane.';
    end if;
    return true;
end
$$;
comment on function private.apply_tenant_settings(uuid, jsonb) is
'Event tenant.settings_changed: the settings as the control plane holds them, unless those held here are newer. False
when the event was processed before.

Errors: organization_not_found (404). Idempotent: yes, by event_id.';
grant execute on function private.apply_tenant_settings(uuid, jsonb) to ananta_edge;
