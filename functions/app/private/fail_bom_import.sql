create or replace function private.fail_bom_import(bom_id uuid, run integer, error jsonb) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare
    bom public.boms;
begin
    update public.boms as b set
        status = 'failed', error = fail_bom_import.error, line_count = 0, processed_line_count = 0, matched_line_count = 0,
        warning_count = 0, error_count = 0, updated_at = now()
    where b.id = fail_bom_import.bom_id and b.import_run = run and b.status in ('uploaded', 'parsing', 'parsed', 'matching')
    returning b.* into bom;
    if not found then
        return false;
    end if;
    delete from public.bom_line_items as l where l.organization_id = bom.organization_id and l.bom_id = bom.id;
    perform private.drop_brought_components(bom.organization_id, bom.id);
    return true;
end
$$;
comment on function private.fail_bom_import(uuid, integer, jsonb) is
'Refuses an import whole: no line of it stays, nor a component it brought in; the file and the reason {code, message,
details, hint} do.

Idempotent: yes.';
grant execute on function private.fail_bom_import(uuid, integer, jsonb) to ananta_worker;
