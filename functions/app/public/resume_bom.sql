-- A definer, since status is not a client's to write; the caller's organization and permission are checked first.
create or replace function public.resume_bom(bom_id uuid) returns public.boms
language plpgsql volatile security definer set search_path = '' as $$
declare
    bom public.boms := private.require_bom(resume_bom.bom_id);
begin
    if bom.status <> 'failed' then
        return bom;
    end if;
    update public.boms as b set status = 'uploaded', error = null, import_run = b.import_run + 1, updated_at = now()
    where b.id = bom.id returning * into bom;
    perform private.enqueue_import(bom, 'bom.uploaded');
    return bom;
end
$$;
comment on function public.resume_bom(uuid) is
'Imports the stored file of a failed BOM again, for example after an upgrade.

Auth: permission boms:write. Errors: permission_denied (403), bom_not_found (404).
Effects: message bom.uploaded. Idempotent: yes, a BOM that has not failed is returned as it is.';
grant execute on function public.resume_bom(uuid) to authenticated;
