create or replace function private.remove_ended_messages(batch integer) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
    before constant timestamptz := now() - interval '90 days';
    archive text;
    removed integer;
    most integer := 0;
begin
    for archive in select 'a_' || m.queue_name from pgmq.meta as m loop
        execute format(
            'delete from pgmq.%1$I as a using (
                select o.msg_id from pgmq.%1$I as o where o.archived_at < $1 order by o.archived_at limit $2
            ) as old where old.msg_id = a.msg_id', archive
        ) using before, batch;
        get diagnostics removed = row_count;
        most := greatest(most, removed);
    end loop;
    delete from private.processed_events as e using (
        select o.consumer, o.event_id from private.processed_events as o where o.processed_at < before
        order by o.processed_at limit batch
    ) as old
    where e.consumer = old.consumer and e.event_id = old.event_id;
    get diagnostics removed = row_count;
    return greatest(most, removed);
end
$$;
comment on function private.remove_ended_messages(integer) is
'Removes what queues keep of messages that ended 90 days ago, up to a batch of each archive and of the ledger. Returns
the largest batch removed: full while there may be more. An event that is sent again later than that is taken for a new one.

Idempotent: yes.';
grant execute on function private.remove_ended_messages(integer) to ananta_worker;
