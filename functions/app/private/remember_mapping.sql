create or replace function private.remember_mapping(bom public.boms) returns void
language sql volatile security definer set search_path = '' as $$
    insert into public.column_mappings as m (organization_id, header_shape, columns, created_by)
    select bom.organization_id, bom.parse_result ->> 'header_shape', bom.mapping -> 'columns', (
        select u.id from public.users as u
        where u.organization_id = bom.organization_id and u.id = (bom.mapping ->> 'given_by')::uuid)
    where bom.parse_result ->> 'mapping_source' = 'given' and (bom.mapping -> 'remember') is distinct from 'false'::jsonb
        and jsonb_typeof(bom.mapping -> 'columns') = 'object' and bom.parse_result ->> 'header_shape' ~ '^[0-9a-f]{64}$'
    on conflict on constraint column_mappings_organization_id_header_shape_key do update
    set columns = excluded.columns, created_by = excluded.created_by, updated_at = now()
$$;
comment on function private.remember_mapping(public.boms) is
'Keeps the mapping a person gave for a BOM, for files of the same header shape';
