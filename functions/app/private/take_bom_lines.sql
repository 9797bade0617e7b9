create or replace function private.take_bom_lines(
    bom_id uuid, run integer, line_count integer, first_position integer, lines json
)
returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
    bom public.boms;
    parsed constant public.bom_line_items[] := array(
        select l from json_populate_recordset(null::public.bom_line_items, take_bom_lines.lines) as l);
    last_position constant integer := first_position + cardinality(parsed) - 1;
    matched_count integer;
    refusal text;
begin
    if exists (
        select from unnest(parsed) with ordinality as l where l.position is distinct from first_position + l.ordinality - 1
    ) then
        raise exception using errcode = 'PT422', message = 'lines_invalid', detail = '{}', hint = 'Number the lines in order.';
    end if;
    select b.* into bom from public.boms as b
    where b.id = take_bom_lines.bom_id and b.import_run = run and b.status = 'parsing'
        and b.processed_line_count = first_position - 1 for no key update;
    if not found then
        return null;
    end if;
    if first_position = 1 then
        delete from public.bom_line_items as l where l.organization_id = bom.organization_id and l.bom_id = bom.id;
    end if;
    begin
        matched_count := private.insert_bom_lines(bom, parsed);
        if strpos(take_bom_lines.lines::text, '"alternates":') > 0 then
            perform private.insert_bom_alternates(bom, take_bom_lines.lines);
            perform private.match_alternates(bom.organization_id, array(
                select l.id from public.bom_line_items as l
                where l.organization_id = bom.organization_id and l.bom_id = bom.id and not bom.has_review
                    and l.position between first_position and last_position));
        end if;
    exception
        when sqlstate 'PT402' then
            get stacked diagnostics refusal = pg_exception_detail;
    end;
    if refusal is not null then
        perform private.refuse_import(bom.id, run, refusal);
        return null;
    end if;
    update public.boms as b set
        line_count = take_bom_lines.line_count, processed_line_count = last_position,
        matched_line_count = b.matched_line_count + matched_count, updated_at = now()
    where b.id = bom.id;
    return last_position;
end
$$;
comment on function private.take_bom_lines(uuid, integer, integer, integer, json) is
'Takes the next lines of a BOM in, matched unless it is reviewed; the first of them replace those of an earlier import.
Returns the position of the last; null when the BOM is not being parsed by this run, when these are not its next lines,
or when they are refused: then there is no more to do.

line_count: of the whole file. lines: array of at least one row of public.bom_line_items as far as a file says it, with
alternates as private.insert_bom_alternates; what is not there is null. A chunk over the limit of components fails the
import as a whole.
Errors: lines_invalid (422). Effects: components, counted; progress in boms.processed_line_count. Idempotent: yes.';
grant execute on function private.take_bom_lines(uuid, integer, integer, integer, json) to ananta_worker;
