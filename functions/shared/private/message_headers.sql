-- PL/pgSQL, since a function in SQL that sets its search_path is planned anew at each call.
create or replace function private.message_headers(headers jsonb) returns jsonb
language plpgsql immutable parallel safe set search_path = '' as $$
begin
    return case
        when jsonb_typeof(headers) is distinct from 'object' then '{}'
        when headers ->> 'ended_count' ~ '^[0-9]{1,6}$' then headers
        else headers - 'ended_count'
    end;
end
$$;
comment on function private.message_headers(jsonb) is
'The headers of a message as an object whose ended_count, if it is there, is a count, whatever somebody sent';
