create or replace function private.complete_bom_import(bom_id uuid, run integer) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare
    bom public.boms;
begin
    select b.* into bom from public.boms as b
    where b.id = complete_bom_import.bom_id and b.import_run = run and b.status = 'matching' for no key update;
    if not found then
        return false;
    end if;
    insert into public.enrichment_queue (organization_id, bom_id, bom_line_item_id, reason)
    select l.organization_id, l.bom_id, l.id, case when l.normalized_mpn is null then 'no_part_number' else 'no_match' end
    from public.bom_line_items as l
    where l.organization_id = bom.organization_id and l.bom_id = bom.id and l.match_status <> 'matched' and not l.is_dnp
        and l.match_method is distinct from 'pick'
    on conflict do nothing;
    update public.boms as b set status = 'ready', updated_at = now() where b.id = bom.id;
    if run > 1 then
        perform private.drop_brought_components(bom.organization_id, bom.id);
    end if;
    perform private.raise_lifecycle_alerts(bom.organization_id, bom.id);
    perform private.enqueue('bom_suggestions', 'bom.completed', bom.id::text,
        jsonb_build_object('organization_id', bom.organization_id, 'run', run));
    return true;
end
$$;
comment on function private.complete_bom_import(uuid, integer) is
'Ends an import: unmatched lines to enrichment, alerts, and what an earlier run brought in and no line needs is removed.
False when the BOM is not being matched by this run.

Effects: message bom.completed. Idempotent: yes.';
grant execute on function private.complete_bom_import(uuid, integer) to ananta_worker;
