create or replace function private.fold_usage(counter private.usage_counters) returns private.usage_counters
language plpgsql volatile security definer set search_path = '' set lock_timeout = '200ms' as $$
declare
    shared_count bigint;
begin
    with gone as (
        delete from private.usage_counters as s
        where s.organization_id = counter.organization_id and s.metric = counter.metric and s.number > 0
        returning s.current_count
    )
    select coalesce(sum(g.current_count), 0) into shared_count from gone as g;
    update private.usage_counters as c
    set current_count = greatest(0, c.current_count + shared_count), reserved_count = 0, updated_at = now()
    where c.organization_id = counter.organization_id and c.metric = counter.metric and c.number = 0
    returning c.* into counter;
    return counter;
end
$$;
comment on function private.fold_usage(private.usage_counters) is
'Ends the shares of a counter that is locked, and adds them to it. It waits for who counts in one, for less time than it
takes to find a deadlock.

Errors: lock_not_available.';
