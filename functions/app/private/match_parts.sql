create or replace function private.match_parts(
    normalized_mpns text[], manufacturers text[], suppliers text[], supplier_skus text[]
)
returns table (ordinal bigint, catalogue_part_id uuid, method text, confidence numeric)
language sql stable security definer set search_path = '' as $$
    with given as materialized (
        select i.* from unnest(normalized_mpns, manufacturers, suppliers, supplier_skus) with ordinality
            as i (normalized_mpn, manufacturer, supplier, supplier_sku, ordinal)
    ), names as materialized (
        select n.name, private.normalize_manufacturer(n.name) as normalized_name
        from (select g.manufacturer as name from given as g union select g.supplier from given as g) as n
    ), known as (
        select g.ordinal, g.normalized_mpn, private.normalize_mpn(g.supplier_sku) as normalized_sku,
            coalesce(n.normalized_name, '') as manufacturer_name, coalesce(s.normalized_name, '') as supplier_name,
            coalesce(m.id, a.manufacturer_id) as manufacturer_id
        from given as g
        left join names as n on n.name = g.manufacturer
        left join names as s on s.name = g.supplier
        left join public.manufacturers as m on m.normalized_name = n.normalized_name
        left join public.manufacturer_aliases as a on a.normalized_alias = n.normalized_name
    ), by_mpn as (
        select k.ordinal, p.id as part_id, p.lifecycle, p.manufacturer_id = k.manufacturer_id as is_same_maker,
            k.manufacturer_name = '' as is_maker_unnamed, k.manufacturer_id is null as is_maker_unknown,
            p.manufacturer_id is null as is_part_maker_unknown, length(k.normalized_mpn) as mpn_length,
            count(*) over (partition by k.ordinal) as candidate_count
        from known as k join public.catalogue_parts as p on p.normalized_mpn = k.normalized_mpn
    ), by_sku as (
        select k.ordinal, vp.catalogue_part_id as part_id, p.lifecycle,
            k.supplier_name = v.normalized_name or k.supplier_name = any (v.aliases) as is_same_vendor,
            count(*) over (partition by k.ordinal) as candidate_count
        from known as k
        join public.vendor_parts as vp on vp.normalized_sku = k.normalized_sku
        join public.vendors as v on v.id = vp.vendor_id
        join public.catalogue_parts as p on p.id = vp.catalogue_part_id
    ), candidates as (
        select b.ordinal, b.part_id, b.lifecycle, case when b.is_same_maker then 'mpn_manufacturer' else 'mpn' end as method,
            case
                when is_same_maker then 1.00
                when mpn_length < 4 then 0.40
                when is_maker_unnamed and candidate_count = 1 then 0.90
                when is_part_maker_unknown then 0.80
                when is_maker_unknown and candidate_count = 1 then 0.80
                when is_maker_unnamed or is_maker_unknown then 0.60
                else 0.50
            end as confidence
        from by_mpn as b
        union all
        select s.ordinal, s.part_id, s.lifecycle, 'supplier_sku',
            case when is_same_vendor then 0.95 when candidate_count = 1 then 0.75 else 0.50 end
        from by_sku as s
    )
    select distinct on (c.ordinal) c.ordinal, c.part_id, c.method, c.confidence
    from candidates as c
    order by c.ordinal, c.confidence desc, (c.lifecycle = 'active') desc, c.part_id
$$;
comment on function private.match_parts(text[], text[], text[], text[]) is
'The best catalogue part for each of some parts as written but for the part number, which is as compared, with method
and confidence (0 to 1).

Ladder: part number and maker (aliases known) 1.00; supplier number 0.95; part number alone 0.90 when no maker was
written and only one part has it; less where the maker is unknown, several parts have it, the number is shorter than
4 characters, or the makers differ (0.50). Parts without a candidate have no row.';
