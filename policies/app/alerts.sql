alter table public.alerts enable row level security;
alter table public.alerts force row level security;
drop policy if exists all_owner on public.alerts;
create policy all_owner on public.alerts to ananta_owner using (true) with check (true);
drop policy if exists tenant_isolation on public.alerts;
create policy tenant_isolation on public.alerts as restrictive to authenticated
using (organization_id = (select private.current_organization_id()))
with check (organization_id = (select private.current_organization_id()));
drop policy if exists all_project_viewers on public.alerts;
create policy all_project_viewers on public.alerts as restrictive to authenticated
using (
    (select private.sees_all_projects()) or bom_id is null or bom_id not in (select private.hidden_bom_ids())
)
with check (
    (select private.sees_all_projects()) or bom_id is null or bom_id not in (select private.hidden_bom_ids())
);
drop policy if exists select_member on public.alerts;
create policy select_member on public.alerts for select to authenticated
using ((select private.has_permission('alerts:read')));
drop policy if exists update_member on public.alerts;
create policy update_member on public.alerts for update to authenticated
using ((select private.has_permission('alerts:write'))) with check ((select private.has_permission('alerts:write')));
revoke all on public.alerts from anon, authenticated, platform_admin;
grant select on public.alerts to authenticated;
grant update (id, organization_id, status) on public.alerts to authenticated;
