create or replace function private.enqueue_import(bom public.boms, event_type text) returns void
language sql volatile security definer set search_path = '' as $$
    select private.enqueue('bom_imports', event_type, bom.id::text,
        jsonb_build_object('organization_id', bom.organization_id, 'run', bom.import_run))
$$;
comment on function private.enqueue_import(public.boms, text) is
'The next message of a BOM''s present import.

Effects: one message on bom_imports.';
