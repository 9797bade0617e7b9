create or replace function private.name_session(correlation_id text, traceparent text) returns void
language plpgsql volatile set search_path = '' as $$
begin
    perform set_config('ananta.correlation_id', coalesce(name_session.correlation_id, ''), true),
        set_config('ananta.traceparent', coalesce(name_session.traceparent, ''), true);
    if name_session.correlation_id <> '' then
        perform set_config('application_name', left(name_session.correlation_id, 63), true);
    end if;
end
$$;
comment on function private.name_session(text, text) is
'Says for the rest of this transaction on whose behalf it runs: the correlation id (rows and messages take it; the
server''s log and pg_stat_activity show it as application name) and the trace.

Auth: edges and workers. Errors: none. Effects: none. Idempotent: yes.';
grant execute on function private.name_session(text, text) to ananta_edge, ananta_worker;
