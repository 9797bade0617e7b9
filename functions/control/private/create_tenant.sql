create or replace function private.create_tenant(lead_token text, request jsonb) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
    lead tenant_management.leads;
    tenant tenant_management.tenants;
begin
    select l.* into lead from tenant_management.leads as l where l.id = private.lead_of_token(lead_token) for update;
    select t.* into tenant from tenant_management.tenants as t where t.lead_id = lead.id;
    if found then
        return private.lead_progress(lead_token);
    end if;
    perform private.check_tenant_request(request);
    insert into tenant_management.tenants (key, name, lead_id, app_plane_id)
    values (request ->> 'key', coalesce(request ->> 'name', lead.company_name), lead.id, private.place_tenant())
    on conflict on constraint tenants_key_key do nothing
    returning * into tenant;
    if not found then
        perform private.check_tenant_request(request);
    end if;
    insert into tenant_management.subscriptions (tenant_id, plan_id) values (tenant.id, request ->> 'planId');
    insert into tenant_management.contacts (tenant_id, first_name, last_name, email, is_primary)
    values (tenant.id, lead.first_name, lead.last_name, lead.email, true);
    insert into tenant_management.addresses (tenant_id, line1, line2, city, region, postal_code, country)
    select tenant.id, a.line1, a.line2, a.city, a.region, a."postalCode", upper(a.country)
    from jsonb_to_record(request -> 'address') as a (
        line1 text, line2 text, city text, region text, "postalCode" text, country text)
    where jsonb_typeof(request -> 'address') = 'object';
    update tenant_management.leads as l set status = 'converted', updated_at = now() where l.id = lead.id;
    perform private.start_workflow(
        'provision-tenant-' || tenant.id, tenant.id, 'TenantProvisioningWorkflow', private.provisioning_input(tenant.id));
    return private.lead_progress(lead_token);
end
$$;
comment on function private.create_tenant(text, jsonb) is
'A verified lead''s tenant with subscription, contact and address, its provisioning enqueued in the same transaction.

request: {key, name?, planId, address? {line1, line2?, city, region?, postalCode?, country}}. Answer: as lead_progress.
Errors: lead_token_invalid (401), tenant_key_invalid (422), tenant_key_reserved (422), tenant_key_taken (409),
plan_not_found (422), no_app_plane (503). Effects: message workflow.advance. Idempotent: yes, per lead.';
grant execute on function private.create_tenant(text, jsonb) to ananta_edge;
