alter table tenant_management.subscriptions enable row level security;
alter table tenant_management.subscriptions force row level security;
drop policy if exists all_owner on tenant_management.subscriptions;
create policy all_owner on tenant_management.subscriptions to ananta_owner using (true) with check (true);
drop policy if exists tenant_isolation on tenant_management.subscriptions;
create policy tenant_isolation on tenant_management.subscriptions as restrictive to authenticated
using (tenant_id = (select private.current_tenant_id())) with check (tenant_id = (select private.current_tenant_id()));
drop policy if exists select_member on tenant_management.subscriptions;
create policy select_member on tenant_management.subscriptions for select to authenticated
using ((select private.has_permission('billing:read')));
drop policy if exists select_platform_admin on tenant_management.subscriptions;
create policy select_platform_admin on tenant_management.subscriptions for select to platform_admin
using (true);
drop policy if exists insert_platform_admin on tenant_management.subscriptions;
create policy insert_platform_admin on tenant_management.subscriptions for insert to platform_admin
with check (true);
drop policy if exists update_platform_admin on tenant_management.subscriptions;
create policy update_platform_admin on tenant_management.subscriptions for update to platform_admin
using (true) with check (true);
revoke all on tenant_management.subscriptions from anon, authenticated, platform_admin;
grant select on tenant_management.subscriptions to authenticated;
grant select, insert, update on tenant_management.subscriptions to platform_admin;
