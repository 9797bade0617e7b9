create or replace function private.latest_revision(bom_id uuid) returns public.boms
language plpgsql volatile security definer set search_path = '' as $$
declare
    caller_organization_id constant uuid := private.current_organization_id();
    series uuid;
    latest public.boms;
begin
    if latest_revision.bom_id is null then
        return null;
    end if;
    select b.series_id into series from public.boms as b
    where b.organization_id = caller_organization_id and b.id = latest_revision.bom_id;
    perform pg_advisory_xact_lock(hashtextextended(series::text, 0));
    select b.* into latest from public.boms as b
    where b.organization_id = caller_organization_id and b.series_id = series order by b.revision desc limit 1;
    if not found or exists (
        select from public.boms as b
        where b.organization_id = caller_organization_id and b.id in (latest_revision.bom_id, latest.id)
            and b.project_id in (select private.hidden_project_ids())
    ) then
        raise exception using errcode = 'PT404', message = 'bom_not_found', detail = '{}', hint = 'Check the id of the BOM.';
    end if;
    return latest;
end
$$;
comment on function private.latest_revision(uuid) is
'The latest revision of the caller''s BOM; until the transaction ends nobody else adds one. Null for null.

Errors: bom_not_found (404). Effects: one advisory lock.';
