create or replace function private.bring_components(
    organization_id uuid, bom_id uuid, lines private.understood_line[]
) returns void
language sql volatile security definer set search_path = '' as $$
    insert into public.components (
        organization_id, mpn, manufacturer, catalogue_part_id, description, package, internal_number, source_bom_id
    )
    select distinct on (u.normalized_mpn, u.normalized_manufacturer)
        bring_components.organization_id, u.mpn, u.manufacturer, case when u.match_confidence >= 0.70 then u.catalogue_part_id end,
        left(u.description, 4000), left(u.package, 200), u.internal_number, bring_components.bom_id
    from unnest(bring_components.lines) as u
    where u.normalized_mpn is not null and not exists (
        select from public.components as c where c.organization_id = bring_components.organization_id
            and c.normalized_mpn = u.normalized_mpn and c.normalized_manufacturer = u.normalized_manufacturer)
    order by u.normalized_mpn, u.normalized_manufacturer, u.match_confidence desc nulls last, u.position
    on conflict on constraint components_organization_id_part_key do nothing
$$;
comment on function private.bring_components(uuid, uuid, private.understood_line[]) is
'The distinct parts that lines name into the organization''s components, as far as they are new, in key order: two
imports of one organization wait for each other, never both.

Errors: quota_exceeded (402). Effects: components, counted.';
