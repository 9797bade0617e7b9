create or replace function private.extend_messages(
    queue text, message_ids bigint[], attempts integer[], visibility_seconds integer
) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    execute format(
        'update pgmq.%I as q set vt = clock_timestamp() + make_interval(secs => $3)
        from unnest($1, $2) as held (msg_id, attempt) where q.msg_id = held.msg_id and q.read_ct = held.attempt',
        'q_' || queue
    ) using message_ids, attempts, visibility_seconds;
end
$$;
comment on function private.extend_messages(text, bigint[], integer[], integer) is
'The heartbeat of messages at work: hides them for visibility_seconds from now. One that somebody else has read since,
which its number of attempts tells, is left alone.

Idempotent: yes.';
grant execute on function private.extend_messages(text, bigint[], integer[], integer) to ananta_worker;
