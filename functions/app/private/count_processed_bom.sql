create or replace function private.count_processed_bom() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform private.append_usage(
        new.organization_id, 'boms_processed', 1,
        md5(concat_ws('/', new.id, new.import_run))::uuid, now());
    return null;
end
$$;
comment on function private.count_processed_bom() is 'Trigger: an import that became ready is metered, once a run';

create or replace trigger _500_count_processed_bom after update of status on public.boms
for each row when (new.status = 'ready' and old.status <> 'ready') execute function private.count_processed_bom();
