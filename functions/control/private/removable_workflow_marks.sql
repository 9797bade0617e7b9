create or replace function private.removable_workflow_marks(workflow_id text) returns text[]
language sql stable security definer set search_path = '' as $$
    with run as (
        select w.id, w.name, lower(private.workflow_input(w) -> 'adminUser' ->> 'email') as email
        from tenant_management.workflows as w where w.id = removable_workflow_marks.workflow_id
    ), others as (
        select w.id, w.status from run join tenant_management.workflows as w
            on w.name = run.name and w.id <> run.id and lower(private.workflow_input(w) -> 'adminUser' ->> 'email') = run.email
    )
    select case
        when exists (select from others as o where o.status not in ('cancelling', 'cancelled')) then '{}'
        else array(select run.id from run union all select o.id from others as o where o.status = 'cancelled')
    end
$$;
comment on function private.removable_workflow_marks(text) is
'Whose account of the first admin an undo may remove: this run''s, and that of cancelled runs for the same address.
Empty when another run for the address stands, since its tenant needs the account.';
grant execute on function private.removable_workflow_marks(text) to ananta_worker;
