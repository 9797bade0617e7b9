create or replace function private.line_key(
    mpn text, manufacturer text, supplier text, supplier_sku text, value text, package text, description text
) returns text
language sql immutable parallel safe set search_path = '' as $$
    select case
        when private.normalize_mpn(mpn) is not null
            then 'mpn:' || left(private.normalize_mpn(mpn), 200) || '/' || private.normalize_manufacturer(coalesce(manufacturer, ''))
        when private.normalize_mpn(supplier_sku) is not null
            then 'sku:' || left(private.normalize_mpn(supplier_sku), 200) || '/'
                || private.normalize_manufacturer(coalesce(supplier, ''))
        else 'text:' || md5(lower(regexp_replace(
            concat_ws('|', coalesce(value, ''), coalesce(package, ''), coalesce(description, '')), '\s+', ' ', 'g')))
    end
$$;
comment on function private.line_key(text, text, text, text, text, text, text) is
'What a line says, as compared with what other lines say: part number and maker, else supplier number, else its text';
