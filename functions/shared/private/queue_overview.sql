create or replace function private.queue_overview()
returns table (
    queue text, message_count bigint, ready_count bigint, in_flight_count bigint, waiting_count bigint,
    oldest_seconds double precision, dead_letter_count bigint, breakers jsonb
)
language plpgsql stable security definer set search_path = '' as $$
begin
    for queue in select m.queue_name from pgmq.meta as m order by m.queue_name loop
        execute format(
            $q$select count(*), count(*) filter (where q.vt <= now()),
                count(*) filter (where q.vt > now() and q.read_ct > 0 and not coalesce(q.headers ? 'is_waiting', false)),
                count(*) filter (where q.vt > now() and (q.read_ct = 0 or coalesce(q.headers ? 'is_waiting', false))),
                extract(epoch from now() - min(q.enqueued_at))
            from pgmq.%I as q$q$, 'q_' || queue
        ) into message_count, ready_count, in_flight_count, waiting_count, oldest_seconds;
        select count(*) into dead_letter_count from private.dead_letters as d where d.queue = queue_overview.queue;
        select coalesce(jsonb_agg(jsonb_build_object('system', b.system, 'cause', b.cause,
            'failures', b.failure_count, 'openedAt', b.opened_at, 'retryAt', b.retry_at) order by b.system), '[]')
        into breakers from private.breakers as b where b.queue = queue_overview.queue;
        return next;
    end loop;
end
$$;
comment on function private.queue_overview() is
'Every queue of this plane: messages in all, ready to be read, being worked on, and waiting for a time to come; age of
the oldest; dead letters; outside systems it waits for {system, cause, failures, openedAt, retryAt}.

Auth: the database''s owner (bin/ananta queues).';
