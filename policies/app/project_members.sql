alter table public.project_members enable row level security;
alter table public.project_members force row level security;
drop policy if exists all_owner on public.project_members;
create policy all_owner on public.project_members to ananta_owner using (true) with check (true);
drop policy if exists tenant_isolation on public.project_members;
create policy tenant_isolation on public.project_members as restrictive to authenticated
using (organization_id = (select private.current_organization_id()))
with check (organization_id = (select private.current_organization_id()));
drop policy if exists all_project_viewers on public.project_members;
create policy all_project_viewers on public.project_members as restrictive to authenticated
using ((select private.sees_all_projects()) or project_id not in (select private.hidden_project_ids()))
with check ((select private.sees_all_projects()) or project_id not in (select private.hidden_project_ids()));
drop policy if exists select_member on public.project_members;
create policy select_member on public.project_members for select to authenticated
using ((select private.has_permission('projects:read')));
drop policy if exists insert_member on public.project_members;
create policy insert_member on public.project_members for insert to authenticated
with check ((select private.has_permission('projects:write')));
drop policy if exists delete_member on public.project_members;
create policy delete_member on public.project_members for delete to authenticated
using ((select private.has_permission('projects:write')));
revoke all on public.project_members from anon, authenticated, platform_admin;
grant select on public.project_members to authenticated;
grant insert (id, organization_id, project_id, user_id) on public.project_members to authenticated;
grant delete on public.project_members to authenticated;
