alter table public.usage_totals enable row level security;
alter table public.usage_totals force row level security;
drop policy if exists all_owner on public.usage_totals;
create policy all_owner on public.usage_totals to ananta_owner using (true) with check (true);
drop policy if exists tenant_isolation on public.usage_totals;
create policy tenant_isolation on public.usage_totals as restrictive to authenticated
using (organization_id = (select private.current_organization_id()))
with check (organization_id = (select private.current_organization_id()));
drop policy if exists select_member on public.usage_totals;
create policy select_member on public.usage_totals for select to authenticated
using ((select private.has_permission('organization:read')));
revoke all on public.usage_totals from anon, authenticated, platform_admin;
grant select on public.usage_totals to authenticated;
