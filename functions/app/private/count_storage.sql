create or replace function private.count_storage() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
declare
    changed record;
begin
    if tg_op = 'INSERT' then
        for changed in
            select organization_id, sum(size_bytes)::bigint as delta from new_rows group by organization_id order by organization_id
        loop
            perform private.add_usage(changed.organization_id, 'storage_bytes', changed.delta);
        end loop;
    else
        for changed in
            select organization_id, -sum(size_bytes)::bigint as delta from old_rows group by organization_id order by organization_id
        loop
            perform private.add_usage(changed.organization_id, 'storage_bytes', changed.delta);
        end loop;
    end if;
    return null;
end
$$;
comment on function private.count_storage() is
'Trigger: keeps the usage counter storage_bytes.

Errors: quota_exceeded (402).';

create or replace trigger _500_count_storage_insert after insert on public.stored_files
referencing new table as new_rows for each statement execute function private.count_storage();
create or replace trigger _500_count_storage_delete after delete on public.stored_files
referencing old table as old_rows for each statement execute function private.count_storage();
