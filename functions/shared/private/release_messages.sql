create or replace function private.release_messages(
    queue text, message_ids bigint[], attempts integer[], after_seconds double precision, is_counted boolean
) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    execute format(
        $q$update pgmq.%I as q set
            vt = clock_timestamp() + make_interval(secs => $3), read_ct = q.read_ct - case when $4 then 0 else 1 end,
            headers = private.message_headers(q.headers) || jsonb_build_object('is_waiting', true,
                'ended_count', coalesce((private.message_headers(q.headers) ->> 'ended_count')::integer, 0)
                + case when $4 then 1 else 0 end)
        from unnest($1, $2) as held (msg_id, attempt) where q.msg_id = held.msg_id and q.read_ct = held.attempt$q$,
        'q_' || queue
    ) using message_ids, attempts, after_seconds, is_counted;
    if after_seconds = 0 then
        perform pg_notify(format('pgmq.q_%s.INSERT', queue), '');
    end if;
end
$$;
comment on function private.release_messages(text, bigint[], integer[], double precision, boolean) is
'Gives messages back: anybody may read them after_seconds from now, and is woken where that is at once. Not counted,
the attempt is taken back: nothing was tried. One that somebody else has read since is left alone.';
grant execute on function private.release_messages(text, bigint[], integer[], double precision, boolean)
to ananta_worker;
