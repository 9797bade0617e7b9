alter table public.usage_counters enable row level security;
alter table public.usage_counters force row level security;
drop policy if exists all_owner on public.usage_counters;
create policy all_owner on public.usage_counters to ananta_owner using (true) with check (true);
drop policy if exists tenant_isolation on public.usage_counters;
create policy tenant_isolation on public.usage_counters as restrictive to authenticated
using (organization_id = (select private.current_organization_id()))
with check (organization_id = (select private.current_organization_id()));
drop policy if exists select_member on public.usage_counters;
create policy select_member on public.usage_counters for select to authenticated
using ((select private.has_permission('organization:read')));
revoke all on public.usage_counters from anon, authenticated, platform_admin;
grant select on public.usage_counters to authenticated;
