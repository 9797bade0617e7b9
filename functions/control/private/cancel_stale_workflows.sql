create or replace function private.cancel_stale_workflows(halted_for interval) returns integer
language sql volatile security definer set search_path = '' as $$
    select count(tenant_management.cancel_workflow(w.id))::integer
    from tenant_management.workflows as w
    where w.status = 'halted' and w.updated_at < now() - halted_for
$$;
comment on function private.cancel_stale_workflows(interval) is
'Cancels the runs that nobody took care of for so long after they halted. Returns how many.

Effects: message workflow.advance for each. Idempotent: yes.';
grant execute on function private.cancel_stale_workflows(interval) to ananta_worker;
