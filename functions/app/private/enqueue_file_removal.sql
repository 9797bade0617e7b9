create or replace function private.enqueue_file_removal() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform private.enqueue('bom_imports', 'file.released', old.file_sha256, jsonb_build_object('organization_id', old.organization_id));
    return null;
end
$$;
comment on function private.enqueue_file_removal() is 'Trigger: a deleted BOM lets go of its file';

create or replace trigger _900_enqueue_file_removal after delete on public.boms
for each row execute function private.enqueue_file_removal();
