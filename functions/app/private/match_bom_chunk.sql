create or replace function private.match_bom_chunk(bom_id uuid, run integer, chunk_size integer) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
    bom public.boms;
    last_position integer;
    matched_count integer;
    refusal text;
begin
    select b.* into bom from public.boms as b
    where b.id = match_bom_chunk.bom_id and b.import_run = run and b.status in ('parsed', 'matching') for no key update;
    if not found then
        return null;
    end if;
    last_position := least(bom.processed_line_count + chunk_size, bom.line_count);
    begin
        matched_count := private.rematch_lines(bom.organization_id, bom.id, array(
            select l from public.bom_line_items as l
            where l.organization_id = bom.organization_id and l.bom_id = bom.id
                and l.position between bom.processed_line_count + 1 and last_position));
    exception
        when sqlstate 'PT402' then
            get stacked diagnostics refusal = pg_exception_detail;
    end;
    if refusal is not null then
        perform private.refuse_import(bom.id, run, refusal);
        return null;
    end if;
    update public.boms as b set
        status = 'matching', processed_line_count = last_position, matched_line_count = b.matched_line_count + matched_count,
        updated_at = now()
    where b.id = bom.id;
    if last_position < bom.line_count then
        perform private.enqueue_import(bom, 'bom.parsed');
    else
        perform private.complete_bom_import(bom.id, run);
    end if;
    return last_position;
end
$$;
comment on function private.match_bom_chunk(uuid, integer, integer) is
'Matches the next chunk_size lines of a BOM whose review is over, and enqueues the next chunk, or completes the import.
Null when nothing is to match by this run.

A chunk over the limit of components fails the import as a whole.
Effects: components, counted; message bom.parsed for the next chunk; progress in boms.processed_line_count.';
grant execute on function private.match_bom_chunk(uuid, integer, integer) to ananta_worker;
