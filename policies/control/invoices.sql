alter table tenant_management.invoices enable row level security;
alter table tenant_management.invoices force row level security;
drop policy if exists all_owner on tenant_management.invoices;
create policy all_owner on tenant_management.invoices to ananta_owner using (true) with check (true);
drop policy if exists tenant_isolation on tenant_management.invoices;
create policy tenant_isolation on tenant_management.invoices as restrictive to authenticated
using (tenant_id = (select private.current_tenant_id())) with check (tenant_id = (select private.current_tenant_id()));
drop policy if exists select_member on tenant_management.invoices;
create policy select_member on tenant_management.invoices for select to authenticated
using ((select private.has_permission('billing:read')));
drop policy if exists select_platform_admin on tenant_management.invoices;
create policy select_platform_admin on tenant_management.invoices for select to platform_admin
using (true);
drop policy if exists insert_platform_admin on tenant_management.invoices;
create policy insert_platform_admin on tenant_management.invoices for insert to platform_admin
with check (true);
drop policy if exists update_platform_admin on tenant_management.invoices;
create policy update_platform_admin on tenant_management.invoices for update to platform_admin
using (true) with check (true);
revoke all on tenant_management.invoices from anon, authenticated, platform_admin;
grant select on tenant_management.invoices to authenticated;
grant select, insert, update on tenant_management.invoices to platform_admin;
