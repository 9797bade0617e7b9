-- A definer, since workflow state is nobody's to write; only the operator role may call it.
create or replace function tenant_management.cancel_workflow(workflow_id text) returns tenant_management.workflows
language plpgsql volatile security definer set search_path = '' as $$
declare
    run tenant_management.workflows;
begin
    select w.* into run from tenant_management.workflows as w where w.id = cancel_workflow.workflow_id for update;
    if not found then
        raise exception using errcode = 'PT404', message = 'workflow_not_found', detail = '{}', hint = 'Check the workflow id.';
    end if;
    if run.status = 'completed' then
        raise exception using
            errcode = 'PT409', message = 'workflow_completed', detail = '{}', hint = 'A completed workflow cannot be cancelled.';
    end if;
    if run.status in ('cancelling', 'cancelled') then
        return run;
    end if;
    update tenant_management.workflows as w set status = 'cancelling', updated_at = now()
    where w.id = run.id returning * into run;
    perform private.enqueue('workflows', 'workflow.advance', run.id, jsonb_build_object('tenant_id', run.tenant_id));
    return run;
end
$$;
comment on function tenant_management.cancel_workflow(text) is
'Cancels a workflow: what its steps did is undone in reverse order, and the tenant is left cleanly failed.

Auth: platform_admin. Errors: workflow_not_found (404), workflow_completed (409). Effects: message workflow.advance.
Idempotent: yes.';
grant execute on function tenant_management.cancel_workflow(text) to platform_admin;
