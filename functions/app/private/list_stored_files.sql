create or replace function private.list_stored_files(after_organization_id uuid, after_sha256 text, quantity integer)
returns table (organization_id uuid, file_sha256 text)
language sql stable security definer set search_path = '' as $$
    select f.organization_id, f.sha256 from public.stored_files as f
    where (f.organization_id, f.sha256) > (list_stored_files.after_organization_id, list_stored_files.after_sha256)
    order by f.organization_id, f.sha256 limit list_stored_files.quantity
$$;
comment on function private.list_stored_files(uuid, text, integer) is
'The next contents that the file store must have, in order of organization and content';
grant execute on function private.list_stored_files(uuid, text, integer) to ananta_worker;
