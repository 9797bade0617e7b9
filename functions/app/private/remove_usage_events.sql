-- The oldest by id, which is the order of recording: needs no index of times, and finds at once that there is nothing.
create or replace function private.remove_usage_events(batch integer) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
    removed integer;
begin
    delete from private.usage_events as e using (
        select o.id, o.created_at from private.usage_events as o order by o.id limit batch for update skip locked) as oldest
    where e.id = oldest.id and oldest.created_at < now() - private.usage_event_window();
    get diagnostics removed = row_count;
    return removed;
end
$$;
comment on function private.remove_usage_events(integer) is
'Removes metered events that were recorded before private.usage_event_window, at most a batch; the totals stay. Returns
how many; fewer than the batch means that none is left.

Idempotent: yes.';
grant execute on function private.remove_usage_events(integer) to ananta_worker;
