create or replace function private.list_workflows(status text)
returns table (
    id text, name text, tenant_key text, status text, step text, attempt integer, max_attempts integer,
    next_attempt_at timestamptz, cause text, updated_at timestamptz
)
language sql stable security definer set search_path = '' as $$
    select w.id, w.name, t.key, w.status, s.name, s.attempt, s.max_attempts, s.next_attempt_at, s.cause, w.updated_at
    from tenant_management.workflows as w
    inner join tenant_management.tenants as t on w.tenant_id = t.id
    left join lateral (
        select n.* from tenant_management.workflow_steps as n
        where n.workflow_id = w.id and n.status not in ('completed', 'undone')
        order by n.attempt = 0, case when w.status in ('cancelling', 'cancelled') then -n.position else n.position end
        limit 1
    ) as s on w.status not in ('completed', 'cancelled')
    where list_workflows.status is null or w.status = list_workflows.status
    order by w.updated_at desc, w.id limit 1000
$$;
comment on function private.list_workflows(text) is
'The thousand runs that changed last, of one status or of all, each with the step it is at and why that waits.

Auth: the database''s owner (bin/ananta workflows).';
