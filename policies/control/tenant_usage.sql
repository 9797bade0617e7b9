alter table tenant_management.tenant_usage enable row level security;
alter table tenant_management.tenant_usage force row level security;
drop policy if exists all_owner on tenant_management.tenant_usage;
create policy all_owner on tenant_management.tenant_usage to ananta_owner using (true) with check (true);
drop policy if exists tenant_isolation on tenant_management.tenant_usage;
create policy tenant_isolation on tenant_management.tenant_usage as restrictive to authenticated
using (tenant_id = (select private.current_tenant_id())) with check (tenant_id = (select private.current_tenant_id()));
drop policy if exists select_member on tenant_management.tenant_usage;
create policy select_member on tenant_management.tenant_usage for select to authenticated
using ((select private.has_permission('billing:read')));
drop policy if exists select_platform_admin on tenant_management.tenant_usage;
create policy select_platform_admin on tenant_management.tenant_usage for select to platform_admin
using (true);
revoke all on tenant_management.tenant_usage from anon, authenticated, platform_admin;
grant select on tenant_management.tenant_usage to authenticated;
grant select on tenant_management.tenant_usage to platform_admin;
