create or replace function private.search_term(mpn text, supplier_sku text, value text) returns text
language sql immutable parallel safe set search_path = '' as $$
    select t.term from (
        select coalesce(private.normalize_mpn(mpn), private.normalize_mpn(case when value ~* '^[a-z]{2,}.*[0-9]' then value end),
            private.normalize_mpn(supplier_sku)) as term
    ) as t where length(t.term) between 5 and 60
$$;
comment on function private.search_term(text, text, text) is
'What to look for in the catalogue for a line: its part number, else a value that reads like one, else its supplier
number; null where that is too short to mean anything';
