create or replace function private.complete_workflow_step(
    workflow_id text, step_position integer, output jsonb
) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare
    run tenant_management.workflows;
    step tenant_management.workflow_steps;
begin
    select w.* into run from tenant_management.workflows as w
    where w.id = complete_workflow_step.workflow_id and w.status in ('running', 'cancelling') for update;
    update tenant_management.workflow_steps as s set
        status = case s.status when 'undoing' then 'undone' else 'completed' end, finished_at = now(), cause = null, hint = null,
        output = coalesce(complete_workflow_step.output, s.output)
    where s.workflow_id = run.id and s.position = step_position and s.status in ('running', 'undoing')
    returning * into step;
    if not found then
        return false;
    end if;
    if step.status = 'completed' then
        perform private.apply_step_output(run, step);
        update tenant_management.tenants as t set status_reason = null
        where t.id = run.tenant_id and t.status_reason is not null and run.status = 'running';
    end if;
    perform private.enqueue('workflows', 'workflow.advance', run.id, jsonb_build_object('tenant_id', run.tenant_id));
    return true;
end
$$;
comment on function private.complete_workflow_step(text, integer, jsonb) is
'Ends the step being done (or undone), applies what it returned, and enqueues the next. False if it was not being done.

Effects: message workflow.advance. Idempotent: yes.';
grant execute on function private.complete_workflow_step(text, integer, jsonb) to ananta_worker;
