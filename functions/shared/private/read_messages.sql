create or replace function private.read_messages(queue text, visibility_seconds integer, quantity integer)
returns table (msg_id bigint, read_ct integer, enqueued_at timestamptz, message jsonb)
language sql volatile security definer set search_path = '' as $$
    select m.msg_id, m.read_ct, m.enqueued_at, m.message
    from pgmq.read(queue, visibility_seconds, quantity) as m
$$;
comment on function private.read_messages(text, integer, integer) is
'Takes up to quantity messages and hides them for visibility_seconds.

Effects: counts an attempt on each; commit before the work, or a poison message is never counted.';
grant execute on function private.read_messages(text, integer, integer) to ananta_worker;
