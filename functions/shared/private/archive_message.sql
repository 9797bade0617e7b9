create or replace function private.archive_message(queue text, message_id bigint) returns boolean
language sql volatile security definer set search_path = '' as $$
    select pgmq.archive(queue, message_id)
$$;
comment on function private.archive_message(text, bigint) is
'Ends a message: call it in the transaction of its effect. False when another worker ended it already.';
grant execute on function private.archive_message(text, bigint) to ananta_worker;
