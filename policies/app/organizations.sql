alter table public.organizations enable row level security;
alter table public.organizations force row level security;
drop policy if exists all_owner on public.organizations;
create policy all_owner on public.organizations to ananta_owner using (true) with check (true);
drop policy if exists tenant_isolation on public.organizations;
create policy tenant_isolation on public.organizations as restrictive to authenticated
using (id = (select private.current_organization_id())) with check (id = (select private.current_organization_id()));
drop policy if exists select_member on public.organizations;
create policy select_member on public.organizations for select to authenticated
using ((select private.has_permission('organization:read')));
drop policy if exists update_member on public.organizations;
create policy update_member on public.organizations for update to authenticated
using ((select private.has_permission('organization:write')))
with check ((select private.has_permission('organization:write')));
revoke all on public.organizations from anon, authenticated, platform_admin;
grant select on public.organizations to authenticated;
grant update (id, name) on public.organizations to authenticated;
