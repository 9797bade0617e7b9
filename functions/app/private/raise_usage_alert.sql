create or replace function private.raise_usage_alert(counter private.usage_counters, level integer) returns void
language sql volatile security definer set search_path = '' as $$
    insert into public.alerts as a (organization_id, type, metric, severity, title, details, status)
    values (
        counter.organization_id, 'usage-threshold', counter.metric,
        case level when 100 then 'critical' when 90 then 'warning' else 'info' end,
        initcap(replace(counter.metric, '_bytes', '')) || case level
            when 100 then ': the limit of the plan is reached' when 0 then ': below 80 % of the limit of the plan'
            else ': ' || level || ' % of the limit of the plan' end,
        jsonb_build_object(
            'metric', counter.metric, 'current', counter.current_count, 'limit', counter.limit_value, 'percentage', level),
        case when level > 0 then 'open' else 'resolved' end)
    on conflict on constraint alerts_subject_key do update set
        severity = excluded.severity, title = excluded.title, details = excluded.details,
        status = case when level > counter.threshold or level = 0 then excluded.status else a.status end
$$;
comment on function private.raise_usage_alert(private.usage_counters, integer) is
'The one alert usage-threshold of a metric: opened again by each crossing, resolved once no threshold stands';
