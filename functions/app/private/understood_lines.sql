create or replace function private.understood_lines(
    organization_id uuid, ids uuid[], parts uuid[], confidences numeric[]
)
returns table (
    id uuid, "position" integer, catalogue_part_id uuid, mpn text, manufacturer text, description text, package text,
    internal_number text, normalized_mpn text, normalized_manufacturer text
)
language sql stable security definer set search_path = '' as $$
    select l.id, l.position, p.id, coalesce(p.mpn, l.mpn), coalesce(f.name, l.manufacturer),
        coalesce(p.description, l.description), coalesce(l.package, p.package), l.internal_number,
        coalesce(p.normalized_mpn, l.normalized_mpn), coalesce(f.normalized_name, private.normalize_manufacturer(coalesce(l.manufacturer, '')))
    from unnest(understood_lines.ids, understood_lines.parts, understood_lines.confidences) as m (id, part_id, confidence)
    join public.bom_line_items as l on l.id = m.id and l.organization_id = understood_lines.organization_id
    left join public.catalogue_parts as p on p.id = m.part_id and m.confidence >= 0.70
    left join public.manufacturers as f on f.id = p.manufacturer_id
    where coalesce(p.normalized_mpn, l.normalized_mpn) is not null and length(coalesce(p.mpn, l.mpn)) <= 200
$$;
comment on function private.understood_lines(uuid, uuid[], uuid[], numeric[]) is
'Those of the lines that name a part: as the catalogue writes it where the match is sure, as the file does where not';
