create or replace function private.bury_message(queue text, message_id bigint, read_count integer, error text)
returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare
    lost jsonb;
    headers jsonb;
begin
    execute format(
        $q$select coalesce(q.message, 'null'), private.message_headers(q.headers)
        from pgmq.%I as q where q.msg_id = $1 and q.read_ct = $2 for update$q$, 'q_' || queue
    ) into lost, headers using message_id, read_count;
    if lost is null or not pgmq.archive(queue, message_id) then
        return false;
    end if;
    insert into private.dead_letters (queue, message_id, message, attempt_count, error, correlation_id)
    values (
        queue, message_id, lost, read_count - (headers -> 'uncounted_count')::integer, left(bury_message.error, 2000),
        left(lost ->> 'correlation_id', 200)
    )
    on conflict on constraint dead_letters_queue_message_id_key do nothing;
    return true;
end
$$;
comment on function private.bury_message(text, bigint, integer, text) is
'Gives a message up: into private.dead_letters with its error, out of the queue. False: it had ended, or somebody else
has read it since, which its number of readings tells: then tell nobody.

Idempotent: yes, by queue and message id.';
grant execute on function private.bury_message(text, bigint, integer, text) to ananta_worker;
