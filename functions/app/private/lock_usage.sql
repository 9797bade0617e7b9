create or replace function private.lock_usage(organization_id uuid, metric text) returns private.usage_counters
language sql volatile security definer set search_path = '' as $$
    insert into private.usage_counters (organization_id, metric, current_count, limit_value)
    values (
        lock_usage.organization_id, lock_usage.metric, 0,
        private.usage_limit(lock_usage.organization_id, lock_usage.metric)
    )
    on conflict on constraint usage_counters_pkey do nothing;
    select * from private.take_usage(lock_usage.organization_id, lock_usage.metric, null)
$$;
comment on function private.lock_usage(uuid, text) is
'A counter, made with its limit where it is missing, without shares, and locked to the end of the transaction: nobody
counts meanwhile. A transaction that counts a metric upwards more than once begins with it.';
