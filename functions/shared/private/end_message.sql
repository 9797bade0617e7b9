create or replace function private.end_message(queue text, message_id bigint, event_id uuid) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform pgmq.archive(queue, message_id);
    return private.mark_processed(queue, event_id);
end
$$;
comment on function private.end_message(text, bigint, uuid) is
'Ends a message and writes the ledger: call it first in the transaction of the effect, and make the effect only where it
is true. False: the event was processed before, by this message or by another that carries it.

Effects: processed_events (consumer: the queue). Idempotent: yes, by event_id.';
grant execute on function private.end_message(text, bigint, uuid) to ananta_worker;
