-- Merges the starter catalogue, copied into temporary tables seed_*, into the shared catalogue. Facts that are there
-- are kept up to date; nothing is deleted, since tenants may refer to it.
insert into public.manufacturers (name)
select name from pg_temp.seed_manufacturers
on conflict (normalized_name) do nothing;

insert into public.manufacturer_aliases (alias, manufacturer_id)
select a.alias, m.id
from pg_temp.seed_manufacturer_aliases as a
inner join public.manufacturers as m on m.normalized_name = private.normalize_manufacturer(a.manufacturer)
on conflict (normalized_alias) do nothing;

insert into public.vendors (name, aliases)
select
    v.name,
    array(
        select private.normalize_manufacturer(alias)
        from unnest(string_to_array(v.aliases, ';')) as alias
    )
from pg_temp.seed_vendors as v
on conflict (normalized_name) do update set aliases = excluded.aliases;

insert into public.catalogue_parts as p (
    mpn, manufacturer_id, description, category, package, lifecycle, datasheet_url, source
)
select s.mpn, m.id, s.description, s.category, s.package, s.lifecycle, s.datasheet_url, s.source
from pg_temp.seed_parts as s
left join public.manufacturers as m on m.normalized_name = private.normalize_manufacturer(s.manufacturer)
on conflict (normalized_mpn, manufacturer_id) do update
    set
        description = excluded.description, category = excluded.category, package = excluded.package,
        lifecycle = excluded.lifecycle, datasheet_url = excluded.datasheet_url, source = excluded.source
    where (p.description, p.category, p.package, p.lifecycle, p.datasheet_url, p.source)
    is distinct from (
        excluded.description,
        excluded.category,
        excluded.package,
        excluded.lifecycle,
        excluded.datasheet_url,
        excluded.source
    );

insert into public.vendor_parts (vendor_id, sku, catalogue_part_id, source)
select v.id, s.sku, p.id, s.source
from pg_temp.seed_vendor_parts as s
inner join public.vendors as v on v.normalized_name = private.normalize_manufacturer(s.vendor)
left join public.manufacturers as m on m.normalized_name = private.normalize_manufacturer(s.manufacturer)
inner join public.catalogue_parts as p
    on p.normalized_mpn = private.normalize_mpn(s.mpn) and p.manufacturer_id is not distinct from m.id
on conflict (vendor_id, normalized_sku) do nothing;

analyze public.catalogue_parts, public.vendor_parts, public.manufacturers, public.manufacturer_aliases;
