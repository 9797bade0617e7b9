create or replace function private.unknown_files(organization_ids uuid[], file_sha256s text[])
returns table (organization_id uuid, file_sha256 text)
language sql stable security definer set search_path = '' as $$
    select c.organization_id, c.file_sha256
    from unnest(unknown_files.organization_ids, unknown_files.file_sha256s) as c (organization_id, file_sha256)
    where not exists (
        select from public.stored_files as f where f.organization_id = c.organization_id and f.sha256 = c.file_sha256)
$$;
comment on function private.unknown_files(uuid[], text[]) is
'Those of the contents found in the file store that no BOM of their organization has';
grant execute on function private.unknown_files(uuid[], text[]) to ananta_worker;
