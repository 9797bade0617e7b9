-- PL/pgSQL, since a function in SQL that sets its search_path is planned anew at each call.
create or replace function private.message_headers(headers jsonb) returns jsonb
language plpgsql immutable parallel safe set search_path = '' as $$
begin
    return case jsonb_typeof(headers) when 'object' then headers else '{}' end || jsonb_build_object(
        'ended_count', case when headers ->> 'ended_count' ~ '^[0-9]{1,6}$' then headers ->> 'ended_count' else '0' end::integer,
        'uncounted_count',
        case when headers ->> 'uncounted_count' ~ '^[0-9]{1,6}$' then headers ->> 'uncounted_count' else '0' end::integer
    );
end
$$;
comment on function private.message_headers(jsonb) is
'The headers of a message as an object, whatever somebody sent. ended_count: how many readings somebody said the end of;
uncounted_count: how many of them were no attempt, since an outside system was down or the worker was stopped';
