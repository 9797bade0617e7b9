create or replace function private.end_messages(
    queue text, message_ids bigint[], read_counts integer[], event_ids uuid[]
) returns setof uuid
language plpgsql volatile security definer set search_path = '' as $$
declare
    ids bigint[];
    events uuid[];
begin
    execute format(
        $q$
        with held as (
            select q.msg_id, u.event_id
            from unnest($1, $2, $3) as u (msg_id, read_count, event_id)
            inner join pgmq.%I as q on q.msg_id = u.msg_id and q.read_ct = u.read_count
            order by q.msg_id for update of q
        )
        select array_agg(h.msg_id), array_agg(h.event_id) from held as h
        $q$, 'q_' || queue
    ) into ids, events using message_ids, read_counts, event_ids;
    perform pgmq.archive(queue, coalesce(ids, '{}'));
    -- In one order, so that two workers that end the same events do not wait for each other.
    return query insert into private.processed_events as p (consumer, event_id)
    select queue, e.id from (select distinct u.id from unnest(events) as u (id)) as e order by e.id
    on conflict do nothing
    returning p.event_id;
end
$$;
comment on function private.end_messages(text, bigint[], integer[], uuid[]) is
'Ends messages and writes the ledger; gives the events that are new in it: call it first in the transaction of the
effect, and make the effect only where the event is new. Others were processed before, by these messages or by others
that carry them. A message that somebody else has read since, which its number of readings tells, is left to that one.

Effects: processed_events (consumer: the queue). Idempotent: yes, by event_id.';
grant execute on function private.end_messages(text, bigint[], integer[], uuid[]) to ananta_worker;
