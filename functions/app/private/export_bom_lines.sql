create or replace function private.export_bom_lines(bom_id uuid, after_position integer, quantity integer)
returns table (last_position integer, content text)
language plpgsql stable security definer set search_path = '' as $$
declare
    caller_organization_id constant uuid := private.current_organization_id();
begin
    perform private.require_permission('boms:read');
    return query select max(c.position), string_agg(private.csv_line(to_json(c)) || e'\r\n', '' order by c.position) from (
        select l.position, l.row_number as row, l.level, array_to_string(l.reference_designators, ', ') as references,
            array_to_string(l.dnp_reference_designators, ', ') as dnp_references, l.quantity, l.total_quantity, l.unit,
            case when l.is_dnp then 'yes' else 'no' end as dnp, l.internal_number, l.mpn, l.manufacturer, l.supplier,
            l.supplier_sku, l.value, l.package, l.description, l.unit_price, l.currency, l.match_status, l.match_method,
            l.match_confidence, p.mpn as matched_mpn, m.name as matched_manufacturer, p.lifecycle, (
                select string_agg(concat_ws(' ', a.manufacturer, coalesce(a.mpn, a.supplier_sku)), '; ' order by a.rank)
                from public.bom_line_alternates as a
                where a.organization_id = l.organization_id and a.bom_line_item_id = l.id) as alternates, (
                select string_agg(concat_ws(': ', w.warning ->> 'code', w.warning ->> 'message'), '; ' order by w.place)
                from jsonb_array_elements(l.warnings) with ordinality as w (warning, place)) as warnings
        from public.bom_line_items as l
        left join public.catalogue_parts as p on p.id = l.catalogue_part_id
        left join public.manufacturers as m on m.id = p.manufacturer_id
        where l.organization_id = caller_organization_id and l.bom_id = export_bom_lines.bom_id
            and l.bom_id not in (select private.hidden_bom_ids())
            and l.position > export_bom_lines.after_position
        order by l.position limit export_bom_lines.quantity) as c
    having count(*) > 0;
end
$$;
comment on function private.export_bom_lines(uuid, integer, integer) is
'The next lines of one of the caller''s BOMs as CSV (RFC 4180), no cell a formula to a spreadsheet; no row after the
last. Columns: position, row, level, references, dnp_references, quantity, total_quantity, unit, dnp,
internal_number, mpn, manufacturer, supplier, supplier_sku, value, package, description, unit_price, currency,
match_status, match_method, match_confidence, matched_mpn, matched_manufacturer, lifecycle, alternates, warnings.

Auth: permission boms:read. Errors: permission_denied (403).';
grant execute on function private.export_bom_lines(uuid, integer, integer) to ananta_edge;
