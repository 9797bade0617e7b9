create or replace function private.fail_bom_import(bom_id uuid, error jsonb) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
begin
    update public.boms as b set
        status = 'failed', error = fail_bom_import.error, line_count = 0, processed_line_count = 0, matched_line_count = 0,
        warning_count = 0, updated_at = now()
    where b.id = fail_bom_import.bom_id and b.status in ('uploaded', 'parsing', 'parsed', 'matching');
    if not found then
        return false;
    end if;
    delete from public.bom_line_items as l where l.bom_id = fail_bom_import.bom_id
        and l.organization_id = (select b.organization_id from public.boms as b where b.id = fail_bom_import.bom_id);
    return true;
end
$$;
comment on function private.fail_bom_import(uuid, jsonb) is
'Refuses an import whole: no line of it stays, the file and the reason {code, message, details, hint} do.

Idempotent: yes.';
grant execute on function private.fail_bom_import(uuid, jsonb) to ananta_worker;
