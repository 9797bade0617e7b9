alter table tenant_management.app_planes enable row level security;
alter table tenant_management.app_planes force row level security;
drop policy if exists all_owner on tenant_management.app_planes;
create policy all_owner on tenant_management.app_planes to ananta_owner using (true) with check (true);
drop policy if exists select_platform_admin on tenant_management.app_planes;
create policy select_platform_admin on tenant_management.app_planes for select to platform_admin
using (true);
drop policy if exists insert_platform_admin on tenant_management.app_planes;
create policy insert_platform_admin on tenant_management.app_planes for insert to platform_admin
with check (true);
drop policy if exists update_platform_admin on tenant_management.app_planes;
create policy update_platform_admin on tenant_management.app_planes for update to platform_admin
using (true) with check (true);
drop policy if exists delete_platform_admin on tenant_management.app_planes;
create policy delete_platform_admin on tenant_management.app_planes for delete to platform_admin
using (true);
revoke all on tenant_management.app_planes from anon, authenticated, platform_admin;
grant select, insert, update, delete on tenant_management.app_planes to platform_admin;
