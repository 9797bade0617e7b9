alter table tenant_management.leads enable row level security;
alter table tenant_management.leads force row level security;
drop policy if exists all_owner on tenant_management.leads;
create policy all_owner on tenant_management.leads to ananta_owner using (true) with check (true);
drop policy if exists select_platform_admin on tenant_management.leads;
create policy select_platform_admin on tenant_management.leads for select to platform_admin
using (true);
drop policy if exists insert_platform_admin on tenant_management.leads;
create policy insert_platform_admin on tenant_management.leads for insert to platform_admin
with check (true);
drop policy if exists update_platform_admin on tenant_management.leads;
create policy update_platform_admin on tenant_management.leads for update to platform_admin
using (true) with check (true);
drop policy if exists delete_platform_admin on tenant_management.leads;
create policy delete_platform_admin on tenant_management.leads for delete to platform_admin
using (true);
revoke all on tenant_management.leads from anon, authenticated, platform_admin;
grant select, insert, update, delete on tenant_management.leads to platform_admin;
