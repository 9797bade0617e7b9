-- Events may come late or twice: the control plane numbers what it says about a plan, and the highest number holds.
create or replace function private.apply_plan(
    tenant_id uuid, plan_id text, limits jsonb, features jsonb, version bigint
) returns public.organizations
language plpgsql volatile security definer set search_path = '' as $$
declare
    organization public.organizations;
begin
    select o.* into organization from public.organizations as o
    where o.arc_saas_tenant_id = apply_plan.tenant_id for no key update;
    if not found then
        raise exception using
            errcode = 'PT404', message = 'organization_not_found', detail = '{}',
            hint = 'The tenant was never bootstrapped on this app plane.';
    end if;
    if apply_plan.version < organization.plan_version then
        return organization;
    end if;
    update public.organizations as o set
        plan_id = apply_plan.plan_id, plan_version = apply_plan.version, updated_at = now(),
        max_users = (limits ->> 'maxUsers')::integer, max_components = (limits ->> 'maxComponents')::integer,
        max_storage_gb = (limits ->> 'maxStorageGb')::integer, max_api_calls = (limits ->> 'maxApiCalls')::integer,
        max_api_calls_per_minute = (limits ->> 'maxApiCallsPerMinute')::integer,
        audit_days = (limits ->> 'auditDays')::integer
    where o.id = organization.id returning o.* into organization;
    perform private.set_features(organization, apply_plan.features);
    return organization;
end
$$;
comment on function private.apply_plan(uuid, text, jsonb, jsonb, bigint) is
'Plan, limits and features of a tenant as the control plane says, in force with this transaction. Nothing is taken away
where the use is above a new limit: it can only shrink. An older version changes nothing.

limits: {maxUsers, maxComponents, maxStorageGb, maxApiCalls, maxApiCallsPerMinute, auditDays}, null is unlimited.
features: array of keys; null is what this plane knows of the plan. Returns the organization as it stands.
Errors: organization_not_found (404). Effects: as private.follow_threshold. Idempotent: yes.';
