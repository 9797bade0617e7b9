create or replace function private.message_max_bytes() returns integer
language plpgsql immutable parallel safe set search_path = '' as $$
begin
    return 262144;
end
$$;
comment on function private.message_max_bytes() is
'How long a message may be, as text: it names a row and carries no data. A longer one is given up unread';
