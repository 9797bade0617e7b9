create or replace function private.deprovision_organization(tenant_id uuid) returns void
language sql volatile security definer set search_path = '' as $$
    update public.organizations as o set status = 'deprovisioned', updated_at = now()
    where o.arc_saas_tenant_id = deprovision_organization.tenant_id and o.status <> 'deprovisioned'
$$;
comment on function private.deprovision_organization(uuid) is
'Undo of a bootstrap: the organization serves nobody any more; its rows stay.

Idempotent: yes, also when there is none.';
grant execute on function private.deprovision_organization(uuid) to ananta_edge;
