create or replace function private.insert_bom_alternates(bom public.boms, lines json) returns void
language sql volatile security definer set search_path = '' as $$
    insert into public.bom_line_alternates (
        organization_id, bom_id, bom_line_item_id, rank, row_number, mpn, manufacturer, supplier, supplier_sku
    )
    select bom.organization_id, bom.id, i.id, a.rank, (a.said ->> 'row_number')::integer, a.said ->> 'mpn',
        a.said ->> 'manufacturer', a.said ->> 'supplier', a.said ->> 'supplier_sku'
    from json_to_recordset(lines) as l (position integer, alternates jsonb)
    join public.bom_line_items as i
        on i.organization_id = bom.organization_id and i.bom_id = bom.id and i.position = l.position,
        jsonb_array_elements(l.alternates) with ordinality as a (said, rank)
    where l.alternates <> '[]'
$$;
comment on function private.insert_bom_alternates(public.boms, json) is
'The second sources of the lines of a BOM, as a parser gives them.

lines: array of {position, alternates [{row_number, mpn, manufacturer, supplier, supplier_sku}]}.';
