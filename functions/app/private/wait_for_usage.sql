create or replace function private.wait_for_usage(organization_id uuid, metric text, delta bigint)
returns private.usage_counters
language plpgsql volatile security definer set search_path = '' as $$
declare
    counter private.usage_counters;
begin
    counter := private.take_usage(wait_for_usage.organization_id, wait_for_usage.metric, delta);
    if counter.number > 0 or counter.number is null and delta <= 0 then
        return counter;
    elsif counter.number is null then
        counter := private.lock_usage(wait_for_usage.organization_id, wait_for_usage.metric);
    elsif counter.reserved_count = 0 then
        counter.reserved_count := private.share_usage(counter, delta);
    end if;
    update private.usage_counters as c
    set current_count = case when counter.reserved_count > 0 then c.current_count + delta
            else greatest(0, c.current_count + delta) end,
        reserved_count = counter.reserved_count, updated_at = now()
    where c.organization_id = wait_for_usage.organization_id and c.metric = wait_for_usage.metric and c.number = 0
    returning c.* into counter;
    return counter;
end
$$;
comment on function private.wait_for_usage(uuid, text, bigint) is
'Adds delta where neither the counter nor this connection''s share of it was free, or neither is there: the row that it
was counted in, locked.';
