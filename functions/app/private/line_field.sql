create or replace function private.line_field(line jsonb, field text) returns jsonb
language sql immutable parallel safe set search_path = '' as $$
    select line -> case field when 'references' then 'reference_designators' when 'dnp' then 'is_dnp' else field end
$$;
comment on function private.line_field(jsonb, text) is
'What a line holds in a field as the parser names it; null for no field';
