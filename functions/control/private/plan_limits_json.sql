create or replace function private.plan_limits_json(plan_id text) returns jsonb
language sql stable security definer set search_path = '' as $$
    select jsonb_build_object(
        'maxUsers', max(l.limit_value) filter (where l.metric = 'users'),
        'maxComponents', max(l.limit_value) filter (where l.metric = 'components'),
        'maxStorageGb', max(l.limit_value) filter (where l.metric = 'storage_gb'),
        'maxApiCalls', max(l.limit_value) filter (where l.metric = 'api_calls'),
        'maxApiCallsPerMinute', max(l.limit_value) filter (where l.metric = 'api_calls_per_minute'),
        'auditDays', max(l.limit_value) filter (where l.metric = 'audit_days')
    )
    from tenant_management.plan_limits as l where l.plan_id = plan_limits_json.plan_id
$$;
comment on function private.plan_limits_json(text) is 'Limits of a plan as the planes exchange them; null is unlimited';
