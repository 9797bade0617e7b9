create or replace function private.start_bom_import(bom_id uuid)
returns table (organization_id uuid, file_name text, file_sha256 text)
language sql volatile security definer set search_path = '' as $$
    update public.boms as b set status = 'parsing', error = null, updated_at = now()
    where b.id = start_bom_import.bom_id and b.status in ('uploaded', 'parsing')
    returning b.organization_id, b.file_name, b.file_sha256
$$;
comment on function private.start_bom_import(uuid) is
'Takes an uploaded BOM into parsing. No row when it is gone or past parsing: then there is nothing to do.

Idempotent: yes.';
grant execute on function private.start_bom_import(uuid) to ananta_worker;
