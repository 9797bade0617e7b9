-- PL/pgSQL, since a function in SQL that sets its search_path is planned anew at each call.
create or replace function private.message_event_id(message jsonb) returns uuid
language plpgsql immutable parallel safe set search_path = '' as $$
begin
    return case
        when message ->> 'event_id' ~ '^[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}$' then (message ->> 'event_id')::uuid
    end;
end
$$;
comment on function private.message_event_id(jsonb) is 'The event_id of a message, or null where it has none';
