create or replace function private.tenant_of(organization_id uuid) returns uuid
language sql stable security definer set search_path = '' as $$
    select o.arc_saas_tenant_id from public.organizations as o where o.id = tenant_of.organization_id
$$;
comment on function private.tenant_of(uuid) is
'The tenant, by its id in the control plane, whose workspace an organization is; null when it is gone';
grant execute on function private.tenant_of(uuid) to ananta_worker;
