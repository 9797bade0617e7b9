create or replace function private.start_workflow(workflow_id text, tenant_id uuid, name text, input jsonb) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    insert into tenant_management.workflows (id, tenant_id, name, input, correlation_id)
    values (
        start_workflow.workflow_id, start_workflow.tenant_id, start_workflow.name, start_workflow.input,
        private.current_correlation_id()
    )
    on conflict on constraint workflows_pkey do nothing;
    if found then
        perform private.enqueue('workflows', 'workflow.advance', start_workflow.workflow_id,
            jsonb_build_object('tenant_id', start_workflow.tenant_id));
    end if;
end
$$;
comment on function private.start_workflow(text, uuid, text, jsonb) is
'Starts a declared workflow.

Effects: message workflow.advance. Idempotent: yes, by workflow id.';
