-- PL/pgSQL, since a function in SQL that sets its search_path is planned anew at each call.
create or replace function private.current_correlation_id() returns text
language plpgsql stable set search_path = '' as $$
begin
    return coalesce(
        nullif(current_setting('ananta.correlation_id', true), ''),
        nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-correlation-id'
    );
end
$$;
comment on function private.current_correlation_id() is
'The correlation id of this request or message, or null.

Set by the edge and the workers (ananta.correlation_id), by PostgREST as a request header.';
grant execute on function private.current_correlation_id()
to anon, authenticated, platform_admin, ananta_edge, ananta_worker;
