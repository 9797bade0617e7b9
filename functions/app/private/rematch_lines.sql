create or replace function private.rematch_lines(organization_id uuid, bom_id uuid, lines public.bom_line_items[])
returns integer
language sql volatile security definer set search_path = '' as $$
    select private.match_alternates(rematch_lines.organization_id, array(select l.id from unnest(rematch_lines.lines) as l));
    with joined as (
        update public.bom_line_items as l set
            catalogue_part_id = p.catalogue_part_id, component_id = p.component_id, match_status = p.match_status,
            match_method = p.match_method, match_confidence = p.match_confidence
        from private.place_lines(rematch_lines.organization_id, rematch_lines.bom_id, rematch_lines.lines) as p
        where l.organization_id = rematch_lines.organization_id and l.bom_id = rematch_lines.bom_id and l.position = p.position
        returning l.match_status
    )
    select count(*) filter (where j.match_status = 'matched')::integer from joined as j
$$;
comment on function private.rematch_lines(uuid, uuid, public.bom_line_items[]) is
'Places lines that are in a BOM already (private.place_lines), and writes to them what they are. Returns how many match.

Errors: quota_exceeded (402). Effects: components, counted. Idempotent: yes.';
