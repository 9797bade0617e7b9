-- Not pgmq.read: it takes the lowest msg_id first, walking over all that are hidden, and knows no tenants. Here both
-- the next tenant and its first message are found in the index by owner and time, whatever else is in the queue. (An
-- EXISTS may be joined, and read the queue whole; so may a look without order.)
create or replace function private.take_messages(
    queue text, visibility_seconds integer, quantity integer, after_owner text, busy_owners text[], share integer
)
returns table (
    msg_id bigint, read_count integer, attempt integer, death_count integer, owner text, is_processed boolean,
    is_too_large boolean, message jsonb
)
language plpgsql volatile security definer set search_path = '' as $$
begin
    return query execute format(
        $q$
        with recursive after (owner) as (
            (select private.message_owner(q.message) as o from pgmq.%1$I as q where private.message_owner(q.message) > $3
            order by o limit 1)
            union all
            select (select private.message_owner(q.message) as o from pgmq.%1$I as q
            where private.message_owner(q.message) > a.owner order by o limit 1) from after as a where a.owner is not null
        ), before (owner) as (
            (select private.message_owner(q.message) as o from pgmq.%1$I as q where private.message_owner(q.message) >= ''
            order by o limit 1)
            union all
            select (select private.message_owner(q.message) as o from pgmq.%1$I as q
            where private.message_owner(q.message) > b.owner order by o limit 1) from before as b where b.owner < $3
        ), turns as materialized (
            select w.owner, w.room from (
                select o.owner, case o.owner when '' then $2 else $5 - cardinality(array_positions($4, o.owner)) end as room
                from (select a.owner from after as a union all select b.owner from before as b where b.owner <= $3) as o
            ) as w
            where w.room > 0 and w.owner is not null and (
                select true from pgmq.%1$I as q
                where private.message_owner(q.message) = w.owner and q.vt <= $1 order by q.vt limit 1)
            limit $2
        ), picked as (
            select p.msg_id from turns as t cross join lateral (
                select q.msg_id from pgmq.%1$I as q
                where private.message_owner(q.message) = t.owner and q.vt <= $1 order by q.vt
                limit least(t.room, (select ceil($2::numeric / count(*)) from turns)) for update skip locked
            ) as p limit $2
        )
        update pgmq.%1$I as q set
            vt = clock_timestamp() + make_interval(secs => $6), read_ct = q.read_ct + 1, last_read_at = clock_timestamp(),
            headers = private.message_headers(q.headers) - 'is_waiting'
        from picked as p where p.msg_id = q.msg_id
        returning q.msg_id, q.read_ct, q.read_ct - (q.headers -> 'uncounted_count')::integer,
            q.read_ct - 1 - (q.headers -> 'ended_count')::integer,
            private.message_owner(q.message), exists (
                select from private.processed_events as e
                where e.consumer = $7 and e.event_id = private.message_event_id(q.message)
            ), octet_length(q.message::text) > private.message_max_bytes(),
            case when octet_length(q.message::text) <= private.message_max_bytes() then q.message end
        $q$, 'q_' || queue
    ) using clock_timestamp(), quantity, after_owner, busy_owners, share, visibility_seconds, queue;
end
$$;
comment on function private.take_messages(text, integer, integer, text, text[], integer) is
'Takes up to quantity messages that are due and hides them for visibility_seconds. Tenants take turns, beginning with
the one after after_owner; of one tenant come at most share, less those in busy_owners (an entry for each message).

read_count: how often it was read, by which whoever holds it proves that nobody read it since. attempt: the same without
those that were none. death_count: earlier readings of which nobody said how they ended. is_processed: the ledger has the event. message: null
where it is too large. Effects: counts an attempt on each; commit before the work, or a poison message is never counted.';
grant execute on function private.take_messages(text, integer, integer, text, text[], integer) to ananta_worker;
