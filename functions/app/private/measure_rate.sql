-- A bucket that drains at the plan's rate and holds 15 seconds of it: even use never fills it, a flood does in seconds.
create or replace function private.measure_rate(organization_id uuid, calls bigint) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    moment constant timestamptz := clock_timestamp();
    rate double precision;
    quota bigint;
    bucket private.api_rates;
    used constant bigint := coalesce((
        select t.quantity from public.usage_totals as t
        where t.organization_id = measure_rate.organization_id and t.metric = 'api_calls'
            and t.period_start = private.month_of(moment)), 0);
begin
    select o.max_api_calls_per_minute / 60.0, o.max_api_calls into rate, quota
    from public.organizations as o where o.id = measure_rate.organization_id;
    insert into private.api_rates as r (organization_id, level, measured_at)
    values (measure_rate.organization_id, calls, moment)
    on conflict on constraint api_rates_pkey do update set
        level = coalesce(greatest(0, r.level - rate * extract(epoch from moment - r.measured_at)) + calls, 0),
        measured_at = greatest(r.measured_at, moment)
    returning r.* into bucket;
    update private.api_rates as r set
        throttled_until = case
            when used >= quota then private.month_of(private.month_of(moment) + interval '32 days')
            when bucket.level > rate * 15
                then moment + make_interval(secs => (bucket.level - rate * 15) / rate) end,
        reason = case when used >= quota then 'quota' when bucket.level > rate * 15 then 'rate' end
    where r.organization_id = measure_rate.organization_id;
end
$$;
comment on function private.measure_rate(uuid, bigint) is
'Adds calls, failed ones too, to an organization''s bucket and throttles it while it is over its plan''s rate (until
the bucket has drained) or over the month''s quota (until the next month).

Effects: private.api_rates.';
