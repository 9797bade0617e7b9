-- Counted rows go in last: the counter row is hot, and is held only until the commit that follows.
create or replace function private.upsert_bom_components(organization_id uuid, bom_id uuid) returns void
language sql volatile security definer set search_path = '' as $$
    insert into public.components (organization_id, mpn, manufacturer, catalogue_part_id, description, package)
    select distinct on (u.normalized_mpn, u.normalized_manufacturer)
        upsert_bom_components.organization_id, u.mpn, u.manufacturer, u.catalogue_part_id, u.description, u.package
    from private.understood_parts(upsert_bom_components.organization_id, upsert_bom_components.bom_id) as u
    order by u.normalized_mpn, u.normalized_manufacturer, u.catalogue_part_id nulls last, u.position
    on conflict on constraint components_organization_id_part_key do nothing;
    update public.bom_line_items as l set component_id = c.id
    from private.understood_parts(upsert_bom_components.organization_id, upsert_bom_components.bom_id) as u
    join public.components as c on c.organization_id = upsert_bom_components.organization_id
        and c.normalized_mpn = u.normalized_mpn and c.normalized_manufacturer = u.normalized_manufacturer
    where l.id = u.bom_line_item_id;
$$;
comment on function private.upsert_bom_components(uuid, uuid) is
'The distinct parts of a BOM into the organization''s components, and each line to its component.

Errors: quota_exceeded (402).';
