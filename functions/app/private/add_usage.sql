-- The counter row is the lock: writers of one organization and metric queue here, so the limit cannot be overshot.
create or replace function private.add_usage(organization_id uuid, metric text, delta bigint) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    usage_limit bigint;
    counter public.usage_counters;
begin
    if delta <= 0 then
        update public.usage_counters as c
        set current_count = greatest(0, c.current_count + delta), updated_at = now()
        where c.organization_id = add_usage.organization_id and c.metric = add_usage.metric
        returning c.* into counter;
        if counter.threshold > 0 then
            perform private.follow_threshold(counter);
        end if;
        return;
    end if;
    insert into public.usage_counters as c (organization_id, metric, current_count)
    values (add_usage.organization_id, add_usage.metric, delta)
    on conflict on constraint usage_counters_pkey do update
    set current_count = c.current_count + excluded.current_count, updated_at = now()
    returning c.* into counter;
    usage_limit := private.usage_limit(add_usage.organization_id, add_usage.metric);
    if counter.current_count > usage_limit then
        raise exception using
            errcode = 'PT402', message = 'quota_exceeded', detail = jsonb_build_object(
                'code', 'quota_exceeded', 'metric', add_usage.metric, 'limit', usage_limit,
                'current', counter.current_count - delta, 'requested', delta)::text,
            hint = 'Upgrade the plan, or remove what is no longer needed.';
    end if;
    if private.usage_threshold(counter.current_count, usage_limit, counter.threshold) <> counter.threshold then
        perform private.follow_threshold(counter);
    end if;
end
$$;
comment on function private.add_usage(uuid, text, bigint) is
'Adds delta to a counter and refuses to pass the limit.

Errors: quota_exceeded (402), details {code, metric, limit, current, requested}.
Effects: as private.follow_threshold.';
