create or replace function private.begin_workflow(run tenant_management.workflows, declared_steps jsonb)
returns tenant_management.workflows
language plpgsql volatile security definer set search_path = '' as $$
begin
    insert into tenant_management.workflow_steps (tenant_id, workflow_id, position, name, max_attempts)
    select run.tenant_id, run.id, d.position, d.step ->> 'name', (d.step ->> 'maxAttempts')::integer
    from jsonb_array_elements(declared_steps) with ordinality as d (step, position);
    update tenant_management.tenants as t set status = 'provisioning', status_reason = null, updated_at = now()
    where t.id = run.tenant_id and t.status = 'pending_provision';
    update tenant_management.workflows as w set status = 'running', started_at = now(), updated_at = now()
    where w.id = run.id returning * into run;
    return run;
end
$$;
comment on function private.begin_workflow(tenant_management.workflows, jsonb) is
'A pending run begins: its declared steps become rows, its tenant is provisioning';
