alter table tenant_management.tenants enable row level security;
alter table tenant_management.tenants force row level security;
drop policy if exists all_owner on tenant_management.tenants;
create policy all_owner on tenant_management.tenants to ananta_owner using (true) with check (true);
drop policy if exists tenant_isolation on tenant_management.tenants;
create policy tenant_isolation on tenant_management.tenants as restrictive to authenticated
using (id = (select private.current_tenant_id())) with check (id = (select private.current_tenant_id()));
drop policy if exists select_member on tenant_management.tenants;
create policy select_member on tenant_management.tenants for select to authenticated
using ((select private.has_permission('tenant:read')));
drop policy if exists select_platform_admin on tenant_management.tenants;
create policy select_platform_admin on tenant_management.tenants for select to platform_admin
using (true);
drop policy if exists insert_platform_admin on tenant_management.tenants;
create policy insert_platform_admin on tenant_management.tenants for insert to platform_admin
with check (true);
drop policy if exists update_platform_admin on tenant_management.tenants;
create policy update_platform_admin on tenant_management.tenants for update to platform_admin
using (true) with check (true);
revoke all on tenant_management.tenants from anon, authenticated, platform_admin;
grant select on tenant_management.tenants to authenticated;
grant select, insert, update on tenant_management.tenants to platform_admin;
