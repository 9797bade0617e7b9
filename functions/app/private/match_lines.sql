create or replace function private.match_lines(organization_id uuid, line_ids uuid[])
returns table (id uuid, catalogue_part_id uuid, method text, confidence numeric)
language sql stable security definer set search_path = '' as $$
    with lines as materialized (
        select l.* from unnest(match_lines.line_ids) as i (id) join public.bom_line_items as l on l.id = i.id
        where l.organization_id = match_lines.organization_id
    ), picked as materialized (
        select l.id, p.catalogue_part_id from public.part_picks as p join lines as l on p.line_key = private.line_key(
            l.mpn, l.manufacturer, l.supplier, l.supplier_sku, l.value, l.package, l.description)
        where p.organization_id = match_lines.organization_id
    ), others as (
        select array_agg(l.id) as ids, array_agg(l.normalized_mpn) as mpns, array_agg(l.manufacturer) as manufacturers,
            array_agg(l.supplier) as suppliers, array_agg(l.supplier_sku) as supplier_skus
        from lines as l where not exists (select from picked where picked.id = l.id)
    )
    select p.id, p.catalogue_part_id, 'pick', 1.00 from picked as p
    union all
    select m.id, m.catalogue_part_id, m.method, m.confidence
    from others as o, private.match_parts(o.ids, o.mpns, o.manufacturers, o.suppliers, o.supplier_skus) as m
$$;
comment on function private.match_lines(uuid, uuid[]) is
'What each line is: what a person of the organization picked for lines that say the same (the part is null where they
said that none is), else private.match_parts. Lines without a candidate have no row.';
