create or replace function private.extend_message(
    queue text, message_id bigint, visibility_seconds integer
) returns void
language sql volatile security definer set search_path = '' as $$
    select pgmq.set_vt(queue, message_id, visibility_seconds)
$$;
comment on function private.extend_message(text, bigint, integer) is
'Hides a message for visibility_seconds from now: the heartbeat of a handler, or the back-off after a failure.';
grant execute on function private.extend_message(text, bigint, integer) to ananta_worker;
