alter table public.bom_line_comments enable row level security;
alter table public.bom_line_comments force row level security;
drop policy if exists all_owner on public.bom_line_comments;
create policy all_owner on public.bom_line_comments to ananta_owner using (true) with check (true);
drop policy if exists tenant_isolation on public.bom_line_comments;
create policy tenant_isolation on public.bom_line_comments as restrictive to authenticated
using (organization_id = (select private.current_organization_id()))
with check (organization_id = (select private.current_organization_id()));
drop policy if exists all_project_viewers on public.bom_line_comments;
create policy all_project_viewers on public.bom_line_comments as restrictive to authenticated
using ((select private.sees_all_projects()) or bom_id not in (select private.hidden_bom_ids()));
drop policy if exists select_member on public.bom_line_comments;
create policy select_member on public.bom_line_comments for select to authenticated
using ((select private.has_permission('boms:read')));
drop policy if exists insert_member on public.bom_line_comments;
create policy insert_member on public.bom_line_comments for insert to authenticated
with check ((select private.has_permission('boms:write')));
drop policy if exists delete_member on public.bom_line_comments;
create policy delete_member on public.bom_line_comments for delete to authenticated
using (
    (select private.has_permission('boms:write'))
    and (author_id = (select private.current_user_id()) or (select private.has_permission('organization:write')))
);
revoke all on public.bom_line_comments from anon, authenticated, platform_admin;
grant select on public.bom_line_comments to authenticated;
grant insert (id, organization_id, bom_line_item_id, body) on public.bom_line_comments to authenticated;
grant delete on public.bom_line_comments to authenticated;
