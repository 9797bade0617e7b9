-- The counter's row is the lock that keeps the limit, and its holder waits for the disk. So who meets it locked, far
-- below the first threshold, leaves shares behind (private.share_usage): rows that may count a piece of that room each.
-- What they may count together stays below the threshold, so that who counts in one has nothing else to look at.
create or replace function private.add_usage(organization_id uuid, metric text, delta bigint) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    counter private.usage_counters;
begin
    update private.usage_counters as c
    set updated_at = now(),
        current_count = case c.number when 0 then greatest(0, c.current_count + delta) else c.current_count + delta end
    where c.organization_id = add_usage.organization_id and c.metric = add_usage.metric and c.number = (
        select u.number from private.usage_counters as u
        where u.organization_id = add_usage.organization_id and u.metric = add_usage.metric
            and u.number in (0, 1 + pg_backend_pid() % 32)
            and case u.number when 0 then u.reserved_count = 0 else u.current_count + delta <= u.reserved_count end
        limit 1 for no key update skip locked
    )
    returning c.* into counter;
    if not found then
        counter := private.wait_for_usage(add_usage.organization_id, add_usage.metric, delta);
    end if;
    if counter.reserved_count > 0 then
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
