create or replace function private.speaks_of_hidden(said text) returns boolean
language sql immutable set search_path = '' as $$
    select said is null
$$;
comment on function private.speaks_of_hidden(text) is
'Whether a request or its answer names what is hidden from the caller now: nothing is, within a tenant of this plane.';
grant execute on function private.speaks_of_hidden(text) to ananta_edge;
