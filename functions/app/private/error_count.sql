create or replace function private.error_count(warnings jsonb) returns integer
language sql immutable parallel safe set search_path = '' as $$
    select jsonb_array_length(jsonb_path_query_array(warnings, '$[*] ? (@.severity == "error")'))
$$;
comment on function private.error_count(jsonb) is 'How many of a line''s warnings are errors';
