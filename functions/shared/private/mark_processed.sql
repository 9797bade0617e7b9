create or replace function private.mark_processed(consumer text, event_id uuid) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
begin
    insert into private.processed_events (consumer, event_id)
    values (mark_processed.consumer, mark_processed.event_id)
    on conflict do nothing;
    return found;
end
$$;
comment on function private.mark_processed(text, uuid) is
'True the first time a consumer sees an event: call it in the transaction of the effect, and do nothing on false.';
grant execute on function private.mark_processed(text, uuid) to ananta_worker, ananta_edge;
