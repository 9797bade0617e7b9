alter table tenant_management.plans enable row level security;
alter table tenant_management.plans force row level security;
drop policy if exists all_owner on tenant_management.plans;
create policy all_owner on tenant_management.plans to ananta_owner using (true) with check (true);
drop policy if exists select_anon on tenant_management.plans;
create policy select_anon on tenant_management.plans for select to anon
using (is_public);
drop policy if exists select_member on tenant_management.plans;
create policy select_member on tenant_management.plans for select to authenticated
using (is_public);
drop policy if exists select_platform_admin on tenant_management.plans;
create policy select_platform_admin on tenant_management.plans for select to platform_admin
using (true);
drop policy if exists insert_platform_admin on tenant_management.plans;
create policy insert_platform_admin on tenant_management.plans for insert to platform_admin
with check (true);
drop policy if exists update_platform_admin on tenant_management.plans;
create policy update_platform_admin on tenant_management.plans for update to platform_admin
using (true) with check (true);
drop policy if exists delete_platform_admin on tenant_management.plans;
create policy delete_platform_admin on tenant_management.plans for delete to platform_admin
using (true);
revoke all on tenant_management.plans from anon, authenticated, platform_admin;
grant select on tenant_management.plans to anon;
grant select on tenant_management.plans to authenticated;
grant select, insert, update, delete on tenant_management.plans to platform_admin;
