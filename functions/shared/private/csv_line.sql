create or replace function private.csv_line(cells json) returns text
language sql immutable parallel safe set search_path = '' as $$
    select string_agg(
        case
            when c.kind = 'null' then ''
            when c.kind in ('number', 'boolean') then c.written
            when c.written ~ '[",;\t\r\n]|^$|^ | $' then '"' || replace(private.escape_formula(c.written), '"', '""') || '"'
            else private.escape_formula(c.written)
        end, ',' order by c.place)
    from (
        select json_typeof(e.cell) as kind, e.cell #>> '{}' as written, e.place
        from json_each(csv_line.cells) with ordinality as e (name, cell, place)
    ) as c
$$;
comment on function private.csv_line(json) is
'The values of an object as a line of CSV (RFC 4180), without its end: texts escaped by escape_formula, numbers and
booleans as they are, null as nothing, an empty text as "", arrays and objects as JSON.';
