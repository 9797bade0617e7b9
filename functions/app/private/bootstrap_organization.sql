create or replace function private.bootstrap_organization(request jsonb, issuer_base text) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
    organization public.organizations;
    admin jsonb := request -> 'adminUser';
    limits jsonb := request -> 'limits';
    realm constant text := 'tenant-' || (request ->> 'tenantKey');
    realm_issuer constant text := issuer_base || '/realms/' || realm;
begin
    select o.* into organization from public.organizations as o
    where o.arc_saas_tenant_id = (request ->> 'tenantId')::uuid for update;
    if found then
        update public.organizations as o set status = 'active' where o.id = organization.id and o.status = 'deprovisioned';
        return private.bootstrap_answer(organization);
    end if;
    insert into public.organizations (
        arc_saas_tenant_id, name, slug, plan_id, max_users, max_components, max_storage_gb, max_api_calls,
        max_api_calls_per_minute, audit_days
    )
    values (
        (request ->> 'tenantId')::uuid, request ->> 'tenantName', request ->> 'tenantKey', request ->> 'planId',
        (limits ->> 'maxUsers')::integer, (limits ->> 'maxComponents')::integer, (limits ->> 'maxStorageGb')::integer,
        (limits ->> 'maxApiCalls')::integer, (limits ->> 'maxApiCallsPerMinute')::integer, (limits ->> 'auditDays')::integer
    )
    on conflict on constraint organizations_arc_saas_tenant_id_key do nothing
    returning * into organization;
    if not found then
        return private.bootstrap_organization(request, issuer_base);
    end if;
    insert into private.issuers (issuer, realm) values (realm_issuer, realm) on conflict do nothing;
    insert into private.organization_issuers (issuer, organization_id) values (realm_issuer, organization.id);
    insert into public.projects (organization_id, name, is_default) values (organization.id, 'Default project', true);
    insert into public.notification_preferences (organization_id, alert_type, channels)
    select organization.id, t.alert_type, array['in_app', 'email']
    from unnest(array['component-eol', 'price-change', 'supply-risk', 'bom-enriched']) as t (alert_type);
    perform private.set_features(organization, nullif(request -> 'features', 'null'));
    insert into public.users (organization_id, email, first_name, last_name, role)
    values (organization.id, admin ->> 'email', admin ->> 'firstName', admin ->> 'lastName', 'owner');
    return private.bootstrap_answer(organization);
end
$$;
comment on function private.bootstrap_organization(jsonb, text) is
'Makes a tenant''s organization: owner, default project, alert preferences, feature flags by plan, its realm as issuer.

Request: {tenantId, tenantKey, tenantName, planId, adminUser {email, firstName, lastName}, limits {maxUsers, maxComponents,
maxStorageGb, maxApiCalls, maxApiCallsPerMinute, auditDays}, features}; a null limit is unlimited, without features they
are the plan''s. Answer: {status, organizationId, slug}.
Errors: 23505 when the key belongs to another tenant. Idempotent: yes, per tenantId.';
grant execute on function private.bootstrap_organization(jsonb, text) to ananta_edge;
