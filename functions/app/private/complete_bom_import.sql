create or replace function private.complete_bom_import(bom_id uuid) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare
    bom public.boms;
begin
    select b.* into bom from public.boms as b where b.id = complete_bom_import.bom_id and b.status = 'matching' for update;
    if not found then
        return false;
    end if;
    insert into public.enrichment_queue (organization_id, bom_line_item_id, reason)
    select l.organization_id, l.id, case when l.normalized_mpn is null then 'no_part_number' else 'no_match' end
    from public.bom_line_items as l
    where l.organization_id = bom.organization_id and l.bom_id = bom.id and l.match_status <> 'matched' and not l.is_dnp
    on conflict do nothing;
    update public.boms as b set status = 'ready', updated_at = now() where b.id = bom.id;
    perform private.upsert_bom_components(bom.organization_id, bom.id);
    perform private.raise_lifecycle_alerts(bom.organization_id, bom.id);
    return true;
end
$$;
comment on function private.complete_bom_import(uuid) is
'Ends an import: distinct parts into components (counted, whole or not at all), unmatched lines to enrichment, alerts.

Errors: quota_exceeded (402): then nothing of this happened. False when the BOM is not being matched.';
grant execute on function private.complete_bom_import(uuid) to ananta_worker;
