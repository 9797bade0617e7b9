create or replace function private.give_up_workflow(workflow_id text, cause text) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare
    run tenant_management.workflows;
    step tenant_management.workflow_steps;
begin
    select w.* into run from tenant_management.workflows as w
    where w.id = give_up_workflow.workflow_id and w.status in ('pending', 'running', 'cancelling') for update;
    if not found then
        return false;
    end if;
    select s.* into step from tenant_management.workflow_steps as s
    where s.workflow_id = run.id and s.status in ('running', 'waiting', 'undoing') order by s.position desc limit 1;
    perform private.halt_workflow(run, step, give_up_workflow.cause, 'Look at the dead letter, then retry or cancel the workflow.');
    return true;
end
$$;
comment on function private.give_up_workflow(text, text) is
'The message that drives a run was given up: the run halts with the cause, so that an operator sees it and can go on.

False when the run had ended or halted.';
grant execute on function private.give_up_workflow(text, text) to ananta_worker;
