create or replace function private.record_api_calls(batch_id uuid, started_at timestamptz, calls jsonb) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    counted record;
begin
    for counted in
        select o.id, sum(c.calls)::bigint as calls, coalesce(sum(c.failed), 0)::bigint as failed
        from jsonb_to_recordset(record_api_calls.calls) as c ("organizationId" uuid, calls bigint, failed bigint)
        join public.organizations as o on o.id = c."organizationId" group by o.id order by o.id
    loop
        if private.append_usage(counted.id, 'api_calls', counted.calls, batch_id, least(started_at, now())) then
            perform private.measure_rate(counted.id, counted.calls + counted.failed);
        end if;
    end loop;
end
$$;
comment on function private.record_api_calls(uuid, timestamptz, jsonb) is
'A batch of the gateway: API calls of organizations, array of {organizationId, calls, failed}, since started_at. Failed
ones count for the rate, not for the quota.

Effects: usage_events, usage_totals; throttles who is over rate or quota (private.measure_rate).
Idempotent: yes, by batch_id.';
grant execute on function private.record_api_calls(uuid, timestamptz, jsonb) to ananta_edge;
