create or replace function private.extend_messages(
    queue text, message_ids bigint[], read_counts integer[], visibility_seconds integer
) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    -- One that is locked is being ended: to wait for it would keep the others from being held.
    execute format(
        $q$
        with held as (
            select q.msg_id from unnest($1, $2) as u (msg_id, read_count)
            inner join pgmq.%1$I as q on q.msg_id = u.msg_id and q.read_ct = u.read_count
            where q.headers -> 'is_waiting' is null
            for update of q skip locked
        )
        update pgmq.%1$I as q set vt = clock_timestamp() + make_interval(secs => $3)
        from held as h where q.msg_id = h.msg_id
        $q$, 'q_' || queue
    ) using message_ids, read_counts, visibility_seconds;
end
$$;
comment on function private.extend_messages(text, bigint[], integer[], integer) is
'The heartbeat of messages at work: hides them for visibility_seconds from now. One that somebody else has read since,
which its number of readings tells, or that was given back, is left alone.

Idempotent: yes.';
grant execute on function private.extend_messages(text, bigint[], integer[], integer) to ananta_worker;
