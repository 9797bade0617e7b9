create or replace function private.insert_bom_lines(bom public.boms, lines json) returns void
language sql volatile security definer set search_path = '' as $$
    insert into public.bom_line_items (
        organization_id, bom_id, position, row_number, raw, reference_designators, dnp_reference_designators, quantity,
        total_quantity, unit, mpn, manufacturer, supplier, supplier_sku, value, package, description, internal_number,
        unit_price, currency, level, parent_position, is_assembly, variants, is_dnp, warnings
    )
    select bom.organization_id, bom.id, l.position, l.row_number, l.raw, l."references", l.dnp_references, l.quantity,
        l.total_quantity, l.unit, l.mpn, l.manufacturer, l.supplier, l.supplier_sku, l.value, l.package, l.description,
        l.internal_number, l.unit_price, l.currency, l.level, l.parent_position, l.is_assembly, l.variants, l.is_dnp, l.warnings
    from json_to_recordset(lines) as l (
        position integer, row_number integer, raw jsonb, "references" text[], dnp_references text[], quantity numeric,
        total_quantity numeric, unit text, mpn text, manufacturer text, supplier text, supplier_sku text, value text,
        package text, description text, internal_number text, unit_price numeric, currency text, level integer,
        parent_position integer, is_assembly boolean, variants jsonb, is_dnp boolean, warnings jsonb
    )
$$;
comment on function private.insert_bom_lines(public.boms, json) is
'The lines of a BOM, as a parser gives them.

lines: array of {position, row_number, raw, references, dnp_references, quantity, total_quantity, unit, mpn,
manufacturer, supplier, supplier_sku, value, package, description, internal_number, unit_price, currency, level,
parent_position, is_assembly, variants, is_dnp, warnings}; what is not there is null.';
