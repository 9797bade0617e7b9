create or replace function private.import_bom_lines(bom_id uuid, parse_result jsonb, lines jsonb) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare
    bom public.boms;
begin
    select b.* into bom from public.boms as b where b.id = import_bom_lines.bom_id and b.status = 'parsing' for update;
    if not found then
        return false;
    end if;
    delete from public.bom_line_items as l where l.organization_id = bom.organization_id and l.bom_id = bom.id;
    insert into public.bom_line_items (
        organization_id, bom_id, position, row_number, raw, reference_designators, quantity, mpn, manufacturer,
        supplier, supplier_sku, value, package, description, is_dnp, warnings, alternates
    )
    select bom.organization_id, bom.id, l.position, l.row_number, l.raw,
        array(select jsonb_array_elements_text(l."references")), l.quantity, l.mpn, l.manufacturer, l.supplier,
        l.supplier_sku, l.value, l.package, l.description, l.is_dnp, l.warnings, l.alternates
    from jsonb_to_recordset(import_bom_lines.lines) as l (
        position integer, row_number integer, raw jsonb, "references" jsonb, quantity numeric, mpn text, manufacturer text,
        supplier text, supplier_sku text, value text, package text, description text, is_dnp boolean, warnings jsonb,
        alternates jsonb
    );
    update public.boms as b set
        status = 'parsed', parse_result = import_bom_lines.parse_result, processed_line_count = 0, matched_line_count = 0,
        line_count = jsonb_array_length(import_bom_lines.lines), updated_at = now(), warning_count = (
            select coalesce(sum(jsonb_array_length(l.warnings)), 0) from public.bom_line_items as l
            where l.organization_id = bom.organization_id and l.bom_id = bom.id)
    where b.id = bom.id;
    perform private.enqueue('bom_imports', 'bom.parsed', bom.id::text,
        jsonb_build_object('organization_id', bom.organization_id));
    return true;
end
$$;
comment on function private.import_bom_lines(uuid, jsonb, jsonb) is
'Takes all parsed lines of a BOM in, or none, and enqueues the matching. False when the BOM is not being parsed.

lines: array of {position, row_number, raw, references, quantity, mpn, manufacturer, supplier, supplier_sku, value, package,
description, is_dnp, warnings, alternates}. Effects: message bom.parsed. Idempotent: yes, lines are replaced.';
grant execute on function private.import_bom_lines(uuid, jsonb, jsonb) to ananta_worker;
