-- pgmq keeps the throttle of its insert-notify in an unlogged table: after a crash of the server it is empty, and no
-- notification would ever be sent again.
create or replace function private.watch_queue(queue text) returns void
language sql volatile security definer set search_path = '' as $$
    insert into pgmq.notify_insert_throttle (queue_name, throttle_interval_ms)
    select m.queue_name, 100 from pgmq.meta as m where m.queue_name = watch_queue.queue
    on conflict (queue_name) do nothing
$$;
comment on function private.watch_queue(text) is
'Makes sure that inserts into a queue are notified: call it before listening.

Idempotent: yes.';
grant execute on function private.watch_queue(text) to ananta_worker;
