create or replace function private.start_bom_import(bom_id uuid, run integer)
returns table (organization_id uuid, file_name text, file_sha256 text, mapping jsonb, remembered jsonb)
language sql volatile security definer set search_path = '' as $$
    with started as (
        update public.boms as b set
            status = 'parsing', error = null, processed_line_count = 0, matched_line_count = 0, updated_at = now()
        where b.id = start_bom_import.bom_id and b.import_run = start_bom_import.run and b.status in ('uploaded', 'parsing')
        returning b.*
    )
    select s.organization_id, s.file_name, s.file_sha256, s.mapping, coalesce((
        select jsonb_object_agg(m.header_shape, m.columns) from (
            select c.header_shape, c.columns from public.column_mappings as c
            where c.organization_id = s.organization_id order by c.updated_at desc limit 500) as m), '{}')
    from started as s
$$;
comment on function private.start_bom_import(uuid, integer) is
'Takes an uploaded BOM into parsing: its file, the mapping given for it, and those the organization remembers by header
shape. No row when it is gone, past parsing, or imported anew since: then there is nothing to do.

Idempotent: yes.';
grant execute on function private.start_bom_import(uuid, integer) to ananta_worker;
