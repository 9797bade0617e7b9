alter table public.mentions enable row level security;
alter table public.mentions force row level security;
drop policy if exists all_owner on public.mentions;
create policy all_owner on public.mentions to ananta_owner using (true) with check (true);
drop policy if exists tenant_isolation on public.mentions;
create policy tenant_isolation on public.mentions as restrictive to authenticated
using (organization_id = (select private.current_organization_id()))
with check (organization_id = (select private.current_organization_id()));
drop policy if exists all_project_viewers on public.mentions;
create policy all_project_viewers on public.mentions as restrictive to authenticated
using ((select private.sees_all_projects()) or bom_id not in (select private.hidden_bom_ids()));
drop policy if exists select_member on public.mentions;
create policy select_member on public.mentions for select to authenticated
using ((select private.has_permission('boms:read')));
revoke all on public.mentions from anon, authenticated, platform_admin;
grant select on public.mentions to authenticated;
