create or replace function private.join_components(organization_id uuid, lines private.understood_line[])
returns table (
    "position" integer, catalogue_part_id uuid, component_id uuid, match_status text, match_method text,
    match_confidence numeric
)
language sql stable security definer set search_path = '' as $$
    select u.position, u.catalogue_part_id, c.id, case
            when u.catalogue_part_id is null then 'unmatched' when u.match_confidence >= 0.70 then 'matched' else 'suggested' end,
        u.match_method, case when u.catalogue_part_id is not null then u.match_confidence end
    from unnest(join_components.lines) as u
    left join public.components as c on c.organization_id = join_components.organization_id
        and c.normalized_mpn = u.normalized_mpn and c.normalized_manufacturer = u.normalized_manufacturer
$$;
comment on function private.join_components(uuid, private.understood_line[]) is
'Lines with the component each is, and how sure its match is';
