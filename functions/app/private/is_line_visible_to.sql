create or replace function private.is_line_visible_to(user_id uuid, bom_line_item_id uuid) returns boolean
language sql stable security definer set search_path = '' as $$
    select exists (
        select from public.bom_line_items as l
        join public.boms as b on b.organization_id = l.organization_id and b.id = l.bom_id
        join public.projects as p on p.organization_id = b.organization_id and p.id = b.project_id
        join public.users as u on u.organization_id = l.organization_id and u.id = is_line_visible_to.user_id
        where l.id = is_line_visible_to.bom_line_item_id and u.status = 'active' and (
            not p.is_private
            or exists (
                select from public.project_members as m
                where m.organization_id = p.organization_id and m.project_id = p.id and m.user_id = u.id)
            or exists (
                select from private.role_permissions as r where r.role = u.role and r.permission = 'organization:write'))
    )
$$;
comment on function private.is_line_visible_to(uuid, uuid) is
'Whether an active member of the line''s organization may see it: as the policies say, for one who is not asking.';
