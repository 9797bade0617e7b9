create or replace function private.bury_message(
    queue text, message_id bigint, attempt_count integer, message jsonb, error text
)
returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    insert into private.dead_letters (queue, message_id, message, attempt_count, error, correlation_id)
    values (
        bury_message.queue, bury_message.message_id, bury_message.message, bury_message.attempt_count,
        left(bury_message.error, 2000), bury_message.message ->> 'correlation_id'
    )
    on conflict on constraint dead_letters_queue_message_id_key do nothing;
    perform pgmq.archive(bury_message.queue, bury_message.message_id);
end
$$;
comment on function private.bury_message(text, bigint, integer, jsonb, text) is
'Gives a message up: into private.dead_letters with its error, out of the queue.

Idempotent: yes, by queue and message id.';
grant execute on function private.bury_message(text, bigint, integer, jsonb, text) to ananta_worker;
