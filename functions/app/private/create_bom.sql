create or replace function private.create_bom(
    project_id uuid, name text, file_name text, file_sha256 text, file_size bigint, has_review boolean, revises uuid
) returns public.boms
language plpgsql volatile security definer set search_path = '' as $$
declare
    caller_organization_id constant uuid := private.current_organization_id();
    project public.projects;
    bom public.boms;
    latest public.boms;
begin
    perform private.require_permission('boms:write');
    latest := private.latest_revision(create_bom.revises);
    if latest.file_sha256 = create_bom.file_sha256 and latest.status <> 'failed' then
        return latest;
    end if;
    select p.* into project from public.projects as p
    where p.organization_id = caller_organization_id and case
        when coalesce(create_bom.project_id, latest.project_id) is null then p.is_default
        else p.id = coalesce(create_bom.project_id, latest.project_id) end
        and p.id not in (select private.hidden_project_ids());
    if not found then
        raise exception using
            errcode = 'PT404', message = 'project_not_found', detail = '{}', hint = 'Name a project of your organization.';
    end if;
    perform private.lock_file(caller_organization_id, create_bom.file_sha256);
    insert into public.stored_files (organization_id, sha256, size_bytes)
    values (caller_organization_id, create_bom.file_sha256, create_bom.file_size) on conflict do nothing;
    insert into public.boms (
        organization_id, project_id, name, file_name, file_sha256, file_size, correlation_id, created_by, has_review,
        series_id, revision
    ) values (
        caller_organization_id, project.id, coalesce(create_bom.name, latest.name, create_bom.file_name),
        create_bom.file_name, create_bom.file_sha256, create_bom.file_size, private.current_correlation_id(),
        private.current_user_id(), create_bom.has_review,
        coalesce(latest.series_id, gen_random_uuid()), coalesce(latest.revision + 1, 1)
    )
    returning * into bom;
    perform private.enqueue_import(bom, 'bom.uploaded');
    return bom;
end
$$;
comment on function private.create_bom(uuid, text, text, text, bigint, boolean, uuid) is
'Records an upload whose file is stored, and enqueues its import. Without a project it goes to the default one.

revises: a BOM of which this is the next revision; name and project are its own where none are given. The same
content as the latest revision is that revision. has_review: the lines wait for a person before they are matched.
Auth: permission boms:write. Errors: permission_denied (403), project_not_found (404), bom_not_found (404),
quota_exceeded (402) for storage_bytes.
Effects: message bom.uploaded. Idempotent: by the key that the edge takes before it.';
grant execute on function private.create_bom(uuid, text, text, text, bigint, boolean, uuid) to ananta_edge;
