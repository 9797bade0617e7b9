-- The transactional outbox: a message exists if and only if the change that caused it was committed.
create or replace function private.enqueue(queue text, event_type text, subject_id text, owner_ids jsonb)
returns uuid
language plpgsql volatile security definer set search_path = '' as $$
declare
    new_event_id uuid := gen_random_uuid();
begin
    perform pgmq.send(queue, jsonb_build_object(
        'event_id', new_event_id, 'type', event_type, 'id', subject_id, 'v', 1,
        'correlation_id', private.current_correlation_id()
    ) || jsonb_strip_nulls(jsonb_build_object('traceparent', private.current_traceparent())) || owner_ids);
    return new_event_id;
end
$$;
comment on function private.enqueue(text, text, text, jsonb) is
'Sends one message {event_id, type, id, correlation_id, v}, with traceparent where it is traced, plus owner_ids to a
queue, in this transaction.

Effects: one message. Returns its event_id.';
