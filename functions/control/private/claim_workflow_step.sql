create or replace function private.claim_workflow_step(workflow_id text, declared_steps jsonb) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
    run tenant_management.workflows;
    step tenant_management.workflow_steps;
begin
    select w.* into run from tenant_management.workflows as w where w.id = claim_workflow_step.workflow_id for update;
    if run.status = 'pending' or (run.status = 'running' and run.started_at is null) then
        run := private.begin_workflow(run, declared_steps);
    end if;
    if run.status is null or run.status not in ('running', 'cancelling') then
        return null;
    end if;
    if run.status = 'running' then
        select s.* into step from tenant_management.workflow_steps as s
        where s.workflow_id = run.id and s.status <> 'completed' order by s.position limit 1;
    else
        select s.* into step from tenant_management.workflow_steps as s
        where s.workflow_id = run.id and s.attempt > 0 and s.status <> 'undone' order by s.position desc limit 1;
    end if;
    if step.name is null then
        perform private.finish_workflow(run);
        return null;
    end if;
    if run.status = 'cancelling' and step.status = 'running' and step.started_at > now() - interval '2 minutes' then
        return jsonb_build_object('action', 'wait');
    end if;
    if run.status = 'running' and step.attempt >= step.max_attempts then
        perform private.halt_workflow(run, step, coalesce(step.cause, 'the worker stopped during the last try'), step.hint);
        return null;
    end if;
    update tenant_management.workflow_steps as s set
        status = case run.status when 'running' then 'running' else 'undoing' end, started_at = now(), next_attempt_at = null,
        attempt = s.attempt + case run.status when 'running' then 1 else 0 end
    where s.workflow_id = step.workflow_id and s.position = step.position returning * into step;
    return jsonb_build_object(
        'action', case run.status when 'running' then 'do' else 'undo' end, 'workflow', run.name, 'step', step.name,
        'position', step.position, 'attempt', step.attempt, 'maxAttempts', step.max_attempts, 'input', private.workflow_input(run),
        'outputs', (select coalesce(jsonb_object_agg(s.name, s.output), '{}') from tenant_management.workflow_steps as s
                    where s.workflow_id = run.id and s.output is not null));
end
$$;
comment on function private.claim_workflow_step(text, jsonb) is
'The next thing to do of a run: {action do|undo, workflow, step, position, attempt, maxAttempts, input, outputs},
{action wait} while a try of a cancelled run is still under way, or null.

declared_steps: array of {name, maxAttempts}; they become rows when the run begins. The try is counted here: commit before
the work, so that a worker that dies in it has used it up.';
grant execute on function private.claim_workflow_step(text, jsonb) to ananta_worker;
