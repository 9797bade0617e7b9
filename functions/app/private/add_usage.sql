-- The counter row is the lock: writers of one organization and metric queue here, so the limit cannot be overshot. It
-- holds the limit too, which changes under the same lock, so that nothing else is read while others wait.
create or replace function private.add_usage(organization_id uuid, metric text, delta bigint) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    counter public.usage_counters;
begin
    update public.usage_counters as c
    set current_count = greatest(0, c.current_count + delta), updated_at = now()
    where c.organization_id = add_usage.organization_id and c.metric = add_usage.metric
    returning c.* into counter;
    if not found and delta > 0 then
        perform private.lock_usage(add_usage.organization_id, add_usage.metric);
        perform private.add_usage(add_usage.organization_id, add_usage.metric, delta);
        return;
    end if;
    if delta > 0 and counter.current_count > counter.limit_value then
        raise exception using
            errcode = 'PT402', message = 'quota_exceeded', detail = jsonb_build_object(
                'code', 'quota_exceeded', 'metric', add_usage.metric, 'limit', counter.limit_value,
                'current', counter.current_count - delta, 'requested', delta)::text,
            hint = 'Upgrade the plan, or remove what is no longer needed.';
    end if;
    if counter.threshold > 0 or counter.current_count >= counter.limit_value * 0.8 then
        perform private.follow_threshold(counter);
    end if;
end
$$;
comment on function private.add_usage(uuid, text, bigint) is
'Adds delta to a counter and refuses to pass the limit.

Errors: quota_exceeded (402), details {code, metric, limit, current, requested}.
Effects: as private.follow_threshold.';
