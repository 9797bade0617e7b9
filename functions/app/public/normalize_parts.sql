-- A definer, since the matcher is not a client's to call; it reads nothing but the shared catalogue.
create or replace function public.normalize_parts(parts jsonb) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
begin
    perform private.require_permission('components:read');
    if jsonb_typeof(parts) is distinct from 'array' or jsonb_array_length(parts) > 1000 then
        raise exception using
            errcode = 'PT422', message = 'parts_invalid', detail = '{"limit": 1000}', hint = 'Send an array of at most 1,000 parts.';
    end if;
    return (
        with input as (
            select p.position, p.part from jsonb_array_elements(parts) with ordinality as p (part, position)
        ), matched as (
            select m.* from (
                select array_agg(private.normalize_mpn(i.part ->> 'mpn') order by i.position) as mpns,
                    array_agg(i.part ->> 'manufacturer' order by i.position) as makers,
                    array_agg(i.part ->> 'supplier' order by i.position) as suppliers,
                    array_agg(i.part ->> 'supplier_sku' order by i.position) as skus
                from input as i
            ) as a, private.match_parts(a.mpns, a.makers, a.suppliers, a.skus) as m
        )
        select coalesce(jsonb_agg(jsonb_build_object(
            'normalized_mpn', private.normalize_mpn(i.part ->> 'mpn'), 'catalogue_part_id', m.catalogue_part_id,
            'mpn', p.mpn, 'manufacturer', f.name, 'lifecycle', p.lifecycle, 'method', m.method, 'confidence', m.confidence
        ) order by i.position), '[]')
        from input as i left join matched as m on m.ordinal = i.position
        left join public.catalogue_parts as p on p.id = m.catalogue_part_id
        left join public.manufacturers as f on f.id = p.manufacturer_id
    );
end
$$;
comment on function public.normalize_parts(jsonb) is
'Normalises and matches up to 1,000 parts now.

Takes an array of {mpn, manufacturer, supplier, supplier_sku}, answers an array of {normalized_mpn, catalogue_part_id,
mpn, manufacturer, lifecycle, method, confidence} in the same order.

Auth: permission components:read. Errors: permission_denied (403), parts_invalid (422).';
grant execute on function public.normalize_parts(jsonb) to authenticated;
