-- json and not jsonb: the lines are read once and thrown away. The BOM is locked at the end only, so that a person can
-- give another mapping meanwhile; then this import is late and leaves nothing.
create or replace function private.import_bom_lines(bom_id uuid, run integer, parse_result json, lines json)
returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare
    bom public.boms;
begin
    select b.* into bom from public.boms as b
    where b.id = import_bom_lines.bom_id and b.import_run = run and b.status = 'parsing';
    if not found then
        return false;
    end if;
    delete from public.bom_line_items as l where l.organization_id = bom.organization_id and l.bom_id = bom.id;
    perform private.insert_bom_lines(bom, lines);
    if coalesce((import_bom_lines.parse_result ->> 'alternate_count')::integer, 1) > 0 then
        perform private.insert_bom_alternates(bom, lines);
    end if;
    update public.boms as b set
        status = case when b.has_review then 'in_review' else 'parsed' end, parse_result = import_bom_lines.parse_result::jsonb,
        processed_line_count = 0, matched_line_count = 0, suggested_at = null, updated_at = now(), line_count = counted.line_count,
        warning_count = counted.warning_count, error_count = counted.error_count
    from private.count_bom_lines(bom.organization_id, bom.id) as counted
    where b.id = bom.id and b.import_run = run
    returning b.* into bom;
    if not found then
        raise exception using errcode = 'PT409', message = 'import_superseded', detail = '{}', hint = 'A newer import runs.';
    end if;
    if bom.parse_result ->> 'mapping_source' = 'given' and (bom.mapping -> 'remember') is distinct from 'false'::jsonb then
        insert into public.column_mappings as m (organization_id, header_shape, columns, created_by)
        select bom.organization_id, bom.parse_result ->> 'header_shape', bom.mapping -> 'columns', (
            select u.id from public.users as u
            where u.organization_id = bom.organization_id and u.id = (bom.mapping ->> 'given_by')::uuid)
        where jsonb_typeof(bom.mapping -> 'columns') = 'object' and bom.parse_result ->> 'header_shape' ~ '^[0-9a-f]{64}$'
        on conflict on constraint column_mappings_organization_id_header_shape_key do update
        set columns = excluded.columns, created_by = excluded.created_by, updated_at = now();
    end if;
    if bom.status = 'parsed' then
        perform private.enqueue_import(bom, 'bom.parsed');
    end if;
    return true;
exception
    when sqlstate 'PT409' then
        if sqlerrm <> 'import_superseded' then
            raise;
        end if;
        return false;
end
$$;
comment on function private.import_bom_lines(uuid, integer, json, json) is
'Takes all parsed lines of a BOM in, or none, remembers a mapping that was given, and enqueues the matching, or
leaves the
lines to a review. False when the BOM is not being parsed by this run.

Errors: import_superseded (409), which it catches itself.
parse_result: as boms.parse_result. lines: as private.insert_bom_lines and private.insert_bom_alternates.
Effects: message bom.parsed. Idempotent: yes, lines are replaced.';
grant execute on function private.import_bom_lines(uuid, integer, json, json) to ananta_worker;
