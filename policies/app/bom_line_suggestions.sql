alter table public.bom_line_suggestions enable row level security;
alter table public.bom_line_suggestions force row level security;
drop policy if exists all_owner on public.bom_line_suggestions;
create policy all_owner on public.bom_line_suggestions to ananta_owner using (true) with check (true);
drop policy if exists tenant_isolation on public.bom_line_suggestions;
create policy tenant_isolation on public.bom_line_suggestions as restrictive to authenticated
using (organization_id = (select private.current_organization_id()))
with check (organization_id = (select private.current_organization_id()));
drop policy if exists all_project_viewers on public.bom_line_suggestions;
create policy all_project_viewers on public.bom_line_suggestions as restrictive to authenticated
using ((select private.sees_all_projects()) or bom_id not in (select private.hidden_bom_ids()));
drop policy if exists select_member on public.bom_line_suggestions;
create policy select_member on public.bom_line_suggestions for select to authenticated
using ((select private.has_permission('boms:read')));
revoke all on public.bom_line_suggestions from anon, authenticated, platform_admin;
grant select on public.bom_line_suggestions to authenticated;
