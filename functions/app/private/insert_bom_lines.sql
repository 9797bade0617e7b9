create or replace function private.insert_bom_lines(bom public.boms, lines public.bom_line_items[]) returns integer
language sql volatile security definer set search_path = '' as $$
    with inserted as (
        insert into public.bom_line_items (
            organization_id, bom_id, position, row_number, raw, reference_designators, dnp_reference_designators, quantity,
            total_quantity, unit, mpn, manufacturer, supplier, supplier_sku, value, package, description, internal_number,
            unit_price, currency, level, parent_position, is_assembly, variants, is_dnp, warnings, catalogue_part_id,
            component_id, match_status, match_method, match_confidence
        )
        select bom.organization_id, bom.id, l.position, l.row_number, l.raw, coalesce(l.reference_designators, '{}'),
            coalesce(l.dnp_reference_designators, '{}'), l.quantity, l.total_quantity, l.unit, l.mpn, l.manufacturer, l.supplier,
            l.supplier_sku, l.value, l.package, l.description, l.internal_number, l.unit_price, l.currency, coalesce(l.level, 0),
            l.parent_position, coalesce(l.is_assembly, false), coalesce(l.variants, '{}'), coalesce(l.is_dnp, false),
            coalesce(l.warnings, '[]'), p.catalogue_part_id, p.component_id, coalesce(p.match_status, 'pending'), p.match_method,
            p.match_confidence
        from unnest(insert_bom_lines.lines) as l
        left join private.place_lines(bom.organization_id, bom.id, case when not bom.has_review then insert_bom_lines.lines end) as p
            on p.position = l.position
        returning match_status
    )
    select count(*) filter (where i.match_status = 'matched')::integer from inserted as i
$$;
comment on function private.insert_bom_lines(public.boms, public.bom_line_items[]) is
'Lines into a BOM: as they are where it is reviewed, else placed (private.place_lines). Returns how many match. Of the
rows given it takes what a file says, no more.

Errors: quota_exceeded (402). Effects: components, counted.';
