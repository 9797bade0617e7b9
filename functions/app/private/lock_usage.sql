create or replace function private.lock_usage(organization_id uuid, metric text) returns public.usage_counters
language sql volatile security definer set search_path = '' as $$
    insert into public.usage_counters as c (organization_id, metric, current_count, limit_value)
    values (
        lock_usage.organization_id, lock_usage.metric, 0,
        private.usage_limit(lock_usage.organization_id, lock_usage.metric)
    )
    on conflict on constraint usage_counters_pkey do update set updated_at = c.updated_at
    returning c.*
$$;
comment on function private.lock_usage(uuid, text) is
'A counter, made with its limit where it is missing, and locked to the end of the transaction: nobody counts meanwhile';
