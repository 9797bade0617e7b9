-- Whoever sees a plan sees its limits.
alter table tenant_management.plan_limits enable row level security;
alter table tenant_management.plan_limits force row level security;
drop policy if exists all_owner on tenant_management.plan_limits;
create policy all_owner on tenant_management.plan_limits to ananta_owner using (true) with check (true);
drop policy if exists select_anon on tenant_management.plan_limits;
create policy select_anon on tenant_management.plan_limits for select to anon
using (plan_id in (select p.id from tenant_management.plans as p));
drop policy if exists select_member on tenant_management.plan_limits;
create policy select_member on tenant_management.plan_limits for select to authenticated
using (plan_id in (select p.id from tenant_management.plans as p));
drop policy if exists select_platform_admin on tenant_management.plan_limits;
create policy select_platform_admin on tenant_management.plan_limits for select to platform_admin
using (true);
drop policy if exists insert_platform_admin on tenant_management.plan_limits;
create policy insert_platform_admin on tenant_management.plan_limits for insert to platform_admin
with check (true);
drop policy if exists update_platform_admin on tenant_management.plan_limits;
create policy update_platform_admin on tenant_management.plan_limits for update to platform_admin
using (true) with check (true);
drop policy if exists delete_platform_admin on tenant_management.plan_limits;
create policy delete_platform_admin on tenant_management.plan_limits for delete to platform_admin
using (true);
revoke all on tenant_management.plan_limits from anon, authenticated, platform_admin;
grant select on tenant_management.plan_limits to anon;
grant select on tenant_management.plan_limits to authenticated;
grant select, insert, update, delete on tenant_management.plan_limits to platform_admin;
