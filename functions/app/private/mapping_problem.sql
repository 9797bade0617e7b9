create or replace function private.mapping_problem(mapping jsonb, known_columns jsonb) returns text
language sql immutable set search_path = '' as $$
    select case
        when jsonb_typeof(mapping) is distinct from 'object' then 'the mapping must be an object'
        when exists (select from jsonb_object_keys(mapping) as k where k not in ('sheet', 'header_row', 'columns', 'remember'))
            then 'only sheet, header_row, columns and remember can be given'
        when coalesce(jsonb_typeof(mapping -> 'sheet') <> 'string', false) then 'sheet must be a text'
        when coalesce(not mapping -> 'header_row' @? '$ ? (@.type() == "number" && @ >= 0 && @ <= 1000000 && @ == @.floor())', false)
            then 'header_row must be a row number, or 0 for none'
        when coalesce(jsonb_typeof(mapping -> 'remember') <> 'boolean', false) then 'remember must be true or false'
        when coalesce(jsonb_typeof(mapping -> 'columns') <> 'object', false) then 'columns must be an object'
        when length(mapping::text) > 20000 then 'the mapping is longer than 20,000 characters'
        else (
            select coalesce(
                min('the field ' || left(f.field, 60) || ' is not one of ' || array_to_string(private.bom_fields(), ', '))
                    filter (where f.field <> all (private.bom_fields())),
                min('the field ' || f.field || ' needs a list of header texts or column numbers') filter (where not f.is_list),
                min('the column ' || left(f.missing, 200) || ' is not in the file') filter (where f.missing is not null))
            from (
                select e.key as field, jsonb_typeof(e.value) = 'array' and e.value <> '[]'
                    and not e.value @? '$[*] ? (!(@.type() == "string" || (@.type() == "number" && @ >= 1 && @ == @.floor())))'
                    as is_list, (
                        select min(c.value #>> '{}')
                        from jsonb_array_elements(case when jsonb_typeof(e.value) = 'array' then e.value else '[]' end) as c
                        where jsonb_typeof(known_columns) = 'array' and not exists (
                            select from jsonb_array_elements(known_columns) as k
                            where c.value in (k.value -> 'name', k.value -> 'number'))) as missing
                from jsonb_each(case when jsonb_typeof(mapping -> 'columns') = 'object' then mapping -> 'columns' else '{}' end) as e
            ) as f
        )
    end
$$;
comment on function private.mapping_problem(jsonb, jsonb) is
'What is wrong with a mapping, null for nothing. known_columns: array of {name, number}, or null where they are not
known yet';
