create or replace function private.join_lines(
    organization_id uuid, line_ids uuid[], parts uuid[], methods text[], confidences numeric[]
) returns integer
language sql volatile security definer set search_path = '' as $$
    with joined as (
        update public.bom_line_items as l set
            catalogue_part_id = m.part_id, match_method = m.method, component_id = c.id,
            match_confidence = case when m.part_id is not null then m.confidence end,
            match_status = case when m.part_id is null then 'unmatched' when m.confidence >= 0.70 then 'matched' else 'suggested' end
        from unnest(line_ids, parts, methods, confidences) as m (id, part_id, method, confidence)
        left join private.understood_lines(join_lines.organization_id, line_ids, parts, confidences) as u on u.id = m.id
        left join public.components as c on c.organization_id = join_lines.organization_id
            and c.normalized_mpn = u.normalized_mpn and c.normalized_manufacturer = u.normalized_manufacturer
        where l.id = m.id and l.organization_id = join_lines.organization_id
        returning l.match_status
    )
    select count(*) filter (where j.match_status = 'matched')::integer from joined as j
$$;
comment on function private.join_lines(uuid, uuid[], uuid[], text[], numeric[]) is
'Writes what was found for lines, and joins each with its component. Returns how many match';
