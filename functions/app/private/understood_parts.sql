create or replace function private.understood_parts(organization_id uuid, bom_id uuid)
returns table (
    bom_line_item_id uuid, "position" integer, mpn text, manufacturer text, catalogue_part_id uuid, description text,
    package text, normalized_mpn text, normalized_manufacturer text
)
language sql stable security definer set search_path = '' as $$
    select l.id, l.position, coalesce(p.mpn, l.mpn), coalesce(m.name, l.manufacturer), p.id,
        coalesce(p.description, l.description), coalesce(l.package, p.package),
        private.normalize_mpn(coalesce(p.mpn, l.mpn)),
        private.normalize_manufacturer(coalesce(m.name, l.manufacturer, ''))
    from public.bom_line_items as l
    left join public.catalogue_parts as p on p.id = l.catalogue_part_id and l.match_status = 'matched'
    left join public.manufacturers as m on m.id = p.manufacturer_id
    where l.organization_id = understood_parts.organization_id and l.bom_id = understood_parts.bom_id
        and coalesce(p.normalized_mpn, l.normalized_mpn) is not null and length(coalesce(p.mpn, l.mpn)) <= 200
$$;
comment on function private.understood_parts(uuid, uuid) is
'Lines of a BOM that name a part, as the catalogue writes it where matched, as the file does where not';
