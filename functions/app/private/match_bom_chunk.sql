create or replace function private.match_bom_chunk(bom_id uuid, chunk_size integer) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
    bom public.boms;
    last_position integer;
begin
    select b.* into bom from public.boms as b
    where b.id = match_bom_chunk.bom_id and b.status in ('parsed', 'matching') for update;
    if not found then
        return null;
    end if;
    last_position := least(bom.processed_line_count + chunk_size, bom.line_count);
    update public.bom_line_items as l set
        catalogue_part_id = m.catalogue_part_id, match_method = m.method, match_confidence = m.confidence,
        match_status = case when m.confidence >= 0.70 then 'matched' when m.confidence is not null then 'suggested' else 'unmatched' end
    from public.bom_line_items as target
    left join private.match_lines(bom.id, bom.processed_line_count + 1, last_position) as m on m.id = target.id
    where l.id = target.id and target.organization_id = bom.organization_id and target.bom_id = bom.id
        and target.position between bom.processed_line_count + 1 and last_position;
    update public.boms as b set status = 'matching', processed_line_count = last_position, updated_at = now(),
        matched_line_count = (
            select count(*) from public.bom_line_items as l
            where l.organization_id = bom.organization_id and l.bom_id = bom.id and l.match_status = 'matched')
    where b.id = bom.id;
    perform private.enqueue('bom_imports',
        case when last_position < bom.line_count then 'bom.parsed' else 'bom.matched' end, bom.id::text,
        jsonb_build_object('organization_id', bom.organization_id));
    return last_position;
end
$$;
comment on function private.match_bom_chunk(uuid, integer) is
'Matches the next chunk_size lines of a BOM and enqueues the next chunk, or the end. Null when nothing is to match.

Effects: message bom.parsed or bom.matched; progress in boms.processed_line_count.';
grant execute on function private.match_bom_chunk(uuid, integer) to ananta_worker;
