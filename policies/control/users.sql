alter table tenant_management.users enable row level security;
alter table tenant_management.users force row level security;
drop policy if exists all_owner on tenant_management.users;
create policy all_owner on tenant_management.users to ananta_owner using (true) with check (true);
drop policy if exists select_platform_admin on tenant_management.users;
create policy select_platform_admin on tenant_management.users for select to platform_admin
using (true);
drop policy if exists insert_platform_admin on tenant_management.users;
create policy insert_platform_admin on tenant_management.users for insert to platform_admin
with check (true);
drop policy if exists update_platform_admin on tenant_management.users;
create policy update_platform_admin on tenant_management.users for update to platform_admin
using (true) with check (true);
revoke all on tenant_management.users from anon, authenticated, platform_admin;
grant select, insert, update on tenant_management.users to platform_admin;
