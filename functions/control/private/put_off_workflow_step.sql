create or replace function private.put_off_workflow_step(
    workflow_id text, step_position integer, cause text, retry_after interval
) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    run tenant_management.workflows;
    step tenant_management.workflow_steps;
begin
    select w.* into run from tenant_management.workflows as w
    where w.id = put_off_workflow_step.workflow_id and w.status in ('running', 'cancelling') for update;
    update tenant_management.workflow_steps as s set
        status = case s.status when 'running' then 'waiting' else 'undoing' end, next_attempt_at = now() + retry_after,
        attempt = s.attempt - case s.status when 'running' then 1 else 0 end,
        cause = coalesce(s.cause, left(put_off_workflow_step.cause, 1000))
    where s.workflow_id = run.id and s.position = step_position and s.status in ('running', 'undoing')
    returning * into step;
    update tenant_management.tenants as t set updated_at = now(), status_reason = coalesce(t.status_reason,
        format('%s waits: %s', step.name, left(put_off_workflow_step.cause, 500)))
    where t.id = run.tenant_id and step.name is not null;
end
$$;
comment on function private.put_off_workflow_step(text, integer, text, interval) is
'The outside system that a claimed step needs is known to be down: nothing was tried, so the try is taken back, and the
step waits. A cause that an earlier try left stays.';
grant execute on function private.put_off_workflow_step(text, integer, text, interval) to ananta_worker;
