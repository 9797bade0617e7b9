create or replace function private.current_traceparent() returns text
language plpgsql stable set search_path = '' as $$
declare
    given constant text := coalesce(
        nullif(current_setting('ananta.traceparent', true), ''),
        nullif(current_setting('request.headers', true), '')::jsonb ->> 'traceparent'
    );
begin
    return case when given ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$' then given end;
end
$$;
comment on function private.current_traceparent() is
'The trace of this request or message (W3C traceparent), or null where it is not traced.

Set by the edge and the workers (ananta.traceparent), by PostgREST as a request header; anything else is no trace.';
