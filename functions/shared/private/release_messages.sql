create or replace function private.release_messages(
    queue text, message_ids bigint[], read_counts integer[], after_seconds double precision, is_counted boolean
) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    execute format(
        $q$update pgmq.%1$I as q set
            vt = clock_timestamp() + make_interval(secs => $3),
            headers = h.headers || jsonb_build_object('is_waiting', true,
                'ended_count', (h.headers -> 'ended_count')::integer + 1,
                'uncounted_count', (h.headers -> 'uncounted_count')::integer + case when $4 then 0 else 1 end)
        from unnest($1, $2) as held (msg_id, read_count)
        cross join lateral (
            select private.message_headers(b.headers) as headers from pgmq.%1$I as b where b.msg_id = held.msg_id
        ) as h
        where q.msg_id = held.msg_id and q.read_ct = held.read_count$q$,
        'q_' || queue
    ) using message_ids, read_counts, after_seconds, is_counted;
    if after_seconds = 0 then
        perform pg_notify(format('pgmq.q_%s.INSERT', queue), '');
    end if;
end
$$;
comment on function private.release_messages(text, bigint[], integer[], double precision, boolean) is
'Gives messages back: anybody may read them after_seconds from now, and is woken where that is at once. Not counted,
that it was read is no attempt: nothing was tried. One that somebody else has read since is left alone.';
grant execute on function private.release_messages(text, bigint[], integer[], double precision, boolean)
to ananta_worker;
