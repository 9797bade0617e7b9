create or replace function private.match_alternates(organization_id uuid, line_ids uuid[]) returns void
language sql volatile security definer set search_path = '' as $$
    update public.bom_line_alternates as a set
        catalogue_part_id = m.catalogue_part_id, match_method = m.method, match_confidence = m.confidence
    from (
        select array_agg(b.id) as ids, array_agg(b.normalized_mpn) as mpns, array_agg(b.manufacturer) as manufacturers,
            array_agg(b.supplier) as suppliers, array_agg(b.supplier_sku) as supplier_skus
        from unnest(match_alternates.line_ids) as i (id)
        join public.bom_line_alternates as b
            on b.organization_id = match_alternates.organization_id and b.bom_line_item_id = i.id
        having count(*) > 0
    ) as s, private.match_parts(s.mpns, s.manufacturers, s.suppliers, s.supplier_skus) as m
    where a.id = s.ids[m.ordinal] and a.organization_id = match_alternates.organization_id
$$;
comment on function private.match_alternates(uuid, uuid[]) is
'Matches the second sources of lines, as lines are matched';
