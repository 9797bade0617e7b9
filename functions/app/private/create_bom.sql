create or replace function private.create_bom(
    project_id uuid, name text, file_name text, file_sha256 text, file_size bigint, idempotency_key text
) returns public.boms
language plpgsql volatile security definer set search_path = '' as $$
declare
    caller_organization_id constant uuid := private.current_organization_id();
    project public.projects;
    bom public.boms;
    new_request_hash constant text := encode(extensions.digest(
        concat_ws(':', create_bom.file_sha256, create_bom.name, create_bom.project_id), 'sha256'), 'hex');
begin
    perform private.require_permission('boms:write');
    select p.* into project from public.projects as p
    where p.organization_id = caller_organization_id
        and (p.id = create_bom.project_id or (create_bom.project_id is null and p.is_default));
    if not found then
        raise exception using
            errcode = 'PT404', message = 'project_not_found', detail = '{}', hint = 'Name a project of your organization.';
    end if;
    perform private.lock_file(caller_organization_id, create_bom.file_sha256);
    insert into public.boms (
        organization_id, project_id, name, file_name, file_sha256, file_size, idempotency_key, request_hash, correlation_id,
        created_by
    ) values (
        caller_organization_id, project.id, create_bom.name, create_bom.file_name, create_bom.file_sha256,
        create_bom.file_size, create_bom.idempotency_key, new_request_hash, private.current_correlation_id(),
        private.current_user_id()
    )
    on conflict on constraint boms_organization_id_idempotency_key_key do nothing
    returning * into bom;
    if found then
        perform private.enqueue('bom_imports', 'bom.uploaded', bom.id::text,
            jsonb_build_object('organization_id', bom.organization_id));
        return bom;
    end if;
    select b.* into bom from public.boms as b
    where b.organization_id = caller_organization_id and b.idempotency_key = create_bom.idempotency_key;
    if bom.request_hash <> new_request_hash then
        raise exception using
            errcode = 'PT422', message = 'idempotency_key_reused', detail = '{}',
            hint = 'This Idempotency-Key was used for another upload; use a new key.';
    end if;
    return bom;
end
$$;
comment on function private.create_bom(uuid, text, text, text, bigint, text) is
'Records an upload whose file is stored, and enqueues its import. Without a project it goes to the default one.

Auth: permission boms:write. Errors: permission_denied (403), project_not_found (404), idempotency_key_reused (422).
Effects: message bom.uploaded. Idempotent: yes, by idempotency_key.';
grant execute on function private.create_bom(uuid, text, text, text, bigint, text) to ananta_edge;
