create or replace function private.is_file_used(organization_id uuid, file_sha256 text) returns boolean
language sql stable security definer set search_path = '' as $$
    select exists (
        select from public.stored_files as f
        where f.organization_id = is_file_used.organization_id and f.sha256 = is_file_used.file_sha256
    )
$$;
comment on function private.is_file_used(uuid, text) is 'Whether a BOM of the organization still has this file';
grant execute on function private.is_file_used(uuid, text) to ananta_edge, ananta_worker;
