create or replace function private.hidden_bom_ids() returns setof uuid
language plpgsql stable security definer rows 100 set search_path = '' as $$
declare
    hidden constant uuid[] := array(select private.hidden_project_ids());
begin
    if hidden <> '{}' then
        return query select b.id from public.boms as b
        where b.organization_id = private.current_organization_id() and b.project_id = any (hidden);
    end if;
end
$$;
comment on function private.hidden_bom_ids() is 'BOMs of the projects that are hidden from the caller.';
grant execute on function private.hidden_bom_ids() to authenticated;
