create or replace function private.show_dead_letter(id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
    select (to_jsonb(d) - 'message') || jsonb_build_object('message', case
        when octet_length(d.message::text) > private.message_max_bytes()
            then to_jsonb('too large to show: ' || octet_length(d.message::text) || ' bytes')
        when jsonb_typeof(d.message) = 'object' then (
            select coalesce(jsonb_object_agg(m.key, case
                when jsonb_typeof(m.value) in ('array', 'object') or length(m.value::text) > 1000 then '"(not shown)"'
                when m.key in ('event_id', 'type', 'id', 'v', 'organization_id', 'tenant_id', 'correlation_id', 'run', 'after')
                    then m.value
                when jsonb_typeof(m.value) in ('number', 'boolean', 'null') then m.value
                else '"(not shown)"' end), '{}')
            from jsonb_each(d.message) as m)
        when jsonb_typeof(d.message) in ('number', 'boolean', 'null') and length(d.message::text) <= 1000 then d.message
        else '"(not shown)"' end)
    from private.dead_letters as d where d.id = show_dead_letter.id
$$;
comment on function private.show_dead_letter(uuid) is
'One message that was given up. What a message is known to carry is shown, and numbers; any other text is not, since
nobody knows what it is, nor is what readers of JSON choke on (nested values, numbers of thousands of digits).

Auth: the database''s owner (bin/ananta dead-letters).';
