create or replace function private.remember_pick(line public.bom_line_items, catalogue_part_id uuid) returns uuid[]
language plpgsql volatile security definer set search_path = '' as $$
declare
    said constant text := private.line_key(
        line.mpn, line.manufacturer, line.supplier, line.supplier_sku, line.value, line.package, line.description);
begin
    insert into public.part_picks as p (organization_id, line_key, written, catalogue_part_id, picked_by)
    values (
        line.organization_id, said, jsonb_strip_nulls(jsonb_build_object(
            'mpn', line.mpn, 'manufacturer', line.manufacturer, 'supplier', line.supplier, 'supplier_sku', line.supplier_sku,
            'value', line.value, 'package', line.package, 'description', line.description)),
        remember_pick.catalogue_part_id, private.current_user_id()
    )
    on conflict on constraint part_picks_organization_id_line_key_key do update
    set catalogue_part_id = excluded.catalogue_part_id, written = excluded.written, picked_by = excluded.picked_by,
        updated_at = now();
    return array(
        select l.id from public.bom_line_items as l
        where l.organization_id = line.organization_id and l.bom_id = line.bom_id and private.line_key(
            l.mpn, l.manufacturer, l.supplier, l.supplier_sku, l.value, l.package, l.description) = said);
end
$$;
comment on function private.remember_pick(public.bom_line_items, uuid) is
'Keeps what a person picked for a line. Returns the lines of its BOM that say the same';
