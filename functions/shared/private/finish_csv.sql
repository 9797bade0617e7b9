-- A definer: clients may call the aggregate, and none of the functions it is made of. It reads no table.
create or replace function private.finish_csv(rows text[]) returns private."text/csv"  -- noqa: RF05
language sql immutable parallel safe security definer set search_path = '' as $$
    select concat(
        (select private.csv_line(json_object_agg(k.place, k.name))
         from json_object_keys(finish_csv.rows[1]::json) with ordinality as k (name, place)),
        (select string_agg(concat(e'\n', private.csv_line(r.cells::json)), '' order by r.place)
         from unnest(finish_csv.rows) with ordinality as r (cells, place)))
$$;
comment on function private.finish_csv(text[]) is
'End of the aggregate format_csv: a line of names, then a line a row; without rows nothing';
