create or replace function private.match_lines(bom_id uuid, first_position integer, last_position integer)
returns table (id uuid, catalogue_part_id uuid, method text, confidence numeric)
language sql stable security definer set search_path = '' as $$
    select m.id, m.catalogue_part_id, m.method, m.confidence
    from (
        select array_agg(l.id) as ids, array_agg(l.mpn) as mpns, array_agg(l.manufacturer) as manufacturers,
            array_agg(l.supplier) as suppliers, array_agg(l.supplier_sku) as supplier_skus
        from public.bom_line_items as l
        where l.bom_id = match_lines.bom_id and l.position between match_lines.first_position and match_lines.last_position
            and l.organization_id = (select b.organization_id from public.boms as b where b.id = match_lines.bom_id)
    ) as l, private.match_parts(l.ids, l.mpns, l.manufacturers, l.suppliers, l.supplier_skus) as m
$$;
comment on function private.match_lines(uuid, integer, integer) is
'private.match_parts for the lines of a BOM in a range of positions';
