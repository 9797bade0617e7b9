create or replace function private.lead_progress(lead_token text) returns jsonb
language sql stable security definer set search_path = '' as $$
    select jsonb_build_object(
        'leadId', l.id, 'leadStatus', l.status, 'tenantId', t.id, 'key', t.key, 'name', t.name,
        'status', t.status, 'reason', coalesce(t.status_reason, case
            when t.id is null then 'Choose a key and a plan.'
            when w.status = 'pending' then 'Waiting for a worker to begin.' end),
        'planId', (select s.plan_id from tenant_management.subscriptions as s where s.tenant_id = t.id
                   order by s.created_at desc limit 1),
        'portalUrl', t.portal_url, 'provisionedAt', t.provisioned_at, 'steps', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'name', s.name, 'status', s.status, 'attempt', s.attempt, 'maxAttempts', s.max_attempts,
                'startedAt', s.started_at, 'finishedAt', s.finished_at, 'nextAttemptAt', s.next_attempt_at,
                'cause', s.cause) order by s.position), '[]')
            from tenant_management.workflow_steps as s where s.workflow_id = w.id)
    )
    from tenant_management.leads as l
    left join tenant_management.tenants as t on t.lead_id = l.id
    left join tenant_management.workflows as w on w.id = 'provision-tenant-' || t.id
    where l.id = private.lead_of_token(lead_token)
$$;
comment on function private.lead_progress(text) is
'How far a lead''s signup is, and why it waits: {leadStatus, tenantId, key, status, reason, planId, portalUrl, steps}.

Errors: lead_token_invalid (401).';
grant execute on function private.lead_progress(text) to ananta_edge;
