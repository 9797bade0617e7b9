create or replace function private.map_bom(bom_id uuid, mapping jsonb) returns public.boms
language plpgsql volatile security definer set search_path = '' as $$
declare
    bom public.boms := private.require_bom(map_bom.bom_id);
    problem text := private.mapping_problem(mapping, case
        when (mapping ? 'sheet' and mapping ->> 'sheet' is distinct from bom.parse_result ->> 'sheet')
            or (mapping ? 'header_row' and mapping -> 'header_row' is distinct from bom.parse_result -> 'header_row') then null
        else bom.parse_result -> 'columns' end);
begin
    if problem is not null then
        raise exception using
            errcode = 'PT422', message = 'mapping_invalid', detail = jsonb_build_object('problem', problem)::text,
            hint = 'Fields and columns are listed in boms.parse_result; see the README on mappings.';
    end if;
    update public.boms as b set
        mapping = map_bom.mapping || jsonb_build_object('given_by', private.current_user_id()), import_run = b.import_run + 1,
        status = 'uploaded', error = null, processed_line_count = 0, matched_line_count = 0, updated_at = now(),
        correlation_id = private.current_correlation_id()
    where b.id = bom.id returning * into bom;
    perform private.enqueue_import(bom, 'bom.uploaded');
    return bom;
end
$$;
comment on function private.map_bom(uuid, jsonb) is
'Imports the stored file of a BOM again, read as the mapping says; an import under way is abandoned, edits of a
review too.

mapping: {sheet, header_row (0: no header), columns {field: [header text or column number from 1, the one that
counts first first]}, remember (default true: for files of the same header shape)}, all optional.
Auth: permission boms:write. Errors: permission_denied (403), bom_not_found (404), mapping_invalid (422).
Effects: message bom.uploaded.';
grant execute on function private.map_bom(uuid, jsonb) to ananta_edge;
