-- A share is waited for only to end them all. Who holds one may want the counter meanwhile, so that this wait is short
-- (private.fold_usage): then the counter is let go, with all that was locked here, and asked for again behind others.
-- Who waited for it and finds it shared lets it go as well, and comes back only if no share has room.
create or replace function private.take_usage(organization_id uuid, metric text, delta bigint)
returns private.usage_counters
language plpgsql volatile security definer set search_path = '' as $$
declare
    given_up_at constant timestamptz := clock_timestamp() + interval '10 seconds' * (1 + random() / 2);
    is_shared boolean := delta is null;
    counter private.usage_counters;
begin
    loop
        update private.usage_counters as c set current_count = c.current_count + delta, updated_at = now()
        where c.organization_id = take_usage.organization_id and c.metric = take_usage.metric and c.number = (
            select u.number from private.usage_counters as u
            where u.organization_id = take_usage.organization_id and u.metric = take_usage.metric and u.number > 0
                and u.current_count + delta <= u.reserved_count
            limit 1 for no key update skip locked
        )
        returning c.* into counter;
        exit when found;
        begin
            select c.* into counter from private.usage_counters as c
            where c.organization_id = take_usage.organization_id and c.metric = take_usage.metric and c.number = 0
            for no key update;
            exit when not found or counter.reserved_count = 0;
            if not is_shared then
                is_shared := true;
                raise lock_not_available;
            end if;
            exit when counter.current_count + counter.reserved_count + delta
                < coalesce(counter.limit_value * 0.8, 'infinity');
            counter := private.fold_usage(counter);
            exit;
        exception when lock_not_available or deadlock_detected then
            if clock_timestamp() > given_up_at then
                raise;
            end if;
        end;
    end loop;
    return counter;
end
$$;
comment on function private.take_usage(uuid, text, bigint) is
'Adds delta to a share that is free and has the room: the share. Else the counter, locked to the end of the transaction,
and delta not added yet; it keeps its shares where delta leaves it below the first threshold with all that they may
count, and has none afterwards where it does not, or delta is null. Null where it is missing.

Errors: lock_not_available after 10 to 15 seconds, if each of two transactions holds a share and waits for the other''s.';
