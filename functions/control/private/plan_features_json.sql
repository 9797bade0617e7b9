create or replace function private.plan_features_json(plan_id text) returns jsonb
language sql stable security definer set search_path = '' as $$
    select coalesce(jsonb_agg(f.feature order by f.feature), '[]')
    from tenant_management.plan_features as f where f.plan_id = plan_features_json.plan_id
$$;
comment on function private.plan_features_json(text) is 'Features of a plan as the planes exchange them: array of keys';
