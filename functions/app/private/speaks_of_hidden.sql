create or replace function private.speaks_of_hidden(said text) returns boolean
language plpgsql stable security definer set search_path = '' as $$
declare
    caller_organization_id constant uuid := private.current_organization_id();
    named uuid[];
begin
    if private.sees_all_projects() then
        return false;
    end if;
    named := array(
        select distinct m.found[1]::uuid
        from regexp_matches(lower(said), '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}', 'g') as m (found));
    return exists (select from private.hidden_project_ids() as p (id) where p.id = any (named)) or exists (
        select from private.hidden_bom_ids() as b (id) where b.id = any (named || array(
            select l.bom_id from public.bom_line_items as l
            where l.organization_id = caller_organization_id and l.id = any (named)
            union all
            select c.bom_id from public.bom_line_comments as c
            where c.organization_id = caller_organization_id and c.id = any (named)
            union all
            select m.bom_id from public.mentions as m
            where m.organization_id = caller_organization_id and m.id = any (named))));
end
$$;
comment on function private.speaks_of_hidden(text) is
'Whether a request or its answer names a project, a BOM, or what hangs on one, that is hidden from the caller now.';
grant execute on function private.speaks_of_hidden(text) to ananta_edge;
