create or replace function private.finish_bom_lines(bom_id uuid, run integer, parse_result json) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare
    bom public.boms;
begin
    update public.boms as b set
        status = case when b.has_review then 'in_review' else 'matching' end, parse_result = finish_bom_lines.parse_result::jsonb,
        processed_line_count = case when b.has_review then 0 else b.processed_line_count end, suggested_at = null,
        line_count = counted.line_count, warning_count = counted.warning_count, error_count = counted.error_count,
        updated_at = now()
    from (
        select b.id, c.* from public.boms as b, private.count_bom_lines(b.organization_id, b.id) as c
        where b.id = finish_bom_lines.bom_id) as counted
    where b.id = counted.id and b.import_run = run and b.status = 'parsing'
        and (b.line_count, b.processed_line_count) = (counted.line_count, counted.line_count)
    returning b.* into bom;
    if not found then
        return false;
    end if;
    perform private.remember_mapping(bom);
    if not bom.has_review then
        perform private.complete_bom_import(bom.id, run);
    end if;
    return true;
end
$$;
comment on function private.finish_bom_lines(uuid, integer, json) is
'Ends the parsing of a BOM whose lines are all in: a mapping that was given is remembered, and the import is complete,
or left to a review. False when the BOM is not being parsed by this run.

parse_result: as boms.parse_result. Effects: as private.complete_bom_import. Idempotent: yes.';
grant execute on function private.finish_bom_lines(uuid, integer, json) to ananta_worker;
