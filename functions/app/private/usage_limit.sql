create or replace function private.usage_limit(organization_id uuid, metric text) returns bigint
language sql stable security definer set search_path = '' as $$
    select case usage_limit.metric
        when 'users' then o.max_users when 'components' then o.max_components
        when 'storage_bytes' then o.max_storage_gb * 1000000000::bigint
        when 'api_calls' then o.max_api_calls end
    from public.organizations as o where o.id = usage_limit.organization_id
$$;
comment on function private.usage_limit(uuid, text) is
'The limit of a metric; null is unlimited. A gigabyte is 10^9 bytes (SI)';
