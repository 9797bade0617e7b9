create or replace function private.bom_file(bom_id uuid)
returns table (organization_id uuid, file_name text, file_sha256 text, file_size bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
    perform private.require_permission('boms:read');
    return query select b.organization_id, b.file_name, b.file_sha256, b.file_size
    from public.boms as b where b.id = bom_file.bom_id and b.organization_id = private.current_organization_id()
        and b.project_id not in (select private.hidden_project_ids());
    if not found then
        raise exception using errcode = 'PT404', message = 'bom_not_found', detail = '{}', hint = 'Check the id of the BOM.';
    end if;
end
$$;
comment on function private.bom_file(uuid) is
'Where the original of one of the caller''s BOMs is stored.

Auth: permission boms:read. Errors: permission_denied (403), bom_not_found (404).';
grant execute on function private.bom_file(uuid) to ananta_edge;
