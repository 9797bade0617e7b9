create or replace function private.show_workflow(workflow_id text) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
    shown jsonb;
begin
    select to_jsonb(w) - 'input' || jsonb_build_object(
        'tenant_key', t.key, 'tenant_status', t.status, 'reason', t.status_reason, 'steps', (
            select coalesce(jsonb_agg(to_jsonb(s) - '{tenant_id,workflow_id,output}'::text[] order by s.position), '[]')
            from tenant_management.workflow_steps as s where s.workflow_id = w.id
        ))
    into shown
    from tenant_management.workflows as w inner join tenant_management.tenants as t on w.tenant_id = t.id
    where w.id = show_workflow.workflow_id;
    if shown is null then
        raise exception using errcode = 'PT404', message = 'workflow_not_found', detail = '{}', hint = 'Check the workflow id.';
    end if;
    return shown;
end
$$;
comment on function private.show_workflow(text) is
'A run with its steps and the reason on its tenant; without input and outputs, which name people.

Auth: the database''s owner (bin/ananta workflows). Errors: workflow_not_found (404).';
