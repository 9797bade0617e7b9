-- Policies ask it once a statement, as `x not in (select …)`, which is a hashed subplan; most often there is nothing to
-- hide, and then it costs one look into a partial index.
create or replace function private.hidden_project_ids() returns setof uuid
language plpgsql stable security definer rows 100 set search_path = '' as $$
declare
    caller_organization_id constant uuid := private.current_organization_id();
begin
    if not exists (select from public.projects as p where p.organization_id = caller_organization_id and p.is_private)
        or private.has_permission('organization:write') then
        return;
    end if;
    return query select p.id from public.projects as p
    where p.organization_id = caller_organization_id and p.is_private and not exists (
        select from public.project_members as m
        where m.organization_id = p.organization_id and m.project_id = p.id
            and m.user_id = (select private.current_user_id()));
end
$$;
comment on function private.hidden_project_ids() is
'Private projects of the caller''s organization that the caller is no member of; none for who may organization:write.';
grant execute on function private.hidden_project_ids() to authenticated;
