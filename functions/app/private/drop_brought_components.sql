create or replace function private.drop_brought_components(organization_id uuid, bom_id uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform pg_advisory_xact_lock(hashtextextended(drop_brought_components.organization_id || '/components', 0));
    delete from public.components as c
    where c.organization_id = drop_brought_components.organization_id and c.source_bom_id = drop_brought_components.bom_id
        and c.updated_at = c.created_at and not exists (
            select from public.bom_line_items as l where l.organization_id = c.organization_id and l.component_id = c.id);
end
$$;
comment on function private.drop_brought_components(uuid, uuid) is
'Removes the components that a BOM''s import brought in, that no line uses, and that nobody has changed since.

Effects: usage counter of components; one advisory lock, since another import may be about to use one.';
