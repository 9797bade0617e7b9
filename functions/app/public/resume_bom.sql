-- A definer, since status is not a client's to write; the caller's organization and permission are checked first.
create or replace function public.resume_bom(bom_id uuid) returns public.boms
language plpgsql volatile security definer set search_path = '' as $$
declare
    bom public.boms;
begin
    perform private.require_permission('boms:write');
    select b.* into bom from public.boms as b
    where b.id = resume_bom.bom_id and b.organization_id = private.current_organization_id() for update;
    if not found then
        raise exception using errcode = 'PT404', message = 'bom_not_found', detail = '{}', hint = 'Check the id of the BOM.';
    end if;
    if bom.status <> 'failed' then
        return bom;
    end if;
    update public.boms as b set status = 'uploaded', error = null, updated_at = now()
    where b.id = bom.id returning * into bom;
    perform private.enqueue('bom_imports', 'bom.uploaded', bom.id::text, jsonb_build_object('organization_id', bom.organization_id));
    return bom;
end
$$;
comment on function public.resume_bom(uuid) is
'Imports the stored file of a failed BOM again, for example after an upgrade.

Auth: permission boms:write. Errors: permission_denied (403), bom_not_found (404).
Effects: message bom.uploaded. Idempotent: yes, a BOM that has not failed is returned as it is.';
grant execute on function public.resume_bom(uuid) to authenticated;
