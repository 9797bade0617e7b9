create or replace function private.fail_workflow_step(
    workflow_id text, step_position integer, cause text, hint text, is_retryable boolean, retry_after interval
) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare
    run tenant_management.workflows;
    step tenant_management.workflow_steps;
begin
    select w.* into run from tenant_management.workflows as w
    where w.id = fail_workflow_step.workflow_id and w.status in ('running', 'cancelling') for update;
    select s.* into step from tenant_management.workflow_steps as s
    where s.workflow_id = run.id and s.position = step_position and s.status in ('running', 'undoing');
    if not found then
        return false;
    end if;
    if run.status = 'running' and step.status = 'running' and (not is_retryable or step.attempt >= step.max_attempts) then
        perform private.halt_workflow(run, step, fail_workflow_step.cause, fail_workflow_step.hint);
        return false;
    end if;
    update tenant_management.workflow_steps as s set
        status = case s.status when 'running' then 'waiting' else 'undoing' end, next_attempt_at = now() + retry_after,
        cause = left(fail_workflow_step.cause, 1000), hint = left(fail_workflow_step.hint, 1000)
    where s.workflow_id = run.id and s.position = step.position;
    update tenant_management.tenants as t set
        updated_at = now(), status_reason = case step.status
            when 'running' then format('%s waits after try %s of %s: ', step.name, step.attempt, step.max_attempts)
            else format('Undoing %s waits: ', step.name) end || left(fail_workflow_step.cause, 500)
    where t.id = run.tenant_id;
    return true;
end
$$;
comment on function private.fail_workflow_step(text, integer, text, text, boolean, interval) is
'Records why a try failed. True when it is tried again after retry_after; false when the run halted (or had ended).';
grant execute on function private.fail_workflow_step(text, integer, text, text, boolean, interval) to ananta_worker;
