alter table tenant_management.activity_log enable row level security;
alter table tenant_management.activity_log force row level security;
drop policy if exists all_owner on tenant_management.activity_log;
create policy all_owner on tenant_management.activity_log to ananta_owner using (true) with check (true);
drop policy if exists tenant_isolation on tenant_management.activity_log;
create policy tenant_isolation on tenant_management.activity_log as restrictive to authenticated
using (tenant_id = (select private.current_tenant_id())) with check (tenant_id = (select private.current_tenant_id()));
drop policy if exists select_member on tenant_management.activity_log;
create policy select_member on tenant_management.activity_log for select to authenticated
using ((select private.has_permission('audit:read')));
drop policy if exists select_platform_admin on tenant_management.activity_log;
create policy select_platform_admin on tenant_management.activity_log for select to platform_admin
using (true);
revoke all on tenant_management.activity_log from anon, authenticated, platform_admin;
grant select on tenant_management.activity_log to authenticated;
grant select on tenant_management.activity_log to platform_admin;
