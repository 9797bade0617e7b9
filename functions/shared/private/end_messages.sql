create or replace function private.end_messages(queue text, message_ids bigint[], event_ids uuid[]) returns setof uuid
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform pgmq.archive(queue, message_ids);
    -- In one order, so that two workers that end the same events do not wait for each other.
    return query insert into private.processed_events as p (consumer, event_id)
    select queue, e.id from (select distinct u.id from unnest(event_ids) as u (id)) as e order by e.id
    on conflict do nothing
    returning p.event_id;
end
$$;
comment on function private.end_messages(text, bigint[], uuid[]) is
'Ends messages and writes the ledger; gives the events that are new in it: call it first in the transaction of the
effect, and make the effect only where the event is new. Others were processed before, by these messages or by others
that carry them.

Effects: processed_events (consumer: the queue). Idempotent: yes, by event_id.';
grant execute on function private.end_messages(text, bigint[], uuid[]) to ananta_worker;
