create or replace function private.understand_lines(organization_id uuid, lines public.bom_line_items[])
returns setof private.understood_line
language sql stable security definer set search_path = '' as $$
    with said as materialized (
        select l.ordinality as ordinal, l.position, l.mpn, private.normalize_mpn(l.mpn) as normalized_mpn, l.manufacturer, l.supplier,
            l.supplier_sku, l.value, l.package, l.description, l.internal_number
        from unnest(understand_lines.lines) with ordinality as l
    ), given as (
        select array_agg(s.normalized_mpn order by s.ordinal) as mpns, array_agg(s.manufacturer order by s.ordinal) as manufacturers,
            array_agg(s.supplier order by s.ordinal) as suppliers, array_agg(s.supplier_sku order by s.ordinal) as supplier_skus
        from said as s
    ), picked as materialized (
        select s.ordinal, p.catalogue_part_id from public.part_picks as p join said as s on p.line_key = private.line_key(
            s.mpn, s.manufacturer, s.supplier, s.supplier_sku, s.value, s.package, s.description)
        where p.organization_id = understand_lines.organization_id
    ), matched as (
        select p.ordinal, p.catalogue_part_id, 'pick' as method, 1.00 as confidence from picked as p
        union all
        select m.ordinal, m.catalogue_part_id, m.method, m.confidence
        from given as g, private.match_parts(g.mpns, g.manufacturers, g.suppliers, g.supplier_skus) as m
        where not exists (select from picked where picked.ordinal = m.ordinal)
    ), understood as (
        select s.position, m.catalogue_part_id, m.method, m.confidence, coalesce(p.mpn, s.mpn) as mpn,
            coalesce(f.name, s.manufacturer) as manufacturer, coalesce(p.description, s.description) as description,
            coalesce(s.package, p.package) as package, s.internal_number, coalesce(p.normalized_mpn, s.normalized_mpn) as normalized_mpn,
            coalesce(f.normalized_name, private.normalize_manufacturer(coalesce(s.manufacturer, ''))) as normalized_manufacturer
        from said as s
        left join matched as m on m.ordinal = s.ordinal
        left join public.catalogue_parts as p on p.id = m.catalogue_part_id and m.confidence >= 0.70
        left join public.manufacturers as f on f.id = p.manufacturer_id
    )
    select u.position, u.catalogue_part_id, u.method, u.confidence, u.mpn, u.manufacturer, u.description, u.package, u.internal_number,
        case when length(u.mpn) <= 200 then u.normalized_mpn end, u.normalized_manufacturer
    from understood as u
$$;
comment on function private.understand_lines(uuid, public.bom_line_items[]) is
'What each line is: what a person of the organization picked for lines that say the same (the part is null where they
said that none is), else private.match_parts; and the part it names. normalized_mpn is null where it names none.';
