create or replace function private.bom_fields() returns text[]
language sql immutable parallel safe set search_path = '' as $$
    select array[
        'item', 'level', 'references', 'quantity', 'unit', 'mpn', 'manufacturer', 'supplier', 'supplier_sku', 'internal_number',
        'value', 'package', 'description', 'dnp', 'fitted', 'notes', 'unit_price', 'variant'
    ]
$$;
comment on function private.bom_fields() is 'Fields that a column of a BOM file may feed, as the parser names them';
