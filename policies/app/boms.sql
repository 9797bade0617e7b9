alter table public.boms enable row level security;
alter table public.boms force row level security;
drop policy if exists all_owner on public.boms;
create policy all_owner on public.boms to ananta_owner using (true) with check (true);
drop policy if exists tenant_isolation on public.boms;
create policy tenant_isolation on public.boms as restrictive to authenticated
using (organization_id = (select private.current_organization_id()))
with check (organization_id = (select private.current_organization_id()));
drop policy if exists all_project_viewers on public.boms;
create policy all_project_viewers on public.boms as restrictive to authenticated
using ((select private.sees_all_projects()) or project_id not in (select private.hidden_project_ids()))
with check ((select private.sees_all_projects()) or project_id not in (select private.hidden_project_ids()));
drop policy if exists select_member on public.boms;
create policy select_member on public.boms for select to authenticated
using ((select private.has_permission('boms:read')));
drop policy if exists update_member on public.boms;
create policy update_member on public.boms for update to authenticated
using ((select private.has_permission('boms:write'))) with check ((select private.has_permission('boms:write')));
drop policy if exists delete_member on public.boms;
create policy delete_member on public.boms for delete to authenticated
using ((select private.has_permission('boms:write')));
revoke all on public.boms from anon, authenticated, platform_admin;
grant select on public.boms to authenticated;
grant update (id, organization_id, name, project_id) on public.boms to authenticated;
grant delete on public.boms to authenticated;
