create or replace function private.message_event_id(message jsonb) returns uuid
language sql immutable parallel safe set search_path = '' as $$
    select case
        when message ->> 'event_id' ~ '^[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}$' then (message ->> 'event_id')::uuid
    end
$$;
comment on function private.message_event_id(jsonb) is 'The event_id of a message, or null where it has none';
