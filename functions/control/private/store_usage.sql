create or replace function private.store_usage(tenant_id uuid, usage jsonb) returns void
language sql volatile security definer set search_path = '' as $$
    insert into tenant_management.tenant_usage as u (
        tenant_id, metric, current_count, limit_value, reported_at
    )
    select store_usage.tenant_id, r.metric, r.current, r."limit", r."occurredAt"
    from jsonb_to_recordset(store_usage.usage)
        as r (metric text, current bigint, "limit" bigint, "occurredAt" timestamptz)
    join tenant_management.tenants as t on t.id = store_usage.tenant_id
    order by r.metric
    on conflict on constraint tenant_usage_pkey do update set
        current_count = excluded.current_count, limit_value = excluded.limit_value, reported_at = excluded.reported_at
    where u.reported_at <= excluded.reported_at
$$;
comment on function private.store_usage(uuid, jsonb) is
'What the app plane reports of a tenant''s use: array of {metric, current, limit, occurredAt}. An older
report changes nothing. Idempotent: yes.';
grant execute on function private.store_usage(uuid, jsonb) to ananta_worker;
