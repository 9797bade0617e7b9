create or replace function private.usage_of(organization_id uuid)
returns table (metric text, current_count bigint, limit_value bigint, percentage bigint, excess_count bigint)
language sql stable security definer set search_path = '' as $$
    select m.metric, m.current_count, m.limit_value, case
            when m.limit_value > 0 then floor(m.current_count * 100.0 / m.limit_value)::bigint
            when m.limit_value = 0 then case when m.current_count > 0 then 100 else 0 end end,
        greatest(0, m.current_count - m.limit_value)
    from (
        select n.metric, coalesce(c.current_count, 0) as current_count,
            private.usage_limit(usage_of.organization_id, n.metric) as limit_value
        from unnest(array['components', 'storage_bytes', 'users']) as n (metric)
        left join private.usage_sums as c on c.organization_id = usage_of.organization_id and c.metric = n.metric
        union all
        select 'api_calls', coalesce((
            select t.quantity from public.usage_totals as t
            where t.organization_id = usage_of.organization_id and t.metric = 'api_calls'
                and t.period_start = private.month_of(now())
        ), 0), private.usage_limit(usage_of.organization_id, 'api_calls')
    ) as m order by m.metric
$$;
comment on function private.usage_of(uuid) is
'Use and limit of each metric, of API calls this month: limit and percentage are null where unlimited; excess_count is
what no longer fits';
