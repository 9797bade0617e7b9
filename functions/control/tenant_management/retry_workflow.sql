-- A definer, since workflow state is nobody's to write; only the operator role may call it.
create or replace function tenant_management.retry_workflow(workflow_id text) returns tenant_management.workflows
language plpgsql volatile security definer set search_path = '' as $$
declare
    run tenant_management.workflows;
begin
    select w.* into run from tenant_management.workflows as w where w.id = retry_workflow.workflow_id for update;
    if not found then
        raise exception using errcode = 'PT404', message = 'workflow_not_found', detail = '{}', hint = 'Check the workflow id.';
    end if;
    if run.status <> 'halted' then
        return run;
    end if;
    update tenant_management.workflow_steps as s set status = 'pending', attempt = 0, cause = null, hint = null
    where s.workflow_id = run.id and s.status = 'failed';
    update tenant_management.workflows as w set status = 'running', updated_at = now() where w.id = run.id returning * into run;
    update tenant_management.tenants as t set status = 'provisioning', status_reason = null, updated_at = now()
    where t.id = run.tenant_id and t.status = 'provision_failed';
    perform private.enqueue('workflows', 'workflow.advance', run.id, jsonb_build_object('tenant_id', run.tenant_id));
    return run;
end
$$;
comment on function tenant_management.retry_workflow(text) is
'Goes on with a halted workflow from the step that failed, with fresh tries.

Auth: platform_admin. Errors: workflow_not_found (404). Effects: message workflow.advance.
Idempotent: yes, a run that is not halted is returned as it is.';
grant execute on function tenant_management.retry_workflow(text) to platform_admin;
