alter table public.organization_features enable row level security;
alter table public.organization_features force row level security;
drop policy if exists all_owner on public.organization_features;
create policy all_owner on public.organization_features to ananta_owner using (true) with check (true);
drop policy if exists tenant_isolation on public.organization_features;
create policy tenant_isolation on public.organization_features as restrictive to authenticated
using (organization_id = (select private.current_organization_id()))
with check (organization_id = (select private.current_organization_id()));
drop policy if exists select_member on public.organization_features;
create policy select_member on public.organization_features for select to authenticated
using ((select private.has_permission('organization:read')));
revoke all on public.organization_features from anon, authenticated, platform_admin;
grant select on public.organization_features to authenticated;
