alter table tenant_management.addresses enable row level security;
alter table tenant_management.addresses force row level security;
drop policy if exists all_owner on tenant_management.addresses;
create policy all_owner on tenant_management.addresses to ananta_owner using (true) with check (true);
drop policy if exists tenant_isolation on tenant_management.addresses;
create policy tenant_isolation on tenant_management.addresses as restrictive to authenticated
using (tenant_id = (select private.current_tenant_id())) with check (tenant_id = (select private.current_tenant_id()));
drop policy if exists select_member on tenant_management.addresses;
create policy select_member on tenant_management.addresses for select to authenticated
using ((select private.has_permission('tenant:read')));
drop policy if exists insert_member on tenant_management.addresses;
create policy insert_member on tenant_management.addresses for insert to authenticated
with check ((select private.has_permission('tenant:write')));
drop policy if exists update_member on tenant_management.addresses;
create policy update_member on tenant_management.addresses for update to authenticated
using ((select private.has_permission('tenant:write'))) with check ((select private.has_permission('tenant:write')));
drop policy if exists delete_member on tenant_management.addresses;
create policy delete_member on tenant_management.addresses for delete to authenticated
using ((select private.has_permission('tenant:write')));
drop policy if exists select_platform_admin on tenant_management.addresses;
create policy select_platform_admin on tenant_management.addresses for select to platform_admin
using (true);
drop policy if exists insert_platform_admin on tenant_management.addresses;
create policy insert_platform_admin on tenant_management.addresses for insert to platform_admin
with check (true);
drop policy if exists update_platform_admin on tenant_management.addresses;
create policy update_platform_admin on tenant_management.addresses for update to platform_admin
using (true) with check (true);
drop policy if exists delete_platform_admin on tenant_management.addresses;
create policy delete_platform_admin on tenant_management.addresses for delete to platform_admin
using (true);
revoke all on tenant_management.addresses from anon, authenticated, platform_admin;
grant select on tenant_management.addresses to authenticated;
grant insert (id, tenant_id, kind, line1, line2, city, region, postal_code, country) on tenant_management.addresses
to authenticated;
grant update (id, tenant_id, kind, line1, line2, city, region, postal_code, country) on tenant_management.addresses
to authenticated;
grant delete on tenant_management.addresses to authenticated;
grant select, insert, update, delete on tenant_management.addresses to platform_admin;
