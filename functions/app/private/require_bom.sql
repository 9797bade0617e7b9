create or replace function private.require_bom(bom_id uuid) returns public.boms
language plpgsql volatile security definer set search_path = '' as $$
declare
    bom public.boms;
begin
    perform private.require_permission('boms:write');
    select b.* into bom from public.boms as b
    where b.id = require_bom.bom_id and b.organization_id = private.current_organization_id()
        and b.project_id not in (select private.hidden_project_ids())
    for no key update;
    if not found then
        raise exception using errcode = 'PT404', message = 'bom_not_found', detail = '{}', hint = 'Check the id of the BOM.';
    end if;
    return bom;
end
$$;
comment on function private.require_bom(uuid) is
'One of the caller''s BOMs, locked, for a caller who may write.

Auth: permission boms:write. Errors: permission_denied (403), bom_not_found (404).';
