create or replace function private.refuse_import(bom_id uuid, run integer, details text) returns void
language sql volatile security definer set search_path = '' as $$
    select private.fail_bom_import(bom_id, run, jsonb_build_object(
        'code', 'quota_exceeded', 'message', 'The plan''s limit of components would be exceeded; nothing was imported.',
        'details', details::jsonb, 'hint', 'Upgrade the plan or remove components, then resume the BOM (rpc/resume_bom).'))
$$;
comment on function private.refuse_import(uuid, integer, text) is
'Refuses an import that goes over the limit of components (private.fail_bom_import), with the details of the counter';
