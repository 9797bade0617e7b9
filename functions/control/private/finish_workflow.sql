create or replace function private.finish_workflow(run tenant_management.workflows) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    update tenant_management.workflows as w set
        status = case run.status when 'running' then 'completed' else 'cancelled' end, finished_at = now(), updated_at = now()
    where w.id = run.id;
    if run.status = 'cancelling' then
        update tenant_management.tenants as t set
            status = 'provision_failed', status_reason = 'Provisioning was cancelled and undone.', updated_at = now()
        where t.id = run.tenant_id;
        update tenant_management.subscriptions as s set status = 'cancelled', updated_at = now()
        where s.tenant_id = run.tenant_id and s.status in ('pending', 'active');
        update tenant_management.user_tenants as ut set status = 'deactivated', updated_at = now()
        where ut.tenant_id = run.tenant_id;
        return;
    end if;
    update tenant_management.tenants as t set
        status = 'active', status_reason = null, provisioned_at = now(), updated_at = now()
    where t.id = run.tenant_id;
    update tenant_management.subscriptions as s set
        status = 'active', current_period_start = now(), updated_at = now(), current_period_end = now()
        + case p.billing_cycle when 'yearly' then interval '1 year' else interval '1 month' end
    from tenant_management.plans as p
    where s.tenant_id = run.tenant_id and s.status = 'pending' and p.id = s.plan_id;
    perform private.enqueue('webhooks', 'tenant.provisioned', run.tenant_id::text,
        jsonb_build_object('tenant_id', run.tenant_id));
end
$$;
comment on function private.finish_workflow(tenant_management.workflows) is
'A run has no step left: the tenant is active, or, after an undo, cleanly failed.

Effects: message tenant.provisioned.';
