create or replace function private.workflow_name(workflow_id text) returns text
language sql stable security definer set search_path = '' as $$
    select w.name from tenant_management.workflows as w where w.id = workflow_name.workflow_id
$$;
comment on function private.workflow_name(text) is 'The declared name of a run';
grant execute on function private.workflow_name(text) to ananta_worker;
