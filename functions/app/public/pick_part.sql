-- A definer, since matches are not a client's to write; the caller's organization and permission are checked first.
create or replace function public.pick_part(bom_line_item_id uuid, catalogue_part_id uuid)
returns setof public.bom_line_items
language plpgsql volatile security definer set search_path = '' as $$
declare
    line public.bom_line_items;
    bom public.boms;
    alike uuid[];
begin
    select l.* into line from public.bom_line_items as l
    where l.id = pick_part.bom_line_item_id and l.organization_id = private.current_organization_id();
    bom := private.require_bom(line.bom_id);
    if pick_part.catalogue_part_id is not null
        and not exists (select from public.catalogue_parts as p where p.id = pick_part.catalogue_part_id) then
        raise exception using
            errcode = 'PT404', message = 'part_not_found', detail = '{}', hint = 'Pick a row of catalogue_parts, or null for none.';
    end if;
    alike := private.remember_pick(line, pick_part.catalogue_part_id);
    if bom.status = 'ready' then
        perform private.rematch_lines(bom.organization_id, bom.id, array(
            select l from public.bom_line_items as l where l.organization_id = bom.organization_id and l.id = any (alike)));
        perform private.drop_brought_components(bom.organization_id, bom.id);
        delete from public.enrichment_queue as q
        where q.organization_id = bom.organization_id and q.bom_line_item_id = any (alike);
        update public.boms as b set updated_at = now(), matched_line_count = (
            select count(*) from public.bom_line_items as l
            where l.organization_id = bom.organization_id and l.bom_id = bom.id and l.match_status = 'matched')
        where b.id = bom.id;
    end if;
    return query select l.* from public.bom_line_items as l
    where l.organization_id = bom.organization_id and l.id = any (alike) order by l.position;
end
$$;
comment on function public.pick_part(uuid, uuid) is
'A person says which catalogue part a line is, or with null that none is.

It holds for all lines of the BOM that say the same, and for later imports of the organization (part_picks; delete the
row to forget it). Returns the lines it holds for.

Auth: permission boms:write. Errors: permission_denied (403), bom_not_found (404), part_not_found (404),
quota_exceeded (402).
Effects: components, counted. Idempotent: yes.';
grant execute on function public.pick_part(uuid, uuid) to authenticated;
