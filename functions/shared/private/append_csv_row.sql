create or replace function private.append_csv_row(rows text[], next_row anyelement) returns text[]
language sql immutable parallel safe set search_path = '' as $$
    select array_append(append_csv_row.rows, case
        when json_typeof(n.cells) = 'object' and pg_typeof(append_csv_row.next_row) not in ('json'::regtype, 'jsonb'::regtype)
        then n.cells::text else json_build_object('pgrst_scalar', n.cells)::text end)
    from (select to_json(append_csv_row.next_row) as cells) as n
$$;
comment on function private.append_csv_row(text[], anyelement) is
'Step of the aggregate format_csv: a row as JSON; a function''s single value under the name that PostgREST gives it';
