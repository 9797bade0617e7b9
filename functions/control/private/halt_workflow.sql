create or replace function private.halt_workflow(
    run tenant_management.workflows, step tenant_management.workflow_steps, cause text, hint text
) returns void
language sql volatile security definer set search_path = '' as $$
    update tenant_management.workflow_steps as s set
        status = 'failed', next_attempt_at = null, cause = left(halt_workflow.cause, 1000), hint = left(halt_workflow.hint, 1000)
    where s.workflow_id = run.id and s.position = step.position;
    update tenant_management.workflows as w set status = 'halted', updated_at = now() where w.id = run.id;
    update tenant_management.tenants as t set
        status = 'provision_failed', updated_at = now(),
        status_reason = coalesce(step.name, run.name) || ' failed: ' || left(halt_workflow.cause, 500) || coalesce(' ' || left(halt_workflow.hint, 300), '')
    where t.id = run.tenant_id;
$$;
comment on function private.halt_workflow(tenant_management.workflows, tenant_management.workflow_steps, text, text) is
'A step is out of tries: the run keeps what is done and waits for an operator; the reason is on the tenant';
