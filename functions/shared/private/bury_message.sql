create or replace function private.bury_message(queue text, message_id bigint, attempt_count integer, error text)
returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare
    lost jsonb;
begin
    execute format(
        'select coalesce(q.message, ''null'') from pgmq.%I as q where q.msg_id = $1 and q.read_ct = $2 for update', 'q_' || queue
    ) into lost using message_id, attempt_count;
    if lost is null or not pgmq.archive(queue, message_id) then
        return false;
    end if;
    insert into private.dead_letters (queue, message_id, message, attempt_count, error, correlation_id)
    values (
        queue, message_id, lost, bury_message.attempt_count, left(bury_message.error, 2000),
        left(lost ->> 'correlation_id', 200)
    )
    on conflict on constraint dead_letters_queue_message_id_key do nothing;
    return true;
end
$$;
comment on function private.bury_message(text, bigint, integer, text) is
'Gives a message up: into private.dead_letters with its error, out of the queue. False: it had ended, or somebody else
has read it since, which its number of attempts tells: then tell nobody.

Idempotent: yes, by queue and message id.';
grant execute on function private.bury_message(text, bigint, integer, text) to ananta_worker;
