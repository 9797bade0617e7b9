create or replace function private.audit_row_id(changed jsonb, key_columns text[]) returns text
language plpgsql immutable parallel safe set search_path = '' as $$
begin
    if cardinality(key_columns) = 1 then
        return changed ->> key_columns[1];
    end if;
    return (
        select string_agg(changed ->> k.name, '/' order by k.place)
        from unnest(key_columns) with ordinality as k (name, place));
end
$$;
comment on function private.audit_row_id(jsonb, text[]) is
'The primary key of a row as text; several columns joined by /';
