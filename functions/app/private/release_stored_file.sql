-- All locks first and in one order, then the counter: those who delete several BOMs at once wait in no circle.
create or replace function private.release_stored_file() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
declare
    released record;
begin
    perform private.lock_file(f.organization_id, f.file_sha256)
    from (select distinct o.organization_id, o.file_sha256 from old_rows as o order by 1, 2) as f;
    for released in
        delete from public.stored_files as f
        using (select distinct o.organization_id, o.file_sha256 from old_rows as o) as deleted
        where f.organization_id = deleted.organization_id and f.sha256 = deleted.file_sha256 and not exists (
            select from public.boms as b where b.organization_id = f.organization_id and b.file_sha256 = f.sha256)
        returning f.organization_id, f.sha256
    loop
        perform private.enqueue('bom_imports', 'file.released', released.sha256,
            jsonb_build_object('organization_id', released.organization_id));
    end loop;
    return null;
end
$$;
comment on function private.release_stored_file() is
'Trigger: the last BOM with a content lets go of the stored file.

Effects: usage counter storage_bytes; message file.released.';

create or replace trigger _900_release_stored_file after delete on public.boms
referencing old table as old_rows for each statement execute function private.release_stored_file();
