alter table public.projects enable row level security;
alter table public.projects force row level security;
drop policy if exists all_owner on public.projects;
create policy all_owner on public.projects to ananta_owner using (true) with check (true);
drop policy if exists tenant_isolation on public.projects;
create policy tenant_isolation on public.projects as restrictive to authenticated
using (organization_id = (select private.current_organization_id()))
with check (organization_id = (select private.current_organization_id()));
drop policy if exists all_project_viewers on public.projects;
create policy all_project_viewers on public.projects as restrictive to authenticated
using ((select private.sees_all_projects()) or id not in (select private.hidden_project_ids()))
with check ((select private.sees_all_projects()) or id not in (select private.hidden_project_ids()));
drop policy if exists select_member on public.projects;
create policy select_member on public.projects for select to authenticated
using ((select private.has_permission('projects:read')));
drop policy if exists insert_member on public.projects;
create policy insert_member on public.projects for insert to authenticated
with check ((select private.has_permission('projects:write')));
drop policy if exists update_member on public.projects;
create policy update_member on public.projects for update to authenticated
using ((select private.has_permission('projects:write')))
with check ((select private.has_permission('projects:write')));
drop policy if exists delete_member on public.projects;
create policy delete_member on public.projects for delete to authenticated
using ((select private.has_permission('projects:write')));
revoke all on public.projects from anon, authenticated, platform_admin;
grant select on public.projects to authenticated;
grant insert (id, organization_id, name, description, is_private) on public.projects to authenticated;
grant update (id, organization_id, name, description, is_private) on public.projects to authenticated;
grant delete on public.projects to authenticated;
